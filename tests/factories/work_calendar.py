"""Calendars and moments for tests of working time."""

from datetime import date, datetime, time, timedelta

from ula_portal.core.time.work_hours import ramadan_week
from ula_portal.core.workdays import JAKARTA, DayNote, Hours, WorkCalendar

ORDINARY = WorkCalendar.default()
RAMADAN_2026 = (date(2026, 2, 18), date(2026, 3, 20))
OFFICE = WorkCalendar(
    ramadan_week(*RAMADAN_2026),
    (
        DayNote(date(2026, 11, 27), "holiday", "Pemilihan kepala desa"),
        DayNote(date(2026, 12, 5), "working", "Pengganti 27 November"),
        DayNote(date(2026, 12, 24), "working", "Pelayanan tetap dibuka"),
    ),
)


def at(day, clock="00:00", month=11, year=2026):
    hour, minute = clock.split(":")
    return datetime(year, month, day, int(hour), int(minute), tzinfo=JAKARTA)


def minutes_of(calendar, day):
    return sum((end - start for start, end in calendar.working_periods(day)), timedelta()) / timedelta(minutes=1)


def rule(weekday, opens, closes, **more):
    return Hours(more.pop("kind", "working"), weekday, time(opens), time(closes), **more)
