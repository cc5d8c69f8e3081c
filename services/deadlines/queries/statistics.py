"""ObservedTime times: of steps for the SOP's page (port ``case_statistics``), and of a service for its own page.

Figures for public pages that aggregate many rows are cached per process for ten minutes.
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

# The median covers at most the newest 50 requests finished within a year. With fewer than 5 no figure is shown, so that
# a single unusual case does not mislead and no individual case can be recognised.
OBSERVED_MAX_SAMPLE, OBSERVED_MIN_SAMPLE = 50, 5
OBSERVED_DAYS, POPULAR_DAYS = 365, 90
observed_time_cache: ProcessCache["ObservedTime | None"] = ProcessCache(600)
request_count_cache: ProcessCache[Counter[int]] = ProcessCache(600)


@dataclass(frozen=True)
class ObservedTime:
    """``days``: the median of ``count`` requests in working days, counted like the promised time."""

    days: int
    count: int


def observed_time(service: Service) -> ObservedTime | None:
    """Return how long a service really takes, or None with fewer than five finished requests.

    Cached; two queries when the cache is stale.
    """
    return observed_time_cache.get(service.pk, lambda: measure_time(service))


def measure_time(service: Service) -> ObservedTime | None:
    """Compute ``observed_time`` from the rows. Refused and withdrawn requests do not count."""
    finished = (
        Request.objects.filter(service=service, complete_at__isnull=False)
        .filter(fulfilled_at__gte=clock.now() - timedelta(days=OBSERVED_DAYS))
        .exclude(state__in=[Request.State.REJECTED, Request.State.WITHDRAWN])
        .order_by("-fulfilled_at", "-pk")
        .prefetch_related("pauses")[:OBSERVED_MAX_SAMPLE]
    )
    days = [_days_taken(request) for request in finished]
    if len(days) < OBSERVED_MIN_SAMPLE:
        return None
    return ObservedTime(statistics.median_low(days), len(days))


def _days_taken(request: Request) -> int:
    """Return the working days after the day the file was complete, up to the day the office was done, minus pauses."""
    begin, end = request.complete_at, request.fulfilled_at
    assert begin and end, "only complete files that were done are measured"
    paused = sum(
        deadlines.pause_days(pause.from_at, min(pause.to_at or end, end), begin) for pause in request.pauses.all()
    )
    return max(deadlines.pause_days(begin, end, begin) - paused, 0)


def popular_services(services: Iterable[Service], limit: int = 4) -> list[Service]:
    """Return the services with the most requests in the last ninety days, most requested first.

    Without any requests, returns the first services of kind request. Cached; one query when the cache is stale.
    """
    by_id = {service.pk: service for service in services if service.kind != service.Kind.ELSEWHERE}
    counted = request_count_cache.get(frozenset(by_id), lambda: _request_counts(by_id))
    popular = [by_id[pk] for pk, _number in counted.most_common(limit)]
    first_ones = [each for each in by_id.values() if each.kind == each.Kind.REQUEST]
    return popular or first_ones[:limit]


def _request_counts(service_ids: Iterable[int]) -> Counter[int]:
    since = clock.now() - timedelta(days=POPULAR_DAYS)
    requests = Request.objects.filter(service_id__in=list(service_ids), received_at__gte=since)
    return Counter(requests.values_list("service_id", flat=True))


def case_statistics(version: SopVersion | int) -> dict[int, dict[str, int]]:
    """Return statistics of an SOP version's finished steps: step number → runs, median_seconds, p90_seconds.

    Covers steps of the office and of other agencies, in seconds of working time. ``version``: a SopVersion or its id.
    Runs one query.
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
