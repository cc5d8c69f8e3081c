"""Working days and working time of the office.

The functions here call `WorkCalendar` with the calendar of the tables `HoursRule` and `CalendarDay`, which extend and
override the national days.
"""

from __future__ import annotations

from datetime import date, datetime
from time import monotonic

from .clock import OFFICE_ZONE as JAKARTA
from .time.days import DayNote, ServiceHours
from .time.work_calendar import WorkCalendar
from .time.work_hours import Hours, Period

__all__ = [
    "JAKARTA",
    "MINUTES_PER_SOP_DAY",
    "DayNote",
    "Hours",
    "Period",
    "ServiceHours",
    "WorkCalendar",
    "add_working_days",
    "add_working_minutes",
    "clear_cache",
    "current_calendar",
    "explain",
    "is_working_day",
    "is_working_time",
    "open_now",
    "service_hours",
    "subtract_working_minutes",
    "working_days_between",
    "working_minutes_between",
    "working_periods",
    "working_seconds_between",
]

MINUTES_PER_SOP_DAY = 450
"""Minutes of one working day in the duration of an SOP step, whatever the hours of the calendar day are."""

CACHE_SECONDS = 60

_cached: tuple[float, WorkCalendar] | None = None


def current_calendar() -> WorkCalendar:
    """The calendar of the tables `HoursRule` and `CalendarDay`, cached in the process for 60 seconds.

    Without a started Django (in a plain script) it is the default calendar.
    """
    global _cached
    cached = _cached
    if cached and monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    from django.apps import apps

    if not apps.ready:
        return WorkCalendar.default()
    from .models import CalendarDay, HoursRule

    calendar = WorkCalendar.from_rows(HoursRule.objects.order_by("pk"), CalendarDay.objects.order_by("pk"))
    # An unchanged calendar is reused with the years it has already computed.
    if cached and cached[1] == calendar:
        calendar = cached[1]
    _cached = (monotonic(), calendar)
    return calendar


def clear_cache() -> None:
    """Clear the cached calendar after a change of hours or days. Other processes follow within 60 seconds."""
    global _cached
    _cached = None


def is_working_day(day: date) -> bool:
    """`WorkCalendar.is_working_day` on the current calendar."""
    return current_calendar().is_working_day(day)


def add_working_days(day: date, n: int) -> date:
    """`WorkCalendar.add_working_days` on the current calendar."""
    return current_calendar().add_working_days(day, n)


def add_working_minutes(moment: datetime, n: int) -> datetime:
    """`WorkCalendar.add_working_minutes` on the current calendar."""
    return current_calendar().add_working_minutes(moment, n)


def subtract_working_minutes(moment: datetime, n: int) -> datetime:
    """`WorkCalendar.subtract_working_minutes` on the current calendar."""
    return current_calendar().subtract_working_minutes(moment, n)


def is_working_time(moment: datetime) -> bool:
    """Whether `moment` is within working hours and outside breaks."""
    local = moment.astimezone(JAKARTA)
    return any(start <= local < end for start, end in working_periods(local.date()))


def working_days_between(from_day: date, to_day: date) -> int:
    """`WorkCalendar.working_days_between` on the current calendar."""
    return current_calendar().working_days_between(from_day, to_day)


def working_minutes_between(a: datetime, b: datetime) -> int:
    """`WorkCalendar.working_minutes_between` on the current calendar."""
    return current_calendar().working_minutes_between(a, b)


def working_seconds_between(a: datetime, b: datetime) -> int:
    """`WorkCalendar.working_seconds_between` on the current calendar."""
    return current_calendar().working_seconds_between(a, b)


def working_periods(day: date) -> list[Period]:
    """`WorkCalendar.working_periods` on the current calendar."""
    return current_calendar().working_periods(day)


def explain(from_day: date, to_day: date) -> list[DayNote]:
    """`WorkCalendar.explain` on the current calendar."""
    return current_calendar().explain(from_day, to_day)


def service_hours(day: date) -> ServiceHours | None:
    """`WorkCalendar.service_hours` on the current calendar."""
    return current_calendar().service_hours(day)


def open_now(moment: datetime) -> bool:
    """`WorkCalendar.open_now` on the current calendar."""
    return current_calendar().open_now(moment)
