"""The bare project behind the same front as the portal."""

import os

from django.core.wsgi import get_wsgi_application

from ula_portal.env import read_int
from ula_portal.request_dispatcher import RequestDispatcher

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.reference.settings"


def _no_streams():
    raise LookupError("the bare project has no live streams")


application = RequestDispatcher(
    get_wsgi_application(), _no_streams, threads=read_int("WEB_THREADS", default=8, minimum=1, maximum=64)
)
