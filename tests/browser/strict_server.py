"""The portal's own server where a variable that a template misses is an error; run instead of ``ula_portal.asgi``."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests import strict_templates
from ula_portal.asgi import application

__all__ = ["application"]

strict_templates.install()
# As in the tests' own process: a log-in would hash the password anew with as many rounds as a real one.
PBKDF2PasswordHasher.iterations = 1000
