"""The portal's server with undefined template variables as errors; run instead of ``ula_portal.asgi``."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests import strict_templates
from ula_portal.asgi import application

__all__ = ["application"]

strict_templates.install()
# As in the test process; otherwise a log-in would rehash the password with the usual number of rounds.
PBKDF2PasswordHasher.iterations = 1000
