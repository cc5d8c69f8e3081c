"""Working days and working time as pure arithmetic, without a database.

A `WorkCalendar` combines weekly hours, national days and the office's own exceptions; `workdays` loads it from the
tables. Dates of religious holidays that are not announced yet are estimates, marked "perkiraan" in their names.

A day is a working day exactly if it has working periods. Counting starts on the next working day.

Source: Perpres 21/2023 (hours); the `holidays` library for Indonesia, category PUBLIC for national holidays and
GOVERNMENT for *cuti bersama*.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ula_portal.core.clock import OFFICE_ZONE as JAKARTA
from ula_portal.core.time.days import DayNote, ServiceHours, national_days

from .work_hours import Hours, Period, applicable_hours, ordinary_week, periods_on

if TYPE_CHECKING:
    # This module does not need Django at run time.
    from ula_portal.core.models import CalendarDay, HoursRule

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

_ZERO = timedelta()
_DAY = timedelta(days=1)


class _Year(NamedTuple):
    """The days of one year. Element i of the two sums is the total before day i; they have one element more."""

    notes: list[DayNote]
    periods: list[tuple[Period, ...]]
    time_before: list[timedelta]
    days_before: list[int]


@dataclass(frozen=True)
class WorkCalendar:
    """Weekly hours and exceptional days.

    `exceptions` override the national days: "holiday" and "joint_leave" remove a working day, "working" adds one. A
    working day added on a weekday without hours (a Saturday) has the hours of the first weekday that has any (Monday).
    Without an undated rule of kind "working", the ordinary week of Perpres 21/2023 applies. Without an undated rule of
    kind "service", the counters are open during the working hours.
    """

    hours: tuple[Hours, ...] = ()
    exceptions: tuple[DayNote, ...] = ()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _working: tuple[Hours, ...] = field(default=(), init=False, repr=False, compare=False)
    _service: tuple[Hours, ...] = field(default=(), init=False, repr=False, compare=False)
    _exceptions: dict[date, DayNote] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        working = tuple(rule for rule in self.hours if rule.kind == "working")
        if not any(rule.undated for rule in working):
            working += ordinary_week()
        object.__setattr__(self, "_working", working)
        object.__setattr__(self, "_service", tuple(rule for rule in self.hours if rule.kind == "service"))
        self._exceptions.update((note.day, note) for note in self.exceptions)

    @classmethod
    @cache
    def default(cls) -> WorkCalendar:
        """A calendar with the ordinary week and the national days, without exceptions."""
        return cls()

    @classmethod
    def from_rows(cls, rules: Iterable[HoursRule], days: Iterable[CalendarDay]) -> WorkCalendar:
        """Build a calendar from rows like `HoursRule` and `CalendarDay`.

        Raises: ValueError for inconsistent hours.
        """
        hours = tuple(Hours.from_row(rule) for rule in rules)
        return cls(hours, tuple(DayNote(day.date, day.kind, day.name) for day in days))

    # Days

    def note(self, day: date) -> DayNote:
        """The kind and name of `day`; a working day only has a name if the table gives one."""
        day = _as_day(day)
        return self._year(day.year).notes[_index(day)]

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return bool(self.working_periods(day))

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`; `day` itself is never counted.

        n = 0 returns `day` if it is a working day, else the next one.
        Raises: ValueError if n is negative, TypeError if it is not an integer.
        """
        day, n = _as_day(day), _amount(n)
        table = self._year(day.year)
        target = table.days_before[_index(day) + (1 if n else 0)] + (n or 1)
        year = day.year
        while target > table.days_before[-1]:
            target -= table.days_before[-1]
            year += 1
            table = self._year(year)
        return date(year, 1, 1) + (bisect_left(table.days_before, target) - 1) * _DAY

    def working_days_between(self, from_day: date, to_day: date) -> int:
        """The number of working days after `from_day` up to and including `to_day`; negative if `to_day` is earlier."""
        start, end = _as_day(from_day), _as_day(to_day)
        if end < start:
            return -self.working_days_between(end, start)
        whole_years = sum(self._year(year).days_before[-1] for year in range(start.year, end.year))
        return whole_years + self._days_up_to(end) - self._days_up_to(start)

    def explain(self, from_day: date, to_day: date) -> list[DayNote]:
        """Every day after `from_day` up to and including `to_day` with its kind: the days that a due date counts and
        those it skips. A holiday on a Saturday is listed as holiday.
        """
        first = _as_day(from_day).toordinal() + 1
        last = _as_day(to_day).toordinal()
        return [self.note(date.fromordinal(number)) for number in range(first, last + 1)]

    # Working time

    def working_periods(self, day: date) -> list[Period]:
        """The working periods (start, end) of `day`, aware in Asia/Jakarta; [] if it is not a working day."""
        day = _as_day(day)
        return list(self._year(day.year).periods[_index(day)])

    def add_working_minutes(self, moment: datetime, n: int) -> datetime:
        """The earliest moment (Asia/Jakarta) at which n working minutes have passed since `moment`.

        So a full day from opening time ends at closing time, not the next morning. n = 0 returns `moment`.
        Raises: ValueError if n is negative or `moment` is naive, TypeError if n is not an integer.
        """
        local, n = _local(moment), _amount(n)
        if n == 0:
            return local
        year, table = local.year, self._year(local.year)
        target = self._time_before(local) + timedelta(minutes=n)
        while target > table.time_before[-1]:
            target -= table.time_before[-1]
            year += 1
            table = self._year(year)
        index = bisect_left(table.time_before, target) - 1
        rest = target - table.time_before[index]
        for start, end in table.periods[index]:
            if rest <= end - start:
                return start + rest
            rest -= end - start
        raise AssertionError("the sums of the year do not agree with its periods")

    def subtract_working_minutes(self, moment: datetime, n: int) -> datetime:
        """The latest moment (Asia/Jakarta) n working minutes before `moment`; n = 0 returns `moment`.

        Raises: as `add_working_minutes`.
        """
        local, n = _local(moment), _amount(n)
        if n == 0:
            return local
        year, table = local.year, self._year(local.year)
        target = self._time_before(local) - timedelta(minutes=n)
        while target < _ZERO:
            year -= 1
            table = self._year(year)
            target += table.time_before[-1]
        index = bisect_right(table.time_before, target) - 1
        rest = target - table.time_before[index]
        for start, end in table.periods[index]:
            if rest < end - start:
                return start + rest
            rest -= end - start
        raise AssertionError("the sums of the year do not agree with its periods")

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The exact working time from a to b; negative if b is earlier.

        Raises: ValueError for a naive datetime.
        """
        start, end = _local(a), _local(b)
        if end < start:
            return -self.working_time_between(b, a)
        whole_years = (self._year(year).time_before[-1] for year in range(start.year, end.year))
        return sum(whole_years, self._time_before(end) - self._time_before(start))

    def working_seconds_between(self, a: datetime, b: datetime) -> int:
        """Full working seconds from a to b; negative if b is earlier."""
        return _whole(self.working_time_between(a, b), timedelta(seconds=1))

    def working_minutes_between(self, a: datetime, b: datetime) -> int:
        """Full working minutes from a to b; negative if b is earlier."""
        return _whole(self.working_time_between(a, b), timedelta(minutes=1))

    # Counters

    def service_hours(self, day: date) -> ServiceHours | None:
        """The service hours on `day`; None if the counters are closed (a holiday, or no hours on that weekday)."""
        note = self.note(day)
        if note.kind in ("holiday", "joint_leave"):
            return None
        rules = self._rules_for(note, self._service)
        if not rules and not any(rule.undated for rule in self._service):
            rules = self._rules_for(note, self._working)
        if not rules:
            return None
        periods = periods_on(note.day, rules)
        gaps = tuple((left[1], right[0]) for left, right in pairwise(periods))
        last_ticket = max(rule.last_ticket or rule.closes for rule in rules)
        return ServiceHours(
            opens=periods[0][0],
            last_ticket=datetime.combine(note.day, last_ticket, JAKARTA),
            closes=periods[-1][1],
            breaks=gaps,
        )

    def open_now(self, moment: datetime) -> bool:
        """Whether the counters are open at `moment`."""
        local = _local(moment)
        hours = self.service_hours(local.date())
        return hours is not None and hours.open_at(local)

    # Layout of a year

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._lay_out(year)
        return self._years[year]

    def _lay_out(self, year: int) -> _Year:
        table = _Year([], [], [_ZERO], [0])
        for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            note = self._note(date.fromordinal(number))
            periods: tuple[Period, ...] = ()
            if note.kind == "working":
                periods = periods_on(note.day, self._rules_for(note, self._working))
            table.notes.append(note)
            table.periods.append(periods)
            spent = sum((end - start for start, end in periods), _ZERO)
            table.time_before.append(table.time_before[-1] + spent)
            table.days_before.append(table.days_before[-1] + bool(periods))
        return table

    def _note(self, day: date) -> DayNote:
        known = self._exceptions.get(day) or national_days(day.year).get(day)
        if known:
            return known
        if applicable_hours(self._working, day):
            return DayNote(day, "working", "")
        return DayNote(day, "weekend", WEEKDAYS[day.weekday()])

    def _rules_for(self, note: DayNote, rules: tuple[Hours, ...]) -> list[Hours]:
        found = applicable_hours(rules, note.day)
        if found or note.kind != "working" or applicable_hours(self._working, note.day):
            return found
        # A Saturday made a working day has no hours of its own.
        others = (applicable_hours(rules, note.day, weekday) for weekday in range(7))
        return next((hours for hours in others if hours), [])

    def _days_up_to(self, day: date) -> int:
        """The number of working days in the year up to and including `day`."""
        return self._year(day.year).days_before[_index(day) + 1]

    def _time_before(self, local: datetime) -> timedelta:
        """The working time in the year before `local`."""
        table, index = self._year(local.year), _index(local.date())
        today = (min(end, local) - start for start, end in table.periods[index] if start < local)
        return sum(today, table.time_before[index])


def _as_day(day: date) -> date:
    return _local(day).date() if isinstance(day, datetime) else day


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("Waktu harus menyebut zona waktunya.")
    return moment.astimezone(JAKARTA)


def _amount(n: int) -> int:
    if operator.index(n) < 0:
        raise ValueError("Jumlah hari atau menit kerja tidak boleh negatif.")
    return operator.index(n)


def _index(day: date) -> int:
    return day.timetuple().tm_yday - 1


def _whole(length: timedelta, unit: timedelta) -> int:
    return length // unit if length >= _ZERO else -(-length // unit)
