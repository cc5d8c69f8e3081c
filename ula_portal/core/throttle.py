"""Limits on how often something may be tried, counted in one table so that every process sees the same.

One statement without a flush to disk per try: the table is unlogged.
"""

import datetime
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import clock
from .models import ThrottleCount

TOO_MANY = _("Terlalu banyak percobaan. Silakan coba lagi 5 menit lagi.")
# Name → (tries, seconds). ``settings.THROTTLES`` overrides single entries.
LIMITS = {
    # Wrong codes only, so that people who share a mobile operator's address do not shut each other out.
    "code": (10, 300),
    "code-number": (30, 300),
    "draft": (60, 300),
    "submit": (60, 300),
    "upload": (300, 300),
    "message": (30, 300),
    # Wrong codes of letters.
    "verify": (20, 300),
}


def client_of(request) -> str:
    """The address a request came from, as a keyed hash: nothing personal lands in the table."""
    return digest(request.META.get("REMOTE_ADDR", ""))


def digest(who: str) -> str:
    """Keyed hash of whoever is counted (32 hex characters)."""
    return hmac.new(settings.SECRET_KEY.encode(), f"throttle:{who}".encode(), hashlib.sha256).hexdigest()[:32]


def is_full(name: str, who: str) -> bool:
    """Whether no try is left; counts nothing. One query."""
    tries, _seconds = _limit(name)
    return ThrottleCount.objects.filter(name=name, who=who, until__gt=clock.now(), tries__gte=tries).exists()


def count(name: str, who: str) -> bool:
    """Count one try; whether it was within the limit. Call it outside of a transaction that may be rolled back."""
    tries, seconds = _limit(name)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_throttlecount AS old (name, who, until, tries) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (name, who) DO UPDATE SET"
            " tries = CASE WHEN old.until <= %s THEN 1 ELSE old.tries + 1 END,"
            " until = CASE WHEN old.until <= %s THEN excluded.until ELSE old.until END RETURNING tries",
            [name, who, now + datetime.timedelta(seconds=seconds), now, now],
        )
        counted = cursor.fetchone()[0]
    if counted == 1 and secrets.randbelow(100) == 0:
        ThrottleCount.objects.filter(until__lt=now - datetime.timedelta(days=1)).delete()
    return counted <= tries


def _limit(name):
    return getattr(settings, "THROTTLES", {}).get(name) or LIMITS[name]
