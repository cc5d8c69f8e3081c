"""Weekly hours as data: which rules apply on a day, and the periods they give.

No database and no settings. `work_calendar` applies these rules to dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from ula_portal.core.clock import OFFICE_ZONE as JAKARTA

if TYPE_CHECKING:
    # This module does not need Django at run time.
    from ula_portal.core.models import HoursRule

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one weekday, always or within a range of dates.

    `kind` is "working" or "service"; `weekday` 0 is Monday; `from_date` and `to_date` are included, None means no
    limit; times are local (Asia/Jakarta). Several rules of one range and weekday add up, so a day may have more than
    one break.
    Raises: ValueError if the times are out of order.
    """

    kind: str
    weekday: int
    opens: time
    closes: time
    break_from: time | None = None
    break_to: time | None = None
    last_ticket: time | None = None
    from_date: date | None = None
    to_date: date | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("Hari harus antara 0 (Senin) dan 6 (Minggu).")
        if not self.opens < self.closes:
            raise ValueError("Jam buka harus mendahului jam tutup.")
        if self.break_from is None or self.break_to is None:
            if self.break_from is not self.break_to:
                raise ValueError("Istirahat memerlukan jam mulai dan jam selesai.")
        else:
            if not self.opens <= self.break_from < self.break_to <= self.closes:
                raise ValueError("Istirahat harus berada di dalam jam buka.")
            if (self.break_from, self.break_to) == (self.opens, self.closes):
                raise ValueError("Istirahat tidak boleh meliputi seluruh jam buka.")
        if self.last_ticket is not None and not self.opens <= self.last_ticket <= self.closes:
            raise ValueError("Nomor terakhir harus diambil di dalam jam buka.")
        if self.from_date and self.to_date and self.to_date < self.from_date:
            raise ValueError("Tanggal akhir tidak boleh mendahului tanggal awal.")

    @classmethod
    def from_row(cls, rule: HoursRule) -> Hours:
        """Build the hours from a row of the table, or an object like it."""
        span = (rule.from_date, rule.to_date, rule.name)
        times = (rule.opens, rule.closes, rule.break_from, rule.break_to, rule.last_ticket)
        return cls(rule.kind, rule.weekday, *times, *span)

    @property
    def undated(self) -> bool:
        """Whether the rule has no dates. Dated rules override it."""
        return self.from_date is None and self.to_date is None

    def covers(self, day: date) -> bool:
        """Whether the range of dates includes `day`, whatever its weekday."""
        return (self.from_date is None or self.from_date <= day) and (self.to_date is None or day <= self.to_date)

    def precedence(self) -> tuple[int, int, int, int]:
        """Sort key that puts the rule to apply first: closed ranges, then half-open ones, then undated rules; of two
        closed ranges the shorter, then the one that starts later.
        """
        open_ends = (self.from_date is None) + (self.to_date is None)
        length = (self.to_date - self.from_date).days if self.from_date and self.to_date else 0
        begins = self.from_date.toordinal() if self.from_date else 0
        ends = self.to_date.toordinal() if self.to_date else date.max.toordinal()
        return open_ends, length, -begins, ends

    def spans(self) -> list[tuple[time, time]]:
        """The local times from opening to closing, without the break."""
        if self.break_from is None or self.break_to is None:
            return [(self.opens, self.closes)]
        parts = [(self.opens, self.break_from), (self.break_to, self.closes)]
        return [(start, end) for start, end in parts if start < end]


def applicable_hours(rules: Iterable[Hours], day: date, weekday: int | None = None) -> list[Hours]:
    """The rules that apply on `day`: those of the range with the highest precedence; [] if there are none.

    A dated range without a rule for a weekday leaves that weekday's ordinary hours unchanged. `weekday` asks for the
    hours of another weekday on that date.
    """
    wanted = day.weekday() if weekday is None else weekday
    found = [rule for rule in rules if rule.weekday == wanted and rule.covers(day)]
    if not found:
        return []
    best = min(rule.precedence() for rule in found)
    return [rule for rule in found if rule.precedence() == best]


def periods_on(day: date, rules: Iterable[Hours]) -> tuple[Period, ...]:
    """The periods of `rules` on `day` as aware datetimes in Asia/Jakarta, sorted, overlaps merged."""
    joined: list[tuple[time, time]] = []
    for start, end in sorted(span for rule in rules for span in rule.spans()):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple((datetime.combine(day, start, JAKARTA), datetime.combine(day, end, JAKARTA)) for start, end in joined)


def ordinary_week(kind: str = "working") -> tuple[Hours, ...]:
    """The default hours until the office enters its own: 37 hours 30 minutes a week.

    Source: Perpres 21/2023.
    """
    weekdays = [Hours(kind, day, time(7, 30), time(16), time(12), time(13), name="Jam kerja") for day in range(4)]
    friday = Hours(kind, 4, time(7, 30), time(16, 30), time(11, 30), time(13), name="Jam kerja")
    return (*weekdays, friday)


def ramadan_week(from_date: date, to_date: date, kind: str = "working") -> tuple[Hours, ...]:
    """The hours of Ramadan as a dated exception: 390 minutes a day from 08.00, 32 hours 30 minutes a week.

    Source: Perpres 21/2023.
    """
    span = (None, from_date, to_date, "Jam kerja Ramadan")
    weekdays = [Hours(kind, day, time(8), time(15), time(12), time(12, 30), *span) for day in range(4)]
    return (*weekdays, Hours(kind, 4, time(8), time(15, 30), time(11, 30), time(12, 30), *span))
