"""Where cases wait, and for how long.

The later a moment, the shorter the working time since then, whatever the hours and holidays. So the median wait is the
working time since the median moment and the longest wait that since the earliest. The database finds both moments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Case, CharField, Count, DateTimeField, Min, Q, Value, When

from services.models.inbox import late
from ula_portal.core import workdays
from ula_portal.core.models import Position, Unit

from . import open_cases
from .open_cases import AGENCY, ASKED, OFFICE, READY
from .scope import ReportScope
from .selection import Selection


class MiddleMoment(Aggregate):
    """The median of moments; the earlier one of two in the middle."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DateTimeField()


@dataclass(frozen=True)
class Wait:
    """A place where ``count`` cases wait, ``late`` of them overdue.

    ``kind``: position, pool (a unit's, where the position has no holder), agency, asked (the applicant was asked),
    ready (the result waits to be collected). ``name``: of position, unit or agency, else "". ``median`` and ``longest``
    are in working seconds.
    """

    kind: str
    name: str
    count: int
    late: int
    median: int
    longest: int
    oldest: datetime
    selection: Selection

    @property
    def late_selection(self) -> Selection:
        return replace(self.selection, late=True)


def waits(scope: ReportScope, at: datetime) -> list[Wait]:
    """The places where cases wait, the most overdue first, then those with most cases. Three queries."""
    is_office = Q(keeper=OFFICE)
    cases = open_cases.open_cases(scope).annotate(
        since=open_cases.waiting_since(),
        at_unit=Case(When(is_office, then="pool_unit_id")),
        at_position=Case(When(is_office & Q(pool_unit_id__isnull=True), then="position_id")),
        at_agency=Case(When(keeper=AGENCY, then=open_cases.agency_name()), default=Value(""), output_field=CharField()),
    )
    groups = list(
        cases.values("keeper", "at_unit", "at_position", "at_agency").annotate(
            n=Count("pk"),
            late=Count("pk", filter=late(at)),
            middle=MiddleMoment("since"),
            oldest=Min("since"),
        )
    )
    names: dict[str, Mapping[int, Position | Unit]] = {
        "position": Position.objects.in_bulk([g["at_position"] for g in groups if g["at_position"]]),
        "pool": Unit.objects.in_bulk([g["at_unit"] for g in groups if g["at_unit"]]),
    }
    found = [_wait(group, names, at) for group in groups]
    # Results that only have to be collected come last.
    return sorted(found, key=lambda wait: (wait.kind == READY, -wait.late, -wait.count, wait.kind, wait.name))


def _wait(group: Mapping[str, Any], names: Mapping[str, Mapping[int, Position | Unit]], at: datetime) -> Wait:
    kind, name, selection = _place(group, names)
    return Wait(
        kind=kind,
        name=name,
        count=group["n"],
        late=group["late"],
        median=_since(group["middle"], at),
        longest=_since(group["oldest"], at),
        oldest=group["oldest"],
        selection=selection,
    )


def _place(group: Mapping[str, Any], names: Mapping[str, Mapping[int, Position | Unit]]) -> tuple[str, str, Selection]:
    if group["keeper"] == AGENCY:
        name = group["at_agency"] or ""
        return AGENCY, name, Selection("agency", agency=name)
    if group["keeper"] in (ASKED, READY):
        return group["keeper"], "", Selection(group["keeper"])
    if group["at_unit"]:
        return "pool", names["pool"][group["at_unit"]].name, Selection("office", pool=group["at_unit"])
    post = names["position"].get(group["at_position"])
    return "position", post.name if post else "", Selection("office", position=group["at_position"])


def _since(moment: datetime, at: datetime) -> int:
    return max(workdays.working_seconds_between(moment, at), 0)
