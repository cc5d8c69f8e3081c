"""The portal's server with a clock that stands still; run instead of ``ula_portal.asgi``. ``STILL_AT``: its moment."""

import datetime
import os

from tests import strict_templates
from ula_portal.asgi import application
from ula_portal.core import clock

__all__ = ["application"]

strict_templates.install()
_moment = datetime.datetime.fromisoformat(os.environ["STILL_AT"])
clock.now = lambda: _moment
