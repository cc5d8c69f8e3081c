"""Open and overdue cases, counted by unit, service, step and officer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Manager, QuerySet

from services.models import Service
from services.models.inbox import late, promise_broken
from sop.models import Step
from ula_portal.core.models import Position, Unit, User

from . import open_cases
from .open_cases import ASKED, OFFICE, READY
from .scope import ReportScope
from .selection import Selection

# A group of open cases: its columns by name, and the count ``n``.
Group = Mapping[str, Any]

Subject = Unit | Service | Step | User | Position


@dataclass
class CaseCounts:
    """Counts of one row: ``running`` without those ready to be collected; ``late`` and ``asked`` are parts of it."""

    running: int = 0
    late: int = 0
    asked: int = 0


@dataclass(frozen=True)
class LoadRow:
    """Open cases of a unit, service, step, officer, position or pool (``kind``), which is the ``subject``.

    ``selection``: the cases behind ``running``.
    """

    kind: str
    subject: Subject
    running: int
    late: int
    asked: int
    selection: Selection

    @property
    def late_selection(self) -> Selection:
        return replace(self.selection, kind="late")


@dataclass(frozen=True)
class Load:
    """Open cases at a moment. ``ready`` counts apart those whose result waits to be collected.

    ``broken``: those of ``late`` that are past the promise to the applicant; ``free``: unassigned; ``asked`` and
    ``agency``: waiting for the applicant, for another agency.
    """

    running: int = 0
    late: int = 0
    broken: int = 0
    asked: int = 0
    agency: int = 0
    free: int = 0
    ready: int = 0
    units: list[LoadRow] = field(default_factory=list)
    services: list[LoadRow] = field(default_factory=list)
    steps: list[LoadRow] = field(default_factory=list)
    officers: list[LoadRow] = field(default_factory=list)


def load(scope: ReportScope, at: datetime) -> Load:
    """The load within a scope. Six queries; the database groups the rows."""
    groups = _groups(scope, at)
    totals = defaultdict[str, int](int)
    units, services, steps = (defaultdict[int, CaseCounts](CaseCounts) for _axis in range(3))
    officers = defaultdict[tuple[str, int], CaseCounts](CaseCounts)
    for group in groups:
        n = group["n"]
        if group["keeper"] == READY:
            totals["ready"] += n
            continue
        totals["running"] += n
        totals[group["keeper"]] += n
        totals["late"] += n * group["is_late"]
        totals["broken"] += n * group["is_broken"]
        free = group["keeper"] == OFFICE and group["assignee_id"] is None
        totals["free"] += n * free
        _add(units[group["holder_unit"]], group)
        _add(services[group["service_id"]], group)
        _add(steps[group["run__step_id"]], group)
        if group["assignee_id"]:
            _add(officers["user", group["assignee_id"]], group)
        elif free:
            _add(officers[_pool_of(group)], group)
    return Load(
        **{key: totals[key] for key in ("running", "late", "broken", "asked", "agency", "free", "ready")},
        units=_rows("unit", units, Unit.objects),
        services=_rows("service", services, Service.objects.select_related("unit")),
        steps=_step_rows(steps),
        officers=_officer_rows(officers),
    )


def _groups(scope: ReportScope, at: datetime) -> list[Group]:
    keys = ("keeper", "holder_unit", "service_id", "run__step_id", "position_id", "pool_unit_id", "assignee_id")
    flags = {"is_late": open_cases.as_flag(late(at)), "is_broken": open_cases.as_flag(promise_broken(at))}
    cases = open_cases.open_cases(scope).annotate(**flags)
    return list(cases.values(*keys, *flags).annotate(n=Count("pk")).order_by())


def _add(counted: CaseCounts, group: Group) -> None:
    counted.running += group["n"]
    counted.late += group["n"] * group["is_late"]
    counted.asked += group["n"] * (group["keeper"] == ASKED)


def _pool_of(group: Group) -> tuple[str, int]:
    """To whom an unclaimed step is offered: the unit's pool, or the position's holders."""
    return ("pool", group["pool_unit_id"]) if group["pool_unit_id"] else ("position", group["position_id"])


def _row(kind: str, subject: Subject, counted: CaseCounts, **selected: Any) -> LoadRow:
    selection = Selection("running", **selected)
    return LoadRow(kind, subject, counted.running, counted.late, counted.asked, selection)


def _rows(kind: str, counts: Mapping[int, CaseCounts], objects: Manager[Any] | QuerySet[Any]) -> list[LoadRow]:
    found = objects.in_bulk(counts)
    return _sorted([_row(kind, found[pk], counted, **{kind: pk}) for pk, counted in counts.items() if pk in found])


def _step_rows(counts: Mapping[int, CaseCounts]) -> list[LoadRow]:
    """Rows of steps. The same activity at the same number is one row, whatever version of the SOP a case has."""
    together: dict[tuple[int, int, str], tuple[Step, CaseCounts]] = {}
    for step in Step.objects.filter(pk__in=counts).select_related("version__sop").order_by("-version_id"):
        key = (step.version.sop_id, step.no, step.activity)
        _first, counted = together.setdefault(key, (step, CaseCounts()))
        each = counts[step.pk]
        counted.running, counted.late = counted.running + each.running, counted.late + each.late
        counted.asked += each.asked
    return _sorted([_row("step", step, counted, step=step.pk) for step, counted in together.values()])


def _officer_rows(counts: Mapping[tuple[str, int], CaseCounts]) -> list[LoadRow]:
    """Rows of people by assigned steps, and of positions and units by the unclaimed steps offered to them."""
    sources: dict[str, tuple[str, Manager[Any]]] = {
        "user": ("officer", User.objects),
        "position": ("position", Position.objects),
        "pool": ("pool", Unit.objects),
    }
    rows: list[LoadRow] = []
    for kind, (name, objects) in sources.items():
        theirs = {pk: counted for (source, pk), counted in counts.items() if source == kind}
        found = objects.in_bulk(theirs)
        more = {} if kind == "user" else {"free": True}
        rows += [_row(name, found[pk], counted, **{name: pk}, **more) for pk, counted in theirs.items() if pk in found]
    return _sorted(rows)


def _sorted(rows: Iterable[LoadRow]) -> list[LoadRow]:
    return sorted(rows, key=lambda row: (-row.late, -row.running, str(row.subject)))
