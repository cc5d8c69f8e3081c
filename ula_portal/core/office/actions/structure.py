"""Verbs that add many units and positions at once, with codes made of their short or whole names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Position, Unit
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..rules.names import code_of
from ..rules.structure import Planned, PositionRow, UnitRow, plan_positions, plan_units
from .office import add_position, add_unit


@dataclass(frozen=True)
class Added:
    """How many units and positions were added, and how many rows were there already."""

    units: int
    positions: int
    known: int


@verb
def add_units(rows: Sequence[UnitRow], *, by: Actor) -> Added:
    """Add units, each with the position that heads it if the row names one. Calling it again adds nothing.

    Allowed: administrators; the callers check this.
    Effects: journal of each unit and position.
    Raises: Refused, for the whole list, with the first wrong row.
    """
    _lock()
    units, positions = list(Unit.objects.all()), list(Position.objects.all())
    plans = plan_units(rows, units, positions)
    _refuse_wrong(plans)
    codes = {each.code for each in units}

    def write(index: int, above: Unit | None) -> Unit:
        row = rows[index]
        code = code_of(row.short_name or row.name, codes, 30)
        codes.add(code)
        return add_unit(by=by, code=code, name=row.name, short_name=row.short_name, parent=above)

    written = _write_all(plans, write)
    known = sum(plan.existing is not None for plan in plans)
    headed = {each.unit_id for each in positions if each.heads_unit}
    heads = [
        PositionRow(row.head, _label(unit), heads_unit=True)
        for row, unit in zip(rows, written, strict=True)
        if row.head and unit.pk not in headed
    ]
    added = _write_positions(heads, by)
    return Added(len(rows) - known, added, known)


def _label(unit: Unit) -> str:
    """The text by which a unit is found even if others share its name."""
    return f"{unit.name} ({unit.parent.name})" if unit.parent else unit.name


@verb
def add_positions(rows: Sequence[PositionRow], *, by: Actor) -> Added:
    """Add positions to units that exist. Calling it again adds nothing.

    Allowed: administrators; the callers check this.
    Effects: journal of each position.
    Raises: Refused, for the whole list, with the first wrong row.
    """
    _lock()
    added = _write_positions(rows, by)
    return Added(0, added, len(rows) - added)


def _write_positions(rows: Sequence[PositionRow], by: Actor) -> int:
    positions = list(Position.objects.all())
    plans = plan_positions(rows, list(Unit.objects.all()), positions)
    _refuse_wrong(plans)
    codes = {each.code for each in positions}

    def write(index: int, above: Position | None) -> Position:
        row, unit = rows[index], plans[index].unit
        assert unit is not None, "a row without a unit was refused"
        code = code_of(row.name, codes, 60)
        codes.add(code)
        return add_position(by=by, code=code, name=row.name, unit=unit, superior=above, heads_unit=row.heads_unit)

    _write_all(plans, write)
    return sum(plan.existing is None for plan in plans)


def _write_all(plans: Sequence[Planned], write: Callable[[int, Any], Any]) -> list[Any]:
    """What each row adds or has already, each written after what stands above it."""
    written: dict[int, Any] = {}

    def of(index: int) -> Any:
        if index not in written:
            plan = plans[index]
            above = of(plan.above) if isinstance(plan.above, int) else plan.above
            written[index] = plan.existing or write(index, above)
        return written[index]

    return [of(index) for index in range(len(plans))]


def _lock() -> None:
    """Let concurrent calls see what the other added."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-structure'))")


def _refuse_wrong(plans: Sequence[Planned]) -> None:
    for number, plan in enumerate(plans, 1):
        if plan.problem:
            raise Refused(_("Baris %(row)s: %(problem)s") % {"row": number, "problem": plan.problem}, field=plan.field)
