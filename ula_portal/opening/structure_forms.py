"""The table in which units and positions are typed, pasted or taken from the usual structure, before they are added."""

import csv
import functools
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Position, Unit
from ula_portal.core.office.rules.names import folded
from ula_portal.core.office.rules.structure import (
    Planned,
    PositionRow,
    UnitRow,
    plan_positions,
    plan_units,
    positions_by_name,
    units_by_name,
)
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.text.fields import LineField

MOST_ROWS, EMPTY_ROWS = 200, 2
# Cells that tick the box "heads the unit".
_YES = {"ya", "y", "x", "v", "1", "true"}
Row = UnitRow | PositionRow


class RowForm(forms.Form):
    """A row of the table. ``take`` is shown only for rows of the usual structure."""

    take = forms.BooleanField(label=gettext_lazy("Pakai"), required=False, initial=True)
    name = LineField(max_length=200, required=False)
    # Whether the row exists already, so that nothing is added.
    known = False

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "take"}


def _listed(name: str) -> forms.TextInput:
    """A text box that offers the names of a list on the page; others may be typed too."""
    return forms.TextInput(attrs={"list": name, "autocomplete": "off"})


class UnitForm(RowForm):
    name = LineField(label=gettext_lazy("Nama unit"), max_length=200, required=False)
    short_name = LineField(label=gettext_lazy("Singkatan"), max_length=30, required=False)
    parent = LineField(
        label=gettext_lazy("Di bawah unit"), max_length=400, required=False, widget=_listed("daftar-unit")
    )
    head = LineField(label=gettext_lazy("Jabatan pimpinan"), max_length=200, required=False)


class PositionForm(RowForm):
    name = LineField(label=gettext_lazy("Nama jabatan"), max_length=200, required=False)
    unit = LineField(label=gettext_lazy("Unit"), max_length=400, required=False, widget=_listed("daftar-unit"))
    superior = LineField(label=gettext_lazy("Atasan"), max_length=400, required=False, widget=_listed("daftar-jabatan"))
    heads_unit = forms.BooleanField(label=gettext_lazy("Memimpin unit ini"), required=False)


@dataclass(frozen=True)
class Kind:
    """Units or positions: the form of a row, what a row means, how rows are checked, and which headings are skipped."""

    form: type[RowForm]
    row: type[UnitRow] | type[PositionRow]
    plan: Callable[[Sequence[Any], Sequence[Unit], Sequence[Position]], list[Planned]]
    headings: tuple[str, ...]
    usual: str


UNITS = Kind(UnitForm, UnitRow, plan_units, ("nama unit", "unit", "nama"), "units")
POSITIONS = Kind(PositionForm, PositionRow, plan_positions, ("nama jabatan", "jabatan", "nama"), "positions")


class Table:
    """The rows of one kind on a page. ``way``: ``tulis``, ``tempel`` or ``baku``."""

    def __init__(self, kind: Kind, way: str, data: Any = None, more: int = 0) -> None:
        self.kind, self.way = kind, way
        factory = forms.formset_factory(kind.form, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
        self.units, self.positions = list(Unit.objects.order_by("name")), list(Position.objects.order_by("name"))
        if data is None:
            data = self._data([] if way != "baku" else self._usual(), EMPTY_ROWS if way != "baku" else 0)
            self.formset = factory(data, prefix="baris")
        else:
            count = str(data.get("baris-TOTAL_FORMS", ""))
            if more and count.isascii() and count.isdigit():
                data = data.copy()
                data["baris-TOTAL_FORMS"] = str(min(int(count) + more, MOST_ROWS))
            self.formset = factory(data, prefix="baris")

    @classmethod
    def pasted(cls, kind: Kind, text: str) -> "Table":
        """The table filled with cells that were copied from a spreadsheet, in the order of the form's fields."""
        names = [name for name in kind.form.base_fields if name != "take"]
        lines = [[plain_line(cell) for cell in line] for line in csv.reader(io.StringIO(text), delimiter="\t")]
        rows = [dict(zip(names, line, strict=False)) for line in lines if any(line)]
        if rows and folded(rows[0]["name"]) in kind.headings:
            del rows[0]
        for row in rows:
            if "heads_unit" in row:
                row["heads_unit"] = "on" if folded(row["heads_unit"]) in _YES else ""
        table = cls(kind, "tempel", cls._data(rows[:MOST_ROWS], 0 if rows else EMPTY_ROWS))
        table.left_out = max(len(rows) - MOST_ROWS, 0)
        return table

    left_out = 0

    @staticmethod
    def _data(rows: list[dict[str, str]], empty: int) -> dict[str, str]:
        data = {"baris-TOTAL_FORMS": str(len(rows) + empty), "baris-INITIAL_FORMS": "0"}
        for number, row in enumerate(rows):
            data |= {f"baris-{number}-{name}": value for name, value in row.items() if value}
        return data

    def _usual(self) -> list[dict[str, str]]:
        """The usual structure without what exists; positions only of units that exist by that name are ticked."""
        there = {folded(each.name) for each in self.units}
        held = {folded(each.name) for each in self.positions}
        rows = []
        for row in _usual_structure()[self.kind.usual]:
            if folded(row["name"]) not in (there if self.kind is UNITS else held):
                known = self.kind is UNITS or folded(row["unit"]) in there
                superior = {"superior": ""} if self.kind is POSITIONS and folded(row["superior"]) not in held else {}
                rows.append({**row, **superior, "take": "on" if known else ""})
        return rows

    def check(self) -> list[Row] | None:
        """The rows to add, or None if one is wrong; then its form says why."""
        valid = self.formset.is_valid()
        taken = [
            form
            for form in self.formset.forms
            if form.is_valid() and any(form.values.values()) and (self.way != "baku" or form.cleaned_data["take"])
        ]
        rows = [self.kind.row(**form.values) for form in taken]
        for form, plan in zip(taken, self.kind.plan(rows, self.units, self.positions), strict=True):
            form.known = plan.existing is not None and not plan.problem
            if plan.problem:
                form.add_error(plan.field, plan.problem)
                valid = False
        return rows if valid else None

    @property
    def unit_names(self) -> list[str]:
        return units_by_name(self.units).labels()

    @property
    def position_names(self) -> list[str]:
        return positions_by_name(self.positions, self.units).labels()

    @property
    def wrong(self) -> int:
        return sum(bool(form.errors) for form in self.formset.forms)


@functools.cache
def _usual_structure() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "type_structure.json").read_text())
    return found
