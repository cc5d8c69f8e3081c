"""Load and overdue: open cases counted by unit, service, step and officer."""

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

# Columns of a group of open cases by name, as the database counted them.
Group = Mapping[str, Any]
# What a row of the page is about.
Subject = Unit | Service | Step | User | Position


@dataclass
class Counted:
    """Open cases of one line: ``running`` without what only has to be fetched, of these ``late`` and ``asked``."""

    running: int = 0
    late: int = 0
    asked: int = 0


@dataclass(frozen=True)
class LoadRow:
    """``of``: the Unit, Service, Step, User or Position, ``kind``: as what (officer, position and pool are one list).

    ``selection``: the cases behind ``running``.
    """

    kind: str
    of: Subject
    running: int
    late: int
    asked: int
    selection: Selection

    @property
    def late_selection(self) -> Selection:
        return replace(self.selection, kind="late")


@dataclass(frozen=True)
class Load:
    """What is open at a moment, without what is ``ready`` to be fetched. ``broken``: of ``late``, past the promise;
    ``free``: offered, but nobody's yet; ``asked`` and ``agency``: with the applicant, with another agency."""

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
    """Open cases within a scope. Six queries whatever is open; the rows are grouped by the database."""
    groups = _groups(scope, at)
    totals = defaultdict[str, int](int)
    units, services, steps = (defaultdict[int, Counted](Counted) for _axis in range(3))
    officers = defaultdict[tuple[str, int], Counted](Counted)
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
    flags = {"is_late": open_cases.as_flag(late(at)), "is_broken": open_cases.as_flag(broken(at))}
    cases = open_cases.open_cases(scope).annotate(**flags)
    return list(cases.values(*keys, *flags).annotate(n=Count("pk")).order_by())


def _add(counted: Counted, group: Group) -> None:
    counted.running += group["n"]
    counted.late += group["n"] * group["is_late"]
    counted.asked += group["n"] * (group["keeper"] == ASKED)


def _pool_of(group: Group) -> tuple[str, int]:
    """Whose an unclaimed step is: the unit's pool, else the position's holders'."""
    return ("pool", group["pool_unit_id"]) if group["pool_unit_id"] else ("position", group["position_id"])


def _row(kind: str, of: Subject, counted: Counted, **selected: Any) -> LoadRow:
    selection = Selection("running", **selected)
    return LoadRow(kind, of, counted.running, counted.late, counted.asked, selection)


def _rows(kind: str, counts: Mapping[int, Counted], objects: Manager[Any] | QuerySet[Any]) -> list[LoadRow]:
    found = objects.in_bulk(counts)
    return _sorted([_row(kind, found[pk], counted, **{kind: pk}) for pk, counted in counts.items() if pk in found])


def _step_rows(counts: Mapping[int, Counted]) -> list[LoadRow]:
    """The same activity at the same place of an SOP is one line, whichever version of it a case keeps."""
    together: dict[tuple[int, int, str], tuple[Step, Counted]] = {}
    for step in Step.objects.filter(pk__in=counts).select_related("version__sop").order_by("-version_id"):
        key = (step.version.sop_id, step.no, step.activity)
        _first, counted = together.setdefault(key, (step, Counted()))
        each = counts[step.pk]
        counted.running, counted.late = counted.running + each.running, counted.late + each.late
        counted.asked += each.asked
    return _sorted([_row("step", step, counted, step=step.pk) for step, counted in together.values()])


def _officer_rows(counts: Mapping[tuple[str, int], Counted]) -> list[LoadRow]:
    """People by what is assigned to them; unclaimed steps under the position or the unit they are offered to."""
    sources: dict[str, tuple[str, Manager[Any]]] = {
        "user": ("officer", User.objects),
        "position": ("position", Position.objects),
        "pool": ("pool", Unit.objects),
    }
    rows: list[LoadRow] = []
    for kind, (name, objects) in sources.items():
        theirs = {pk: counted for (of, pk), counted in counts.items() if of == kind}
        found = objects.in_bulk(theirs)
        more = {} if kind == "user" else {"free": True}
        rows += [_row(name, found[pk], counted, **{name: pk}, **more) for pk, counted in theirs.items() if pk in found]
    return _sorted(rows)


def _sorted(rows: Iterable[LoadRow]) -> list[LoadRow]:
    return sorted(rows, key=lambda row: (-row.late, -row.running, str(row.of)))
