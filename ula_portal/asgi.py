"""The one entry of the server: pages through Django's WSGI handler, ``/live/`` natively (see ``front``)."""

import os
import sys
from importlib import import_module

from ula_portal.embedded_postgres import EmbeddedPostgresError, readiness
from ula_portal.env import EnvError, read_int
from ula_portal.front import Application, Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ula_portal.settings")


def _live() -> Application:
    return import_module("visitors.live").application


def _front() -> Front:
    from django.core.wsgi import get_wsgi_application

    threads = read_int("WEB_THREADS", default=8, minimum=1, maximum=64)
    pages = get_wsgi_application()
    readiness.start()
    return Front(pages, _live, threads=threads)


try:
    application = _front()
except (EnvError, EmbeddedPostgresError) as error:
    print(error, file=sys.stderr)
    sys.exit(2)
