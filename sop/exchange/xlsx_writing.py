"""Writes the office's workbook: filled with a content, or empty as the template with an example."""

import builtins
import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ula_portal.core import clock

from . import form, words
from .json import BOXES, EXITS, MAX_ACTORS, MAX_STEPS, Content, StepContent, normal

# Colours of the portal, dark enough to be readable when printed in grey.
_DEEP, _PAPER, _MUTED, _LINE = "#0A3640", "#FBF8F3", "#52646A", "#7D8F95"
_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}
_FIRST_ROW = 2
_EMPTY_ROWS, _EMPTY_LINES = 30, 6
# The cells of a row by the key of their column.
Cells = dict[str, str | float | None]
_TEXTS = ("activity", "inputs", "time_text", "output", "note", "yes_label", "no_label")


def write_workbook(content: Content) -> bytes:
    """A content (as in the JSON file) as a workbook. ``xlsx.read_workbook`` returns the same content."""
    return _Form(normal(content)).bytes()


def empty_template() -> bytes:
    """The empty workbook, with a sheet that shows an example."""
    return _Form(None).bytes()


class _Form:
    def __init__(self, content: Content | None) -> None:
        self.content = content or {}
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        self.book.set_properties({"title": self.content.get("name") or "Templat SOP", "created": clock.now()})
        self._formats()

    def bytes(self) -> builtins.bytes:
        self._guide()
        self._identity()
        self._actors()
        steps = self._steps(form.STEPS, self.content.get("steps") or [], 0 if self.content else _EMPTY_ROWS)
        if not self.content:
            self._steps(form.EXAMPLE, normal(form.EXAMPLE_CONTENT)["steps"], 0)
        (steps if self.content else self.book.get_worksheet_by_name(form.GUIDE)).activate()
        self.book.close()
        return self.file.getvalue()

    def _formats(self) -> None:
        def make(**options: object) -> Format:
            return self.book.add_format(_FONT | {"text_wrap": True} | options)

        box = {"border": 1, "border_color": _LINE}
        # The format "@" keeps everything that is entered as text.
        self.text = make(num_format="@", align="left", indent=1, **box)
        self.number = make(align="center", **box)
        self.day = make(num_format="d mmmm yyyy", align="left", indent=1, **box)
        self.choice = make(num_format="@", align="center", **box)
        self.heading = make(bold=True, font_color="#FFFFFF", bg_color=_DEEP, align="center", valign="vcenter", **box)
        sides = {"left": 1, "right": 1, "left_color": _LINE, "right_color": _LINE}
        self.label = make(bold=True, bg_color=_PAPER, align="left", indent=1, top=1, top_color=_LINE, **sides)
        self.below_label = make(bg_color=_PAPER, **sides)
        self.hint = make(italic=True, font_color=_MUTED, font_size=8, valign="bottom")
        self.beside = make(italic=True, font_color=_MUTED, font_size=9, align="left", indent=1)
        self.closing = make(top=1, top_color=_LINE)
        self.plain = make()
        self.title = make(bold=True, font_size=14, font_color=_DEEP, text_wrap=False)
        self.part = make(bold=True, font_size=11, font_color=_DEEP, bottom=1, bottom_color=_LINE)
        self.mark = make(bold=True)

    def _sheet(self, name: str, *, landscape: bool = True) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&RHalaman &P dari &N")
        sheet.hide_gridlines(2)
        return sheet

    # Sheets

    def _guide(self) -> None:
        sheet = self._sheet(form.GUIDE, landscape=False)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 78)
        sheet.write_string(0, 0, "Mengisi SOP di Excel", self.title)
        row = 2
        for name, text in form.GUIDE_TEXT:
            if not text:
                row += row > 2
                sheet.write_string(row, 0, name, self.part)
                sheet.write_blank(row, 1, None, self.part)
            else:
                sheet.write_string(row, 0, name, self.mark)
                sheet.write_string(row, 1, text, self.plain)
            row += 1

    def _identity(self) -> None:
        sheet = self._sheet(form.IDENTITY)
        for column, width in enumerate((28, 80, 48)):
            sheet.set_column(column, column, width)
        for column, heading in enumerate(("Isian", "Isi", "Penjelasan")):
            sheet.write_string(0, column, heading, self.heading)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        row = 1
        for field in form.FIELDS:
            row = self._field(sheet, row, field)
        for column in range(2):
            sheet.write_blank(row, column, None, self.closing)

    def _field(self, sheet: Worksheet, row: int, field: form.IdentityField) -> int:
        """Write a field with one row per line. Returns the index of the row after it."""
        value = self.content.get(field.key)
        lines = (value or []) if field.key in BOXES else [value]
        count = max(len(lines), 1 if self.content or field.key not in BOXES else _EMPTY_LINES)
        for n in range(count):
            _put(sheet, row + n, 0, "" if n else field.label, self.below_label if n else self.label)
            self._field_cell(sheet, row + n, field.key, lines[n] if n < len(lines) else None)
        sheet.write_string(row, 2, field.explanation, self.beside)
        if field.key == "example":
            sheet.data_validation(row, 1, row, 1, _choices((words.YES, words.NO)))
        return row + count

    def _field_cell(self, sheet: Worksheet, row: int, key: str, value: Any) -> None:
        if key == "created" and value and value >= "1901":
            sheet.write_datetime(row, 1, datetime.date.fromisoformat(value), self.day)
        elif key == "created":
            _put(sheet, row, 1, value, self.day)
        elif key == "example":
            _put(sheet, row, 1, words.YES if value else "", self.text)
        else:
            _put(sheet, row, 1, value, self.text)

    def _actors(self) -> None:
        sheet = self._sheet(form.ACTORS, landscape=False)
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 2, 62)
        sheet.write_string(0, 0, "No", self.heading)
        sheet.write_string(0, 1, "Pelaksana *", self.heading)
        sheet.write_string(1, 2, "Jabatan, Pemohon, atau instansi lain; bukan nama orang.", self.beside)
        sheet.write_string(2, 2, "Urut dari yang pertama bekerja: satu baris menjadi satu kolom bagan.", self.beside)
        sheet.freeze_panes(1, 0)
        names = self.content.get("actors") or []
        for n in range(max(len(names), 15)):
            sheet.write_number(n + 1, 0, n + 1, self.number)
            _put(sheet, n + 1, 1, names[n] if n < len(names) else "", self.text)

    def _steps(self, name: str, steps: Sequence[StepContent], empty: int) -> Worksheet:
        sheet = self._sheet(name)
        for at, column in enumerate(form.STEP_COLUMNS):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.explanation, self.hint)
            star = " *" if column.key in form.REQUIRED else ""
            sheet.write_string(1, at, column.heading + star, self.heading)
            if name == form.STEPS:
                sheet.data_validation(_FIRST_ROW, at, _FIRST_ROW + MAX_STEPS - 1, at, _help(column))
        sheet.set_row(0, 68)
        sheet.set_row(1, 42)
        sheet.freeze_panes(_FIRST_ROW, 2)
        sheet.repeat_rows(1)
        for n, step in enumerate(steps):
            self._row(sheet, _FIRST_ROW + n, _cells(step))
        # The explanations are not printed.
        sheet.print_area(1, 0, _FIRST_ROW + max(len(steps) + empty, 1) - 1, len(form.STEP_COLUMNS) - 1)
        for n in range(empty):
            self._row(sheet, _FIRST_ROW + len(steps) + n, {"no": n + 1})
        return sheet

    def _row(self, sheet: Worksheet, row: int, cells: Cells) -> None:
        for at, column in enumerate(form.STEP_COLUMNS):
            value = cells.get(column.key)
            if isinstance(value, int | float):
                sheet.write_number(row, at, value, self.number)
            else:
                shown = self.number if column.key in ("no", "minutes", *EXITS) else self.text
                shown = self.choice if column.choices and column.choices != "actors" and shown == self.text else shown
                _put(sheet, row, at, value, shown)


def _put(sheet: Worksheet, row: int, column: int, text: str | None, shown: Format) -> None:
    """Write a text that is never interpreted as a formula, link or number."""
    if text:
        sheet.write_string(row, column, text, shown)
    else:
        sheet.write_blank(row, column, None, shown)


def _cells(step: StepContent) -> Cells:
    """The cells of a step, complete enough for the reader to guess nothing."""
    cells = {key: step[key] for key in _TEXTS}
    cells |= {
        "no": step["no"],
        "shape": words.SHAPE_WORDS[step["shape"]],
        "actors": "".join(step["actors"][:1]),
        "other_actors": "\n".join(step["actors"][1:]),
        "end_kind": words.END_WORDS.get(step["end_kind"], ""),
        "issues_letter": words.YES if step["issues_letter"] else "",
    }
    return cells | _time_cells(step) | _exit_cells(step)


def _time_cells(step: StepContent) -> Cells:
    bare, is_per_item = words.per_item_of(step["time_text"])
    minutes: float | str | None = words.minutes_in(step["seconds"])
    if minutes is None and (words.minutes_of(bare) is not None or words.minutes_of(step["time_text"]) is not None):
        minutes = words.NONE
    return {"minutes": minutes, "per_item": words.YES if step["per_item"] else words.NO if is_per_item else ""}


def _exit_cells(step: StepContent) -> Cells:
    cells = {key: step[key] for key in EXITS}
    # An empty cell would mean the next row.
    needed = {"decision": "if_yes", "end": None}.get(step["shape"], "next")
    if needed and cells[needed] is None:
        cells[needed] = words.NONE
    return cells


def _choices(values: Iterable[str]) -> dict[str, object]:
    return {"validate": "list", "source": list(values), "error_title": "Pilih dari daftar"}


def _help(column: form.StepColumn) -> dict[str, object]:
    """The data validation of a column: the help that Excel shows, and the list of choices if there is one."""
    validation: dict[str, object] = {"input_title": column.heading[:32], "input_message": column.explanation[:255]}
    if column.choices == "actors":
        return validation | {
            "validate": "list",
            "source": f"={form.ACTORS}!$B$2:$B${MAX_ACTORS + 1}",
            "show_error": False,
        }
    if column.choices == "steps":
        source = f"=$A${_FIRST_ROW + 1}:$A${_FIRST_ROW + MAX_STEPS}"
        return validation | {"validate": "list", "source": source, "show_error": False}
    if column.choices:
        message = f"Gunakan salah satu: {', '.join(column.choices)}."
        return validation | _choices(column.choices) | {"error_message": message}
    return validation | {"validate": "any"}
