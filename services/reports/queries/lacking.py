"""Papers that applicants did not have with them in a period, by the shortage sheets printed at the desk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from services.models import Field, Requirement, Service, TimelineEntry

from .period import Period
from .scope import ReportScope
from .selection import Selection, day_bounds


@dataclass(frozen=True)
class MissingPaper:
    """A paper of a service, and in how many cases it was missing."""

    service: Service
    name: str
    cases: int
    selection: Selection


@dataclass(frozen=True)
class ServiceShortages:
    """A service with its number of sheets, the number of their cases, and the paper that was missing most often."""

    service: Service
    sheets: int
    cases: int
    most_missed: MissingPaper | None
    selection: Selection


@dataclass(frozen=True)
class Shortages:
    """Sheets and cases of a period. ``cases_before``: of the period before. ``papers``: most missed first."""

    sheets: int
    cases: int
    cases_before: int
    services: list[ServiceShortages]
    papers: list[MissingPaper]


def lacking(scope: ReportScope, period: Period) -> Shortages:
    """Shortage sheets of a period by service and by paper. At most six queries."""
    sheets = _entries(scope, period).order_by().values_list("request__service_id")
    counted = list(sheets.annotate(sheets=Count("pk"), cases=Count("request_id", distinct=True)))
    services = Service.objects.select_related("unit").in_bulk([pk for pk, *_counts in counted])
    papers = _papers(period, services)
    rows = [
        ServiceShortages(
            services[pk],
            n,
            cases,
            next((paper for paper in papers if paper.service.pk == pk), None),
            Selection("lacking", service=pk, first=period.first, last=period.last),
        )
        for pk, n, cases in counted
    ]
    rows.sort(key=lambda row: (-row.cases, row.service.name))
    before = _entries(scope, period.before()).aggregate(n=Count("request_id", distinct=True))["n"]
    return Shortages(sum(row.sheets for row in rows), sum(row.cases for row in rows), before, rows, papers)


def _entries(scope: ReportScope, period: Period) -> QuerySet[TimelineEntry]:
    start, end = day_bounds(period.first, period.last)
    found = TimelineEntry.objects.filter(verb="shortage_printed", at__gte=start, at__lt=end)
    return found if scope.unit_ids is None else found.filter(request__entry__unit_id__in=scope.unit_ids)


_LACKED = """
SELECT request.service_id, lack.key, count(DISTINCT entry.request_id)
FROM services_timelineentry AS entry JOIN services_request AS request ON request.id = entry.request_id
    CROSS JOIN LATERAL jsonb_array_elements_text(entry.data -> 'lacks') AS lack (key)
WHERE entry.verb = 'shortage_printed' AND entry.at >= %s AND entry.at < %s AND request.service_id = ANY (%s)
GROUP BY 1, 2
"""


def _papers(period: Period, services: Mapping[int, Service]) -> list[MissingPaper]:
    """The missing papers of each service, most missed first."""
    with connection.cursor() as cursor:
        cursor.execute(_LACKED, [*day_bounds(period.first, period.last), list(services)])
        counted = cursor.fetchall()
    names = lack_names({key for _service, key, _cases in counted}, services)
    rows = [
        MissingPaper(
            services[service],
            names.get((service, key), key),
            cases,
            Selection("lacking", service=service, lack=key, first=period.first, last=period.last),
        )
        for service, key, cases in counted
    ]
    return sorted(rows, key=lambda row: (-row.cases, row.name, row.service.name))


def lack_names(keys: Collection[str], service_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Names of papers by service id and key (``papers.queries.slots.DocumentSlot``). At most two queries."""
    ids = [int(key[1:]) for key in keys if key.startswith("r")]
    fields = [key[2:] for key in keys if key.startswith("f-")]
    names = {(each.service_id, f"r{each.pk}"): each.text for each in Requirement.objects.filter(pk__in=ids)}
    if fields:
        asked = Field.objects.filter(name__in=fields, version__service__in=service_ids).order_by("version__ordinal")
        # A newer form version overwrites the labels of older ones.
        names |= {
            (service, f"f-{name}"): label
            for service, name, label in asked.values_list("version__service_id", "name", "label")
        }
    return names
