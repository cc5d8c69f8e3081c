"""The columns of a repeatable group, and what can be wrong with its settings."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils.translation import gettext as _

from .base import TYPES, Definition, FieldType, misshapen, type_of
from .show_if import is_condition, names_in

# Rows of a group without a limit of its own, and the most that a limit can be.
USUAL_ROWS, MOST_ROWS, MOST_COLUMNS = 10, 50, 12


@dataclass(frozen=True)
class Column:
    """A question of each row. Its condition looks at the other answers of the same row."""

    name: str
    label: str
    type: str
    required: bool = False
    help: str = ""
    rules: dict[str, Any] = dataclass_field(default_factory=dict, hash=False)
    show_if: dict[str, Any] = dataclass_field(default_factory=dict, hash=False)

    @property
    def kind(self) -> FieldType:
        return type_of(self.type)


def columns_of(definition: Definition) -> list[Column]:
    """Return the columns of a group in order."""
    return [Column(**column) for column in definition.rules.get("columns", [])]


def most_rows(definition: Definition) -> int:
    """Return how many rows a group can have."""
    return min(int(definition.rules.get("max_items") or USUAL_ROWS), MOST_ROWS)


def problems_of_columns(columns: Any) -> list[str]:
    if not isinstance(columns, list) or not columns:
        return [_("Kolomnya belum ada.")]
    if len(columns) > MOST_COLUMNS:
        return [_("Paling banyak %(n)s kolom.") % {"n": MOST_COLUMNS}]
    known = Column.__dataclass_fields__.keys()
    if not all(
        isinstance(each, dict)
        and set(each) <= known
        and all(isinstance(each.get(key), str) and each[key] for key in ("name", "label", "type"))
        and is_condition(each.get("show_if", {}))
        and not misshapen(each.get("rules", {}))
        and isinstance(each.get("required", False), bool)
        and isinstance(each.get("help", ""), str)
        for each in columns
    ):
        return [_("Ada kolom yang belum lengkap.")]
    found, before = [], set[str]()
    for column in (Column(**each) for each in columns):
        if not column.name.replace("-", "_").isidentifier() or column.name in before:
            found.append(_("Kolom “%(label)s”: namanya tidak dapat dipakai.") % {"label": column.label})
        elif column.type not in TYPES or not column.kind.is_column:
            found.append(_("Kolom “%(label)s”: jenis ini tidak dapat menjadi kolom.") % {"label": column.label})
        elif not set(names_in(column.show_if)) <= before:
            found.append(_("Kolom “%(label)s”: syaratnya harus menyebut kolom sebelumnya.") % {"label": column.label})
        else:
            found += [
                _("Kolom “%(label)s”: %(problem)s") % {"label": column.label, "problem": problem}
                for problem in column.kind.problems(column)
            ]
        before.add(column.name)
    return found


def problems_of_limits(rules: dict[str, Any]) -> list[str]:
    least, most = rules.get("min_items") or 0, rules.get("max_items") or USUAL_ROWS
    if not 0 <= least <= most <= MOST_ROWS:
        return [_("Jumlah baris harus antara paling sedikit dan paling banyak %(n)s.") % {"n": MOST_ROWS}]
    return []
