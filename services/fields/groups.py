"""A repeatable group: rows of the same few questions, such as one for each pupil."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Definition, FieldType
from .columns import MOST_ROWS, Column, columns_of, most_rows, problems_of_columns, problems_of_limits
from .forms import RowForm
from .parts import PartsField, kept_parts
from .show_if import is_blank


class GroupType(FieldType):
    """Stored as a list of rows, each a dict (name of a column → stored answer)."""

    name = "group"
    title = gettext_lazy("Kelompok berulang")
    settings = ("columns", "item", "min_items", "max_items")
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        return GroupField(definition)

    def hint(self, definition: Definition) -> str:
        return _("Paling banyak %(n)s.") % {"n": most_rows(definition)}

    def seconds_for(self, definition: Definition) -> int:
        columns = sum(column.kind.seconds_for(column) for column in columns_of(definition))
        return columns * max(1, definition.rules.get("min_items") or 0)

    def problems(self, definition: Definition) -> list[str]:
        return [*problems_of_columns(definition.rules.get("columns")), *problems_of_limits(definition.rules)]

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        columns = {column.name: column for column in columns_of(definition)}
        return [
            {
                name: columns[name].kind.to_initial(answer, columns[name])
                for name, answer in row.items()
                if name in columns
            }
            for row in stored
        ]

    def to_keep(self, typed: Any) -> Any:
        return kept_parts(typed)

    def from_kept(self, kept: Any, definition: Definition) -> Any:
        widgets = {column.name: column.kind.form_field(column).widget for column in columns_of(definition)}
        return [
            {name: widget.value_from_datadict(row, {}, name) for name, widget in widgets.items()}
            for row in kept
            if isinstance(row, dict)
        ]

    def from_plain(self, value: Any) -> Any:
        return value if isinstance(value, list) else []

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        columns = columns_of(definition) if definition else []
        return "; ".join(", ".join(words for _label, words in _answers(row, columns)) for row in stored)

    def read(self, stored: Any, definition: Definition) -> str:
        columns = columns_of(definition)
        return "\n".join(
            f"{number}. " + "; ".join(f"{label}: {words}" for label, words in _answers(row, columns))
            for number, row in enumerate(stored, 1)
        )

    def warnings(self, stored: Any, definition: Definition | None = None) -> tuple[str, ...]:
        columns = columns_of(definition) if definition else []
        return tuple(
            f"{row_title(definition, number)}, {column.label}: {warning}"
            for number, row in enumerate(stored, 1)
            for column in columns
            if column.name in row
            for warning in column.kind.warnings(row[column.name], column)
        )


def _answers(row: Mapping[str, Any], columns: Sequence[Column]) -> list[tuple[str, str]]:
    return [(column.label, column.kind.display(row[column.name], column)) for column in columns if column.name in row]


def row_title(definition: Definition | None, number: int) -> str:
    """Return the heading of a row, such as "Siswa 2"."""
    item = definition.rules.get("item", {}).get("label", "") if definition else ""
    return _("%(item)s %(n)s") % {"item": item or _("Baris"), "n": number}


class GroupWidget(forms.Widget):
    """Reads the rows of a group from inputs named ``group.row.column``; the group's template renders them."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        rows: dict[int, dict[str, str]] = {}
        for key in data:
            start, _dot, rest = key.removeprefix(f"{name}.").partition(".")
            if key.startswith(f"{name}.") and rest and start.isdecimal() and len(start) < 4:
                rows.setdefault(int(start), {})[rest] = data.get(key, "")
        return [rows[number] for number in sorted(rows)][: MOST_ROWS + 1]

    def id_for_label(self, id_: str) -> str:
        return ""


class GroupField(PartsField):
    """The rows of a group. Rows in which nothing is typed are dropped."""

    template = "services/fields/group.html"

    def __init__(self, definition: Definition) -> None:
        self.definition, self.columns = definition, columns_of(definition)
        super().__init__(
            label=definition.label,
            help_text=definition.help or GroupType().hint(definition),
            required=definition.required,
            widget=GroupWidget(),
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return GroupBoundField(form, self, field_name)

    def row_form(self, prefix: str, typed: Mapping[str, str] | None = None, **more: Any) -> RowForm:
        """Return the form of a row. ``typed``: its inputs by column; without it the row is not validated."""
        data = {f"{prefix}.{name}": text for name, text in typed.items()} if typed is not None else None
        return RowForm(self.columns, prefix, data=data, **more)

    def written(self, data: Any, name: str, rows: Sequence[Mapping[str, str]]) -> Any:
        """Return a copy of submitted data with these rows instead of the submitted ones."""
        first = self.columns[0].name
        others = {key: data.getlist(key) for key in data if not key.startswith(f"{name}.")}
        copy = data.copy()
        copy.clear()
        for key, values in others.items():
            copy.setlist(key, values)
        for number, row in enumerate(rows):
            for column, text in (row or {first: ""}).items():
                copy[f"{name}.{number}.{column}"] = text
        return copy

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the answers of all rows.

        Raises: ValidationError with the first error of each row; the page shows all of them in the rows.
        """
        rows, errors = [], []
        for number, typed in enumerate(value, 1):
            form = self.row_form(str(number), typed)
            if not is_empty_row(typed) and not form.is_valid():
                label, messages = next((form[name].label, texts) for name, texts in form.errors.items())
                words = {"row": row_title(self.definition, number), "label": label, "error": messages[0]}
                errors.append(_("%(row)s, %(label)s: %(error)s") % words)
            elif not is_empty_row(typed):
                rows.append(form.stored)
        if errors:
            raise ValidationError(errors)
        self._check_number(len(rows))
        return rows

    def _check_number(self, number: int) -> None:
        least, most = self.definition.rules.get("min_items") or 0, most_rows(self.definition)
        if not number and self.required:
            raise ValidationError(self.error_messages["required"])
        if 0 < number < least or number > most:
            sentence = _("Paling banyak %(n)s.") if number > most else _("Paling sedikit %(n)s.")
            raise ValidationError(sentence % {"n": most if number > most else least})


def is_empty_row(typed: Mapping[str, str]) -> bool:
    """Tell whether nothing was typed into a row."""
    return all(is_blank(str(text).strip()) for text in typed.values())


class GroupBoundField(BoundField):
    """The rows as the template shows them: pairs of heading and form, at least one."""

    field: GroupField

    @property
    def rows(self) -> list[tuple[str, RowForm]]:
        least = max(self.field.definition.rules.get("min_items") or 0, 1)
        values = list(self.value() or [])[: most_rows(self.field.definition) + 1]
        values += [{}] * (least - len(values))
        return [(row_title(self.field.definition, n), self._form(n - 1, value)) for n, value in enumerate(values, 1)]

    def _form(self, index: int, value: Any) -> RowForm:
        prefix = f"{self.html_name}.{index}"
        if self.errors and not is_empty_row(value):
            return self.field.row_form(prefix, value)
        if self.form.is_bound:
            (value,) = GroupType().from_kept([value], self.field.definition)
        return self.field.row_form(prefix, initial=value)

    @property
    def blank_row(self) -> RowForm:
        """The row that scripts copy; ``__row__`` stands for its place."""
        return self.field.row_form(f"{self.html_name}.__row__")

    @property
    def blank_title(self) -> str:
        return row_title(self.field.definition, 0).replace("0", "__row__")

    @property
    def most(self) -> int:
        return most_rows(self.field.definition)


def rearranged(rows: Sequence[dict[str, str]], act: str, index: int) -> list[dict[str, str]]:
    """Return the rows as typed, after an act of the page: add, copy, remove, up or down a row."""
    rows = list(rows)
    if act == "add":
        return [*rows, {}]
    if not 0 <= index < len(rows):
        return rows
    row = rows.pop(index)
    if act == "remove":
        return rows
    places = {"copy": [index, index + 1], "up": [max(index - 1, 0)], "down": [index + 1]}.get(act, [index])
    for place in places:
        rows.insert(place, dict(row))
    return rows
