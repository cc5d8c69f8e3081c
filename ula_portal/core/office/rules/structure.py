"""Rows of units and positions as they are typed: what each would add, and what is wrong with it. No database.

A row may name what another row of the same list adds, in any order. A row that exists already adds nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ula_portal.core.models import Position, Unit

from .names import Directory, Unknown, folded

NAME_LENGTH = 200


@dataclass(frozen=True)
class UnitRow:
    """``parent``: name of the unit above it, else the office itself; ``head``: name of the position that heads it."""

    name: str
    short_name: str = ""
    parent: str = ""
    head: str = ""


@dataclass(frozen=True)
class PositionRow:
    """``superior``: name of a position, else whoever heads the unit."""

    name: str
    unit: str
    superior: str = ""
    heads_unit: bool = False


@dataclass
class Planned:
    """What a row would add. ``above``: the unit or position above it: an existing one, the index of a row, or none.

    ``existing``: the row's own unit or position if it is there already; ``problem`` belongs to the column ``field``.
    """

    above: Unit | Position | int | None = None
    unit: Unit | None = None
    existing: Unit | Position | None = None
    field: str = ""
    problem: str = ""

    def refuse(self, field: str, problem: str) -> None:
        if not self.problem:
            self.field, self.problem = field, problem


def units_by_name(units: Iterable[Unit]) -> Directory[Unit | int]:
    found, names = Directory[Unit | int](), {each.pk: each.name for each in units}
    for each in units:
        found.add(each, each.name, names.get(each.parent_id or 0, ""))
    return found


def positions_by_name(positions: Iterable[Position], units: Iterable[Unit]) -> Directory[Position | int]:
    found, names = Directory[Position | int](), {each.pk: each.name for each in units}
    for each in positions:
        found.add(each, each.name, names[each.unit_id])
    return found


def plan_units(rows: Sequence[UnitRow], units: Sequence[Unit], positions: Sequence[Position]) -> list[Planned]:
    """What each row would add to the office's ``units``; ``positions``: all of them."""
    names = units_by_name(units)
    for index, row in enumerate(rows):
        if not any(folded(each.name) == folded(row.name) for each in units):
            names.add(index, row.name, row.parent)
    tops: list[Unit | int] = [each for each in units if each.parent_id is None]
    if not tops:
        tops += [index for index, row in enumerate(rows) if not row.parent][:1]
    plans, seen = [Planned() for _row in rows], dict[tuple[str, object], int]()
    heads = {each.unit_id: each for each in positions if each.heads_unit}
    for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        _refuse_long(plan, row.name)
        if row.parent:
            try:
                plan.above = names.find(row.parent)
            except Unknown as error:
                plan.refuse("parent", str(error))
        elif len(tops) > 1:
            plan.refuse("parent", _("Ada lebih dari satu unit tanpa induk. Tulis unit induknya."))
        else:
            plan.above = next((top for top in tops if top != index), None)
            if plan.above is not None and not isinstance(plan.above, int) and plan.above in _same(units, row.name):
                plan.above = None
        parent = plan.above.pk if isinstance(plan.above, Unit) else None
        if not isinstance(plan.above, int):
            plan.existing = next((each for each in _same(units, row.name) if each.parent_id == parent), None)
        _refuse_twice(plan, seen, (folded(row.name), plan.above), index)
        holder = heads.get(plan.existing.pk) if plan.existing else None
        if row.head and holder and folded(holder.name) != folded(row.head):
            plan.refuse("head", _("Unit ini sudah dipimpin %(name)s.") % {"name": holder.name})
        if len(row.head) > NAME_LENGTH:
            plan.refuse("head", _too_long())
    _refuse_circles(plans, "parent", _("Unit tidak dapat berada di bawah dirinya sendiri."))
    return plans


def plan_positions(rows: Sequence[PositionRow], units: Sequence[Unit], positions: Sequence[Position]) -> list[Planned]:
    """What each row would add to the office's ``positions``; ``units``: all of them."""
    plans, seen = [Planned() for _row in rows], dict[tuple[str, object], int]()
    unit_names = units_by_name(units)
    for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        _refuse_long(plan, row.name)
        try:
            if not row.unit:
                raise Unknown(_("Tulis unit jabatan ini."))
            found = unit_names.find(row.unit)
            assert isinstance(found, Unit), "the directory holds no rows"
            plan.unit = found
        except Unknown as error:
            plan.refuse("unit", str(error))
            continue
        same = (each for each in positions if each.unit_id == found.pk and folded(each.name) == folded(row.name))
        plan.existing = next(same, None)
        _refuse_twice(plan, seen, (folded(row.name), plan.unit), index)
    heads = _heads(rows, plans, positions)
    names = positions_by_name(positions, units)
    for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        if plan.unit and not plan.existing:
            names.add(index, row.name, plan.unit.name)
    above = {each.pk: each.parent_id for each in units}
    for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        if row.superior:
            try:
                plan.above = names.find(row.superior)
            except Unknown as error:
                plan.refuse("superior", str(error))
        elif plan.unit:
            plan.above = _head_above(heads, above, plan.unit.pk, index, plan.existing)
    _refuse_circles(plans, "superior", _("Jabatan tidak dapat menjadi atasan dirinya sendiri."))
    return plans


Heads = dict[int, Position | int]


def _heads(rows: Sequence[PositionRow], plans: Sequence[Planned], positions: Iterable[Position]) -> Heads:
    """Who heads each unit, by its id: a position or a row. Refuses a second head."""
    heads: Heads = {each.unit_id: each for each in positions if each.heads_unit}
    for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        if not (row.heads_unit and plan.unit) or plan.existing:
            continue
        head = heads.setdefault(plan.unit.pk, index)
        if head != index:
            name = rows[head].name if isinstance(head, int) else head.name
            plan.refuse("heads_unit", _("Unit ini sudah dipimpin %(name)s.") % {"name": name})
    return heads


def _head_above(
    heads: Heads, above: dict[int, int | None], unit: int | None, index: int, own: object
) -> Position | int | None:
    """Who heads the unit or the nearest one above it, other than the row itself."""
    while unit is not None:
        head = heads.get(unit)
        if head is not None and head not in (index, own):
            return head
        unit = above.get(unit)
    return None


def _same(units: Iterable[Unit], name: str) -> list[Unit]:
    return [each for each in units if folded(each.name) == folded(name)]


def _too_long() -> str:
    return _("Nama paling banyak %(count)s huruf.") % {"count": NAME_LENGTH}


def _refuse_long(plan: Planned, name: str) -> None:
    if not name:
        plan.refuse("name", _("Tulis namanya."))
    if len(name) > NAME_LENGTH:
        plan.refuse("name", _too_long())


def _refuse_twice(plan: Planned, seen: dict[tuple[str, object], int], key: tuple[str, object], index: int) -> None:
    first = seen.setdefault(key, index)
    if first != index:
        plan.refuse("name", _("Sama dengan baris %(row)s.") % {"row": first + 1})


def _refuse_circles(plans: Sequence[Planned], field: str, sentence: str) -> None:
    for index, plan in enumerate(plans):
        above, steps = plan.above, 0
        while isinstance(above, int) and steps <= len(plans):
            if above == index:
                plan.refuse(field, sentence)
                break
            above, steps = plans[above].above, steps + 1
