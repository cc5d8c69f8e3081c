"""Which due dates an alarm step rings for at a moment. Pure but for the working calendar.

Rules (design, The chain 6; standards 7): distances are working time. Whole days go by the calendar's days: *n* working
days before rings when the office opens on the *n*-th working day before the due day, *n* after on the *n*-th after it,
0 on the due day itself. Hours and minutes are exact; 0 rings when the due date passes. Nothing rings outside working
hours: what falls due at night or at the weekend rings at the next opening. A reminder whose due date has passed
meanwhile is no reminder any more, and what is overdue since long (a worker that stood still, a new alarm step) does not
ring at all: it stands in the inbox.
"""

import datetime
from datetime import timedelta

from services.models import AlarmStep
from ula_portal.core import clock, workdays

LOOK_BACK_DAYS = 10
_MINUTES = {"minute": 1, "hour": 60}


def window(step: AlarmStep, at: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Due dates in (first, last] ring now; None outside working hours.

    ``step``: an ``AlarmStep``; both moments aware.
    """
    if not workdays.at_work(at):
        return None
    today = clock.local(at).date()
    if step.offset_unit == "day":
        last = _end(_due_day(today, step.offset))
    else:
        last = _moment(at, step.offset * _MINUTES[step.offset_unit])
    if step.offset < 0:
        return at, last
    if step.offset == 0 and step.offset_unit == "day":
        return _end(today - timedelta(days=1)), last
    return _end(_working_days_before(clock.local(last).date(), LOOK_BACK_DAYS)), last


def _due_day(today: datetime.date, offset: int) -> datetime.date:
    """The last due day that rings today."""
    if offset <= 0:
        return workdays.add_working_days(today, -offset)
    return _working_days_before(today, offset)


def _working_days_before(day: datetime.date, n: int) -> datetime.date:
    """The latest day with n working days after it, up to and including ``day``."""
    while n:
        n -= workdays.is_working_day(day)
        day -= timedelta(days=1)
    return day


def _moment(at: datetime.datetime, minutes: int) -> datetime.datetime:
    if minutes < 0:
        return workdays.add_working_minutes(at, -minutes)
    return workdays.subtract_working_minutes(at, minutes)


def _end(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.max, clock.OFFICE_ZONE)
