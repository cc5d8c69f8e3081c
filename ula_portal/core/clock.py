"""The portal's one source of time; tests and the demo set it."""

import contextlib
import contextvars
import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Jakarta")
_set_moment: contextvars.ContextVar[datetime.datetime | None] = contextvars.ContextVar("portal_moment", default=None)


def now() -> datetime.datetime:
    """The current moment, aware, in UTC (or the moment set by ``at``)."""
    return _set_moment.get() or datetime.datetime.now(datetime.UTC)


def today() -> datetime.date:
    """The date at the office (Asia/Jakarta)."""
    return local(now()).date()


def local(moment: datetime.datetime) -> datetime.datetime:
    """The moment on the office's clock."""
    return moment.astimezone(OFFICE_ZONE)


@contextlib.contextmanager
def at(moment: datetime.datetime) -> Iterator[datetime.datetime]:
    """Let everything inside the block happen at ``moment`` (aware; raises ValueError otherwise)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set_moment.set(moment)
    try:
        yield moment
    finally:
        _set_moment.reset(token)
