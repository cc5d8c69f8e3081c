"""Promise against reality: times of steps for the SOP's page (port ``case_statistics``), of a service for its own.

What public pages show of many rows is kept per process for ten minutes: it moves slowly and is derived each time anew.
"""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from services.models import Request, Service
from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.data.process_cache import ProcessCache

from .. import rules as deadlines

# The last so many finished requests of a year at most; with fewer than the least nothing is told, so that one slow or
# quick case neither frightens nor promises, and nobody's case can be told from it.
OBSERVED_LAST, OBSERVED_LEAST = 50, 5
OBSERVED_DAYS, POPULAR_DAYS = 365, 90
kept_observed: ProcessCache["Observed | None"] = ProcessCache(600)
kept_asked: ProcessCache[Counter[int]] = ProcessCache(600)


@dataclass(frozen=True)
class Observed:
    """``days``: working days within which half of ``count`` requests were done, counted as the promise is."""

    days: int
    count: int


def observed_time(service: Service) -> Observed | None:
    """How long a service really takes; None with fewer than five finished requests. Kept; two queries when old."""
    return kept_observed.get(service.pk, lambda: measure_time(service))


def measure_time(service: Service) -> Observed | None:
    """As ``observed_time``, from the rows. Refused and withdrawn requests do not count."""
    done = (
        Request.objects.filter(service=service, complete_at__isnull=False)
        .filter(fulfilled_at__gte=clock.now() - timedelta(days=OBSERVED_DAYS))
        .exclude(state__in=[Request.State.REJECTED, Request.State.WITHDRAWN])
        .order_by("-fulfilled_at", "-pk")
        .prefetch_related("pauses")[:OBSERVED_LAST]
    )
    days = [_days_taken(request) for request in done]
    if len(days) < OBSERVED_LEAST:
        return None
    return Observed(statistics.median_low(days), len(days))


def _days_taken(request: Request) -> int:
    """Working days after the day the file was complete, up to the day the office was done, pauses taken out."""
    begin, end = request.complete_at, request.fulfilled_at
    assert begin and end, "only complete files that were done are measured"
    paused = sum(
        deadlines.pause_days(pause.from_at, min(pause.to_at or end, end), begin) for pause in request.pauses.all()
    )
    return max(deadlines.pause_days(begin, end, begin) - paused, 0)


def often_asked(services: Iterable[Service], limit: int = 4) -> list[Service]:
    """Those of the services that were asked for most in the last ninety days, most first. Kept; one query when old.

    While nothing was asked for: the first ones of kind request.
    """
    by_id = {service.pk: service for service in services if service.kind != service.Kind.ELSEWHERE}
    counted = kept_asked.get(frozenset(by_id), lambda: _asked(by_id))
    most = [by_id[pk] for pk, _number in counted.most_common(limit)]
    first = [each for each in by_id.values() if each.kind == each.Kind.REQUEST]
    return most or first[:limit]


def _asked(service_ids: Iterable[int]) -> Counter[int]:
    since = clock.now() - timedelta(days=POPULAR_DAYS)
    asked = Request.objects.filter(service_id__in=list(service_ids), received_at__gte=since)
    return Counter(asked.values_list("service_id", flat=True))


def case_statistics(version: SopVersion | int) -> dict[int, dict[str, int]]:
    """Finished office and agency steps of a version by number: runs, median_seconds, p90_seconds of working time.

    ``version``: a SopVersion or its id. Derived from the runs, never counted along; one query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step.no, count(*),"
            " percentile_cont(0.5) WITHIN GROUP (ORDER BY run.worked_seconds),"
            " percentile_cont(0.9) WITHIN GROUP (ORDER BY run.worked_seconds)"
            " FROM services_steprun AS run JOIN sop_step AS step ON step.id = run.step_id"
            " WHERE step.version_id = %s AND run.outcome IN ('done', 'yes', 'no') AND run.worked_seconds IS NOT NULL"
            " AND run.taken_back_at IS NULL"
            " GROUP BY step.no",
            [version if isinstance(version, int) else version.pk],
        )
        return {
            no: {"runs": runs, "median_seconds": round(median), "p90_seconds": round(p90)}
            for no, runs, median, p90 in cursor.fetchall()
        }
