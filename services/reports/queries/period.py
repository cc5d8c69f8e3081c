"""Results of a period compared with the one before: cases received, finished, promises kept, working days taken."""

import calendar
import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.db.models import Count

from services.models import Request, Service
from ula_portal.core import workdays

from .scope import ReportScope
from .selection import Selection, day_bounds

# A finished case that began earlier than this has its working days counted from here only.
YEARS_BACK = 5


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: datetime.date
    last: datetime.date

    def before(self) -> "Period":
        """The period to compare with.

        Whole months are compared with as many months before, the beginning of a month with the beginning of the month
        before, everything else with as many days directly before.
        """
        if self.first.day == 1:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            whole = self.last.day == _days_of(self.last)
            if whole or months == 1:
                first = _months_before(self.first, months)
                last = _months_before(self.last.replace(day=1), months)
                return Period(first, last.replace(day=_days_of(last) if whole else min(self.last.day, _days_of(last))))
        length = self.last - self.first + datetime.timedelta(days=1)
        return Period(self.first - length, self.first - datetime.timedelta(days=1))


def _days_of(day: datetime.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _months_before(first_of_month: datetime.date, n: int) -> datetime.date:
    number = first_of_month.year * 12 + first_of_month.month - 1 - n
    return first_of_month.replace(year=number // 12, month=number % 12 + 1)


@dataclass
class PeriodFigures:
    """Figures of a period, of one service or of all.

    ``finished``: cases in which the office has done its part; ``judged``: those of them with a promise; ``kept``: those
    that kept it; ``days``: number of finished cases by working days taken, pauses not counted.
    """

    received: int = 0
    finished: int = 0
    kept: int = 0
    judged: int = 0
    days: Counter[int] = field(default_factory=Counter)

    @property
    def percent_kept(self) -> int | None:
        return 100 * self.kept // self.judged if self.judged else None

    @property
    def median_days(self) -> int | None:
        """The number of working days within which half of the cases were finished; None without any."""
        half, seen = (sum(self.days.values()) + 1) // 2, 0
        for days in sorted(self.days):
            seen += self.days[days]
            if seen >= half:
                return days
        return None

    def __iadd__(self, other: "PeriodFigures") -> "PeriodFigures":
        for name in ("received", "finished", "kept", "judged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days += other.days
        return self


@dataclass(frozen=True)
class ServiceFigures:
    service: Service
    now: PeriodFigures
    before: PeriodFigures
    period: Period

    def selection(self, kind: str) -> Selection:
        return Selection(kind, service=self.service.pk, first=self.period.first, last=self.period.last)


@dataclass(frozen=True)
class PeriodComparison:
    """A period and the one before. ``services``: those with received or finished cases, the busiest first."""

    now: PeriodFigures
    before: PeriodFigures
    services: list[ServiceFigures]


def compare_periods(scope: ReportScope, period: Period) -> PeriodComparison:
    """Figures of a period and of the one before. Five queries."""
    before = period.before()
    counted = {each: defaultdict[int, PeriodFigures](PeriodFigures) for each in (period, before)}
    for each, by_service in counted.items():
        for service_id, n in _received(scope, each):
            by_service[service_id].received = n
        for row in _finished(scope, each):
            flow = by_service[row.service_id]
            flow.finished += row.cases
            flow.kept += row.kept
            flow.judged += row.judged
            if row.days is not None:
                flow.days[row.days] += row.cases
    totals = {each: PeriodFigures() for each in counted}
    for each, by_service in counted.items():
        for flow in by_service.values():
            totals[each] += flow
    services = Service.objects.select_related("unit").in_bulk(set(counted[period]) | set(counted[before]))
    rows = [ServiceFigures(each, counted[period][pk], counted[before][pk], period) for pk, each in services.items()]
    rows = [row for row in rows if row.now.received or row.now.finished]
    rows.sort(key=lambda row: (-row.now.received, -row.now.finished, row.service.name))
    return PeriodComparison(totals[period], totals[before], rows)


def _received(scope: ReportScope, period: Period) -> list[tuple[int, int]]:
    start, end = day_bounds(period.first, period.last)
    requests = Request.objects.filter(scope.over_requests(), received_at__gte=start, received_at__lt=end)
    counted = requests.order_by().values("service_id").annotate(n=Count("pk"))
    return [(row["service_id"], row["n"]) for row in counted]


# Working days are counted as for the promise (``deadlines``): from the day after the file was complete to the day on
# which the office was done, without pauses. ``width_bucket`` counts the working days that have begun by a moment.
_FINISHED = """
WITH calendar AS MATERIALIZED (
    SELECT %(days)s::timestamptz[] AS days
), done AS (
    SELECT request.id, request.service_id, request.complete_at, request.fulfilled_at, request.due_at
    FROM services_request AS request JOIN services_inboxentry AS entry ON entry.request_id = request.id
    WHERE request.fulfilled_at >= %(start)s AND request.fulfilled_at < %(end)s
        AND (%(units)s::bigint[] IS NULL OR entry.unit_id = ANY(%(units)s))
), paused AS (
    SELECT done.id, sum(greatest(
        width_bucket(least(pause.to_at, done.fulfilled_at), calendar.days)
        - width_bucket(greatest(pause.from_at, done.complete_at), calendar.days), 0)) AS days
    FROM services_pause AS pause JOIN done ON done.id = pause.request_id CROSS JOIN calendar
    WHERE pause.to_at IS NOT NULL
    GROUP BY done.id
), timed AS (
    SELECT done.service_id, done.due_at, done.fulfilled_at, greatest(
        width_bucket(done.fulfilled_at, calendar.days) - width_bucket(done.complete_at, calendar.days)
        - coalesce(paused.days, 0), 0) AS days, done.complete_at
    FROM done LEFT JOIN paused ON paused.id = done.id CROSS JOIN calendar
)
SELECT service_id, CASE WHEN complete_at IS NOT NULL THEN days END, count(*),
    count(*) FILTER (WHERE due_at >= fulfilled_at), count(due_at)
FROM timed GROUP BY 1, 2
"""


class _Finished(NamedTuple):
    """Finished cases of a service by working days taken; None if the file was never complete.

    ``kept``: those that kept their promise; ``judged``: those with a promise.
    """

    service_id: int
    days: int | None
    cases: int
    kept: int
    judged: int


def _finished(scope: ReportScope, period: Period) -> list[_Finished]:
    start, end = day_bounds(period.first, period.last)
    units = None if scope.unit_ids is None else sorted(scope.unit_ids)
    with connection.cursor() as cursor:
        cursor.execute(_FINISHED, {"start": start, "end": end, "units": units, "days": _working_days(period)})
        return [
            _Finished(service_id, None if days is None else int(days), *counts)
            for service_id, days, *counts in cursor.fetchall()
        ]


def _working_days(period: Period) -> list[datetime.datetime]:
    """Beginnings of all working days from ``YEARS_BACK`` up to the end of a period, in order."""
    first = period.first.replace(year=period.first.year - YEARS_BACK, day=1)
    count = (period.last - first).days + 1
    days = (first + datetime.timedelta(days=n) for n in range(count))
    return [day_bounds(day, day)[0] for day in days if workdays.is_working_day(day)]
