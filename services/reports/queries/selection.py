"""The cases behind a figure, as pages and as rows for a file."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import F, Q, QuerySet
from django_stubs_ext import WithAnnotations

from services.models import InboxEntry, Request, StepRun, TimelineEntry
from services.models.inbox import RUNNING, UNCLAIMED, late, promise_broken
from sop.models import Step
from ula_portal.core import clock
from ula_portal.core.data.pagination import Page, paginate

from . import open_cases
from .scope import ReportScope

OPEN_KINDS = ("running", "late", "broken", "free", "office", "agency", "asked", "ready")
PERIOD_KINDS = ("received", "finished", "kept", "missed", "lacking")
KINDS = OPEN_KINDS + PERIOD_KINDS
# The promise is judged when the office has done its part. Cases whose file was never complete have no promise.
PROMISE_KEPT = Q(due_at__gte=F("fulfilled_at"))
PROMISE_MISSED = Q(due_at__lt=F("fulfilled_at"))
ROWS_PER_READ = 1000
WITH_RUN = ("step", "position", "unit", "assignee")


@dataclass(frozen=True)
class Selection:
    """Criteria for cases: kind (``KINDS``); unit, service, step, officer, position, pool (ids); agency (name).

    ``unit``: where the work is, for ``PERIOD_KINDS`` the service's unit. ``free``: only unassigned ones. ``late``: only
    overdue ones. ``first`` and ``last``: days of the period, both included, for ``PERIOD_KINDS``. ``lack``: for the
    kind "lacking" (a shortage sheet was printed), only sheets with this paper (key of ``papers.queries.slots``).
    """

    kind: str
    unit: int | None = None
    service: int | None = None
    step: int | None = None
    officer: int | None = None
    position: int | None = None
    pool: int | None = None
    agency: str | None = None
    lack: str | None = None
    free: bool = False
    late: bool = False
    first: datetime.date | None = None
    last: datetime.date | None = None

    @property
    def of_period(self) -> bool:
        return self.kind in PERIOD_KINDS

    def criteria(self) -> dict[str, Any]:
        """The fields that are set, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, False)}


def day_bounds(first: datetime.date, last: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The moments at which the first day begins and the last day ends. The second one is excluded."""
    start = datetime.datetime.combine(first, datetime.time(), clock.OFFICE_ZONE)
    return start, datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), clock.OFFICE_ZONE)


def _open(
    scope: ReportScope, selection: Selection, at: datetime.datetime
) -> "QuerySet[WithAnnotations[InboxEntry, open_cases.Keeping]]":
    """Rows of the open cases of a selection."""
    cases = open_cases.open_cases(scope)
    kinds = {"running": RUNNING, "late": late(at), "broken": promise_broken(at), "free": UNCLAIMED}
    cases = cases.filter(kinds.get(selection.kind) or Q(keeper=selection.kind))
    if selection.late:
        cases = cases.filter(late(at))
    if selection.free:
        cases = cases.filter(UNCLAIMED)
    if selection.unit is not None:
        cases = cases.filter(holder_unit=selection.unit)
    if selection.service is not None:
        cases = cases.filter(service_id=selection.service)
    if selection.step is not None:
        cases = cases.filter(run__step_id__in=_same_steps(selection.step))
    if selection.officer is not None:
        cases = cases.filter(assignee_id=selection.officer)
    if selection.position is not None:
        cases = cases.filter(position_id=selection.position, pool_unit_id__isnull=True)
    if selection.pool is not None:
        cases = cases.filter(pool_unit_id=selection.pool)
    if selection.agency is not None:
        cases = cases.annotate(agency=open_cases.agency_name()).filter(agency=selection.agency)
    return cases


def _same_steps(step_id: int) -> QuerySet[Step, Any] | list[int]:
    """Ids of a step and of the same step in other versions of the SOP."""
    step = Step.objects.filter(pk=step_id).values("version__sop_id", "no", "activity").first()
    if step is None:
        return []
    return Step.objects.filter(
        version__sop_id=step["version__sop_id"], no=step["no"], activity=step["activity"]
    ).values("pk")


def _moment_of(kind: str) -> str:
    return "received_at" if kind in ("received", "lacking") else "fulfilled_at"


def _of_period(scope: ReportScope, selection: Selection) -> QuerySet[Request]:
    """Requests of a selection of ``PERIOD_KINDS``."""
    assert selection.first and selection.last, "a selection of a period names its days"
    start, end = day_bounds(selection.first, selection.last)
    requests = Request.objects.filter(scope.over_requests())
    if selection.kind == "lacking":
        sheets = TimelineEntry.objects.filter(verb="shortage_printed", at__gte=start, at__lt=end)
        if selection.lack is not None:
            sheets = sheets.filter(data__lacks__contains=[selection.lack])
        requests = requests.filter(pk__in=sheets.values("request_id"))
    else:
        field = _moment_of(selection.kind)
        requests = requests.filter(**{f"{field}__gte": start, f"{field}__lt": end})
    if selection.kind == "kept":
        requests = requests.filter(PROMISE_KEPT)
    if selection.kind == "missed":
        requests = requests.filter(PROMISE_MISSED)
    if selection.unit is not None:
        requests = requests.filter(entry__unit_id=selection.unit)
    if selection.service is not None:
        requests = requests.filter(service_id=selection.service)
    return requests


@dataclass(frozen=True)
class CaseLine:
    """A case of a selection, with its open run (None when it is closed) and the agency that has it, or ""."""

    request: Request
    run: StepRun | None
    agency: str = ""


def selection_page(
    scope: ReportScope, selection: Selection, at: datetime.datetime, cursor: str | None = None, size: int = 50
) -> Page[CaseLine]:
    """A page of cases: open ones by how long they have been at their step, others newest first.

    At most three queries.
    """
    if selection.of_period:
        field = _moment_of(selection.kind)
        requests = _of_period(scope, selection).select_related("service__unit")
        closed = paginate(requests, [(field, True), ("pk", True)], cursor, size)
        runs = StepRun.objects.filter(request__in=[each.pk for each in closed.rows], finished_at__isnull=True)
        open_now = {run.request_id: run for run in runs.select_related(*WITH_RUN)}
        pairs = [(request, open_now.get(request.pk)) for request in closed.rows]
        cursors = closed.next, closed.previous
    else:
        with_run = [f"run__{each}" for each in WITH_RUN]
        cases = _open(scope, selection, at).select_related(*with_run, "request__service__unit").defer("words")
        page = paginate(cases, [("offered_at", False), ("pk", False)], cursor, size)
        pairs = [(case.request, case.run) for case in page.rows]
        cursors = page.next, page.previous
    agencies = open_cases.agencies_of({run.step_id for _request, run in pairs if run and run.led_by == "external"})
    lines = [CaseLine(request, run, agencies.get(run.step_id, "") if run else "") for request, run in pairs]
    return Page(lines, *cursors)


def selection_rows(scope: ReportScope, selection: Selection, at: datetime.datetime) -> Iterator[CaseLine]:
    """All cases of a selection, read in batches of ``ROWS_PER_READ``, so that memory does not grow with them."""
    page = selection_page(scope, selection, at, size=ROWS_PER_READ)
    yield from page.rows
    while page.next:
        page = selection_page(scope, selection, at, page.next, ROWS_PER_READ)
        yield from page.rows
