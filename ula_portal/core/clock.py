"""The portal's only source of time. Tests and the demo can set it."""

import contextlib
import contextvars
import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Jakarta")
_set_moment: contextvars.ContextVar[datetime.datetime | None] = contextvars.ContextVar("portal_moment", default=None)


def now() -> datetime.datetime:
    """The current moment as an aware datetime in UTC, or the moment set by ``at``."""
    return _set_moment.get() or datetime.datetime.now(datetime.UTC)


def today() -> datetime.date:
    """Today's date at the office (Asia/Jakarta)."""
    return local(now()).date()


def local(moment: datetime.datetime) -> datetime.datetime:
    """Convert an aware datetime to the office's time zone."""
    return moment.astimezone(OFFICE_ZONE)


@contextlib.contextmanager
def at(moment: datetime.datetime) -> Iterator[datetime.datetime]:
    """Freeze ``now`` at ``moment`` inside the block.

    Raises: ValueError for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set_moment.set(moment)
    try:
        yield moment
    finally:
        _set_moment.reset(token)
