"""The counters' opening hours and whether they are open now, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypedDict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays
from ula_portal.core.time.days import ServiceHours

# The usual hours are the most frequent ones in half a year, so that the month of Ramadan does not decide.
WEEKS = 26


class HoursRow(TypedDict):
    """Days with the same hours, in words: ``Senin–Kamis``, ``07.30–15.30``, ``istirahat 12.00–13.00``."""

    days: str
    time: str
    note: str


@dataclass(frozen=True)
class OpeningStatus:
    """Whether counters are open, for a StatusHero. ``note``: a later break; ``all_day``: open all day."""

    state: Literal["open", "break", "closed"]
    title: str
    note: str = ""
    all_day: bool = False


def opening_now() -> OpeningStatus:
    """Return the current status from the office's calendar. Runs no query while the calendar is cached."""
    now = clock.local(clock.now())
    hours = workdays.service_hours(now.date())
    if hours and hours.all_day:
        return OpeningStatus("open", _("Buka sepanjang hari"), all_day=True)
    if hours and hours.open_at(now):
        gap = next((gap for gap in hours.breaks if gap[0] > now), None)
        note = _("Istirahat %(from)s–%(to)s") % {"from": _time(gap[0]), "to": _time(gap[1])} if gap else ""
        return OpeningStatus("open", _("Buka sampai %(closes)s WIB") % {"closes": _time(hours.closes)}, note)
    if hours and (gap := hours.break_at(now)):
        return OpeningStatus("break", _("Istirahat · buka lagi %(to)s WIB") % {"to": _time(gap[1])})
    if hours and now < hours.opens:
        return OpeningStatus("closed", _("Tutup · buka hari ini %(opens)s WIB") % {"opens": _time(hours.opens)})
    return OpeningStatus("closed", _next_opening(now.date()))


def _next_opening(today: date) -> str:
    for distance in range(1, 30):
        hours = workdays.service_hours(today + timedelta(days=distance))
        if hours:
            # A weekday alone would be ambiguous a week ahead.
            day = date_format(hours.opens, "l" if distance < 7 else "l, j F")
            return _("Tutup · buka %(day)s %(opens)s WIB") % {"day": day, "opens": _time(hours.opens)}
    return _("Tutup")


def _time(moment: datetime) -> str:
    return date_format(moment, "H.i")


def week() -> list[HoursRow]:
    """Return the opening hours of this week, days with the same hours together."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    days = [monday + timedelta(days=distance) for distance in range(7)]
    return _rows((day, workdays.service_hours(day)) for day in days)


def usual_week() -> list[HoursRow]:
    """Return the opening hours of an ordinary week, without holidays and Ramadan, for posters that hang for months."""
    today = clock.today()
    rows = []
    for weekday in range(7):
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        frequencies = Counter(_as_times(workdays.service_hours(first + timedelta(weeks=week))) for week in range(WEEKS))
        usual = frequencies.most_common(1)[0][0]
        example = (first + timedelta(weeks=week) for week in range(WEEKS))
        rows.append((first, next(h for h in map(workdays.service_hours, example) if _as_times(h) == usual)))
    return _rows(rows)


def _as_times(hours: ServiceHours | None) -> tuple[time, ...] | None:
    """Return opening hours without their date, so that different weeks can be compared; None for a closed day."""
    if hours is None:
        return None
    return tuple(moment.time() for moment in (hours.opens, hours.closes, *sum(hours.breaks, ())))


def _rows(days: Iterable[tuple[date, ServiceHours | None]]) -> list[HoursRow]:
    rows: list[HoursRow] = []
    for day, hours in days:
        time = f"{_time(hours.opens)}–{_time(hours.closes)}" if hours else _("Tutup")
        if hours and hours.all_day:
            time = _("Sepanjang hari")
        note = ", ".join(f"{_time(a)}–{_time(b)}" for a, b in hours.breaks) if hours else ""
        note = _("istirahat %(times)s") % {"times": note} if note else ""
        name = date_format(day, "l")
        if rows and (rows[-1]["time"], rows[-1]["note"]) == (time, note):
            rows[-1]["days"] = f"{rows[-1]['days'].split('–')[0]}–{name}"
        else:
            rows.append({"days": name, "time": time, "note": note})
    return rows
