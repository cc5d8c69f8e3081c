"""Entry point for installations that serve pages by WSGI and ``/live/`` separately, behind one web server."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from ula_portal.embedded_postgres import EmbeddedPostgresError, readiness
from ula_portal.env import EnvError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ula_portal.settings")

try:
    application = get_wsgi_application()
    readiness.start()
except (EnvError, EmbeddedPostgresError) as error:
    print(error, file=sys.stderr)
    sys.exit(2)
