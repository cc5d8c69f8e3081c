"""The kind of a calendar day, and the service hours of one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple

import holidays

from ula_portal.core.time.work_hours import Period


class DayNote(NamedTuple):
    """The kind of a day: "working", "weekend", "holiday" (national) or "joint_leave" (*cuti bersama*)."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The service hours of the counters on one day, as aware datetimes in Asia/Jakarta.

    `last_ticket` is the last moment at which a queue number is issued; `breaks` are the gaps between the periods.
    """

    opens: datetime
    last_ticket: datetime
    closes: datetime
    breaks: tuple[Period, ...] = ()

    def break_at(self, moment: datetime) -> Period | None:
        """The break that contains `moment`, or None."""
        return next((gap for gap in self.breaks if gap[0] <= moment < gap[1]), None)

    @property
    def all_day(self) -> bool:
        """Whether the counters are open all day."""
        return not self.breaks and self.opens.time() == time.min and self.closes.time() >= time(23, 59)

    def open_at(self, moment: datetime) -> bool:
        """Whether the counters are open at `moment`; breaks and the closing time itself are not."""
        return self.opens <= moment < self.closes and self.break_at(moment) is None


@lru_cache(maxsize=256)
def national_days(year: int) -> dict[date, DayNote]:
    """National holidays and joint leave of the `holidays` library; empty outside its years (1946 to 2100)."""
    found: dict[date, DayNote] = {}
    for category, kind in (("government", "joint_leave"), ("public", "holiday")):
        days = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
        found.update((day, DayNote(day, kind, name)) for day, name in days.items())
    return found
