"""Rate limits, counted in one table that all processes share.

A try costs one statement and no flush to disk, since the table is unlogged.
"""

import datetime
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import ThrottleCount
from ula_portal.core.text.words import duration_text

from . import client_address

# Name → (tries, seconds). ``settings.THROTTLES`` overrides single entries.
LIMITS = {
    # Only wrong codes count, so that people behind one mobile operator's address do not lock each other out.
    "code": (10, 300),
    "code-number": (30, 300),
    "draft": (60, 300),
    "submit": (60, 300),
    "upload": (300, 300),
    # Counts kB.
    "upload-size": (400_000, 3600),
    "message": (30, 300),
    # Requests for a new code, by source and by request number.
    "lost-code": (20, 3600),
    "lost-code-number": (3, 3600),
    # Appointments booked or moved.
    "book": (30, 3600),
    # Uses of one proof of work, so that a second tap does not need another one.
    "proof": (5, 1200),
    # Searches for a school while a form is filled in.
    "school": (300, 300),
    # Wrong start codes of staff, by source and by address.
    "start-code": (10, 300),
    "start-code-account": (10, 3600),
    # Wrong codes of letters.
    "verify": (20, 300),
}


def client_of(request: HttpRequest) -> str:
    """The source of a request as a keyed hash, so that the table holds no personal data."""
    return digest(client_address.source_of(request))


def digest(who: str) -> str:
    """A keyed hash (32 hex characters) of what is counted."""
    return hmac.new(settings.SECRET_KEY.encode(), f"throttle:{who}".encode(), hashlib.sha256).hexdigest()[:32]


def is_full(name: str, who: str) -> bool:
    """Whether no try is left. Counts nothing. One query."""
    limit, _seconds = _limit(name)
    return tries(name, who) >= limit


def tries(name: str, who: str) -> int:
    """The number of tries in the current period. One query."""
    counted = ThrottleCount.objects.filter(name=name, who=who, until__gt=clock.now()).values_list("tries", flat=True)
    return counted.first() or 0


def count(name: str, who: str, amount: int = 1) -> bool:
    """Count one try (or ``amount``) and return whether it was within the limit.

    Call it outside any transaction that may be rolled back.
    """
    limit, seconds = _limit(name)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_throttlecount AS old (name, who, until, tries) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (name, who) DO UPDATE SET"
            " tries = CASE WHEN old.until <= %s THEN excluded.tries ELSE old.tries + excluded.tries END,"
            " until = CASE WHEN old.until <= %s THEN excluded.until ELSE old.until END RETURNING tries",
            [name, who, now + datetime.timedelta(seconds=seconds), amount, now, now],
        )
        counted: int = cursor.fetchone()[0]
    if counted == amount and secrets.randbelow(100) == 0:
        ThrottleCount.objects.filter(until__lt=now - datetime.timedelta(days=1)).delete()
    return counted <= limit


def wait_of(name: str) -> str:
    """The longest time until the next try is allowed, in words."""
    return duration_text(datetime.timedelta(seconds=_limit(name)[1]))


def too_many_message(name: str) -> str:
    """The message for users without tries left."""
    return _("Terlalu banyak percobaan. Silakan coba lagi setelah %(time)s.") % {"time": wait_of(name)}


def _limit(name: str) -> tuple[int, int]:
    own: dict[str, tuple[int, int]] = getattr(settings, "THROTTLES", {})
    return own.get(name) or LIMITS[name]
