"""The portal's own server where a variable that a template misses is an error; run instead of ``ula_portal.asgi``."""

from tests import strict_templates
from ula_portal.asgi import application

__all__ = ["application"]

strict_templates.install()
