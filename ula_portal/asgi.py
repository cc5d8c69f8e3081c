"""The server's entry point: pages are served by Django's WSGI handler, ``/live/`` natively."""

import os
import resource
import sys

from ula_portal.embedded_postgres import EmbeddedPostgresError, readiness
from ula_portal.env import EnvError
from ula_portal.request_dispatcher import Application, RequestDispatcher

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ula_portal.settings")


def _live() -> Application:
    from ula_portal.live.application import application

    return application


def _allow_many_connections() -> None:
    """Raise the limit of open files: each stream and page needs one, and the usual limit of 1024 is too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _dispatcher() -> RequestDispatcher:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    _allow_many_connections()
    pages = get_wsgi_application()
    readiness.start()
    return RequestDispatcher(pages, _live, threads=settings.WEB_THREADS)


try:
    application = _dispatcher()
except (EnvError, EmbeddedPostgresError) as error:
    print(error, file=sys.stderr)
    sys.exit(2)
