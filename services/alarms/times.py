"""The due dates for which an alarm step rings at a moment. It reads only the working calendar.

Rules: distances are working time. Days are calendar days: *n* working days before a due date, the alarm rings when the
office opens on the *n*-th working day before the due day; *n* days after, on the *n*-th working day after it; with 0,
on the due day. Hours and minutes are exact; 0 rings when the due date passes. Nothing rings outside working hours: a
due date at night or at the weekend rings at the next opening. A reminder before a due date does not ring once that has
passed. Due dates long past (the worker was down, the alarm step is new) do not ring; the inbox shows them.

Source: design, The chain 6; standards 7.
"""

import datetime
from datetime import timedelta

from services.models import AlarmStep
from ula_portal.core import clock, workdays

LOOK_BACK_DAYS = 10
_MINUTES = {"minute": 1, "hour": 60}


def window(step: AlarmStep, at: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime] | None:
    """The window (first, last] of due dates for which a step rings now (aware); None outside working hours."""
    if not workdays.is_working_time(at):
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
    """The latest due day for which a step rings today."""
    if offset <= 0:
        return workdays.add_working_days(today, -offset)
    return _working_days_before(today, offset)


def _working_days_before(day: datetime.date, n: int) -> datetime.date:
    """The latest day after which there are ``n`` working days up to and including ``day``."""
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
