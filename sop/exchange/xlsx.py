"""SOPs as Excel workbooks in the office's form: ``read`` returns the content of a JSON file, ``write`` a workbook."""

import datetime
import difflib
import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from . import form, words
from .json import BOXES, MAX_ACTORS, MAX_LINE, MAX_LINES, MAX_STEPS, SCHEMA, Content, FileContent, ImportRefused
from .problems import TableProblem, in_sheet_order
from .rows import ParsedTable, parse_table
from .workbook import WorkbookSheet, open_workbook
from .xlsx_writing import empty_template, write_workbook

__all__ = ["empty_template", "read_workbook", "write_workbook"]

_MONTHS = (
    *("januari", "februari", "maret", "april", "mei", "juni"),
    *("juli", "agustus", "september", "oktober", "november", "desember"),
)
_SHEETS = {words.folded(name): sheet for sheet, names in form.SHEET_NAMES.items() for name in names}
_ACTOR_HEADINGS = {words.folded(name): "name" for name in ("Pelaksana", "Nama Pelaksana", "Jabatan", "Nama Jabatan")}
# Row number, label and text of a cell of a field.
FieldCell = tuple[int, str, str]
_TEXT_LIMITS: dict[str, int] = {
    key: rule["maxLength"] for key, rule in SCHEMA["properties"].items() if "maxLength" in rule
}


def read_workbook(content: bytes) -> FileContent:
    """The content of a workbook in the office's form, as expected by ``json.clean``.

    Deviations such as another case, another order of columns or a missing sheet of actors are accepted. ``notes``
    lists what was ignored or guessed.
    Raises: ImportRefused with every problem, each with its sheet, row and column.
    """
    return _Reader(open_workbook(content)).read()


class _Reader:
    def __init__(self, sheets: Iterable[WorkbookSheet]) -> None:
        self.problems: list[TableProblem] = []
        self.notes: list[TableProblem] = []
        self.sheets: dict[str, WorkbookSheet] = {}
        self.others: list[WorkbookSheet] = []
        for sheet in sheets:
            known = words.heading_key(sheet.name, _SHEETS)
            if known is None or known in self.sheets:
                self.others.append(sheet)
            else:
                self.sheets[known] = sheet

    def read(self) -> FileContent:
        steps_sheet = self.sheets.get(form.STEPS) or self._sheet_with_steps()
        if steps_sheet is None:
            message = _("Lembar “Langkah” tidak ada. Gunakan templat dari halaman Masukkan berkas SOP.")
            raise ImportRefused([message])
        content = self._identity(self.sheets.get(form.IDENTITY), steps_sheet)
        declared = self._actors(self.sheets.get(form.ACTORS))
        table = parse_table(steps_sheet.rows, sheet=steps_sheet.name, actors=declared)
        self.problems += [*table.problems, *table.gaps]
        self.notes += table.notes
        self._compare_actors(steps_sheet, table, declared)
        if not table.steps:
            self._report(steps_sheet.name, None, "", _("belum ada satu langkah pun."))
        elif len(table.steps) > MAX_STEPS:
            self._report(steps_sheet.name, None, "", _("paling banyak %(most)s langkah.") % {"most": MAX_STEPS})
        self._note_unused_sheets(steps_sheet)
        if self.problems:
            raise ImportRefused(in_sheet_order(self.problems))
        content["actors"], content["steps"] = declared or table.actors, table.steps
        return FileContent(content, notes=[str(note) for note in in_sheet_order(self.notes)])

    def _report(self, sheet: str, row: int | None, column: str, message: str) -> None:
        self.problems.append(TableProblem(sheet, row, column, message))

    def _sheet_with_steps(self) -> WorkbookSheet | None:
        """A sheet with another name that contains a table of steps, or None."""
        found = [sheet for sheet in self.others if "activity" in _keys_of(sheet)]
        return found[0] if found else None

    def _note_unused_sheets(self, steps_sheet: WorkbookSheet) -> None:
        for sheet in self.others:
            if sheet is not steps_sheet and any(map(any, sheet.rows)):
                self.notes.append(TableProblem("", None, "", _("Lembar “%(name)s” diabaikan.") % {"name": sheet.name}))

    # Identity

    def _identity(self, sheet: WorkbookSheet | None, steps_sheet: WorkbookSheet) -> Content:
        if sheet is None:
            # In office tables, the identity block is above the steps.
            sheet = WorkbookSheet(steps_sheet.name, _rows_above_steps(steps_sheet))
        self.sheet = sheet.name
        found: dict[str, list[FieldCell]] = {}
        is_foreign, label = True, ""
        key: str | None = None
        value_column: int | None = None
        for number, row in enumerate(sheet.rows, 1):
            cells = [cell.strip() for cell in row]
            at = next((index for index, cell in enumerate(cells) if cell), None)
            if at is None:
                continue
            # With the heading of the office's form, the cell beside a label is always its value.
            is_foreign = is_foreign and words.folded(cells[at]) != "isian"
            is_label = value_column is None or at < value_column
            named = words.heading_key(cells[at].split(":")[0], form.LABELS) if is_label else None
            if named:
                key, label, value_column = named, cells[at].split(":")[0].strip(" *"), at + 1
            elif is_label:
                self._note_unknown_field(cells, at)
                key = None
                continue
            assert value_column is not None, "a cell that is not a label is in a column of values"
            value = _value(cells, at if named else None, value_column, is_foreign)
            if key and value:
                found.setdefault(key, []).append((number, label, value))
        content = {key: self._field(key, values) for key, values in found.items()}
        if not content.get("name"):
            self._report(form.IDENTITY, None, "", _("Nama SOP belum diisi."))
        return content

    def _note_unknown_field(self, cells: Sequence[str], at: int) -> None:
        beside = cells[at + 1] if at + 1 < len(cells) else ""
        if beside and words.folded(cells[at]) != "isian" and self.sheets.get(form.IDENTITY):
            self.notes.append(TableProblem(self.sheet, None, cells[at], _("tidak dikenal dan diabaikan.")))

    def _field(self, key: str, values: Sequence[FieldCell]) -> str | bool | list[str] | None:
        """The value of a field from its cells (row, label, text). Problems are reported."""
        row, label, first = values[0]
        if key in BOXES:
            for number, _label, text in values:
                if len(text) > MAX_LINE:
                    self._too_long(number, label, len(text), MAX_LINE)
            if len(values) > MAX_LINES:
                message = _("%(label)s: paling banyak %(most)s butir.") % {"label": label, "most": MAX_LINES}
                self._report(self.sheet, row, "", message)
            return [text for _row, _label, text in values]
        text = " ".join(text for _row, _label, text in values)
        if key == "example":
            truth = words.truth_of(first)
            if truth is None:
                self._report(self.sheet, row, label, _("“%(text)s” tulis Ya atau Tidak.") % {"text": first[:60]})
            return bool(truth)
        if key == "created":
            day = _date(text)
            if day is None:
                message = _("“%(text)s” bukan tanggal. Tulis misalnya 31 Januari 2026.") % {"text": text[:60]}
                self._report(self.sheet, row, label, message)
            return day
        if len(text) > _TEXT_LIMITS[key]:
            self._too_long(row, label, len(text), _TEXT_LIMITS[key])
        return text

    def _too_long(self, row: int, label: str, length: int, limit: int) -> None:
        message = _("terlalu panjang: %(length)s huruf, paling banyak %(limit)s.") % {"length": length, "limit": limit}
        self._report(self.sheet, row, label, message)

    # Actors

    def _actors(self, sheet: WorkbookSheet | None) -> list[str]:
        """The names in the sheet of actors, in order; empty if there is no such sheet, so that the steps name them."""
        if sheet is None:
            return []
        column, start = _actor_column(sheet.rows)
        seen: dict[str, int] = {}
        for number, row in enumerate(sheet.rows[start:], start + 1):
            name = " ".join(row[column].split()) if column < len(row) else ""
            if not name:
                continue
            if name in seen:
                message = _("“%(name)s” sudah tertulis di baris %(row)s.") % {"name": name[:60], "row": seen[name]}
                self._report(sheet.name, number, form.ACTORS, message)
            elif len(name) > 200:
                message = _("terlalu panjang: %(length)s huruf, paling banyak %(limit)s.")
                self._report(sheet.name, number, form.ACTORS, message % {"length": len(name), "limit": 200})
            seen.setdefault(name, number)
        if len(seen) > MAX_ACTORS:
            self._report(sheet.name, None, "", _("paling banyak %(most)s pelaksana.") % {"most": MAX_ACTORS})
        return list(seen)

    def _compare_actors(self, sheet: WorkbookSheet, table: ParsedTable, declared: Sequence[str]) -> None:
        if not declared:
            if len(table.actors) > MAX_ACTORS:
                self._report(sheet.name, None, "", _("paling banyak %(most)s pelaksana.") % {"most": MAX_ACTORS})
            return
        title = next((column.title for column in table.columns if column.key == "actors"), form.ACTORS)
        for step, row in zip(table.steps, table.rows, strict=True):
            for name in step["actors"]:
                if name not in declared:
                    self._report(sheet.name, row, title, _missing_actor(name, declared))


def _missing_actor(name: str, declared: Iterable[str]) -> str:
    by_folded = {words.folded(known): known for known in declared}
    close = difflib.get_close_matches(words.folded(name), by_folded, n=1, cutoff=0.75)
    if close:
        message = _("“%(name)s” tidak ada di lembar Pelaksana. Mungkin maksudnya “%(known)s”?")
        return message % {"name": name[:80], "known": by_folded[close[0]]}
    return _("“%(name)s” tidak ada di lembar Pelaksana. Tambahkan di sana atau pilih yang ada.") % {"name": name[:80]}


def _actor_column(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    for number, row in enumerate(rows[:20]):
        for index, cell in enumerate(row):
            if cell and words.heading_key(cell, _ACTOR_HEADINGS):
                return index, number + 1
    texts = [index for row in rows for index, cell in enumerate(row) if cell and words.number_of(cell) is None]
    return min(texts, default=0), 0


def _keys_of(sheet: WorkbookSheet) -> set[str | None]:
    return {words.heading_key(cell) for row in sheet.rows[:30] for cell in row if cell and len(cell) < 60}


def _rows_above_steps(sheet: WorkbookSheet) -> list[list[str]]:
    for number, row in enumerate(sheet.rows):
        if "activity" in {words.heading_key(cell) for cell in row if cell and len(cell) < 60}:
            return sheet.rows[:number]
    return []


def _value(cells: Sequence[str], label_at: int | None, value_column: int, is_foreign: bool) -> str:
    """The value of a label: behind its colon in the same cell, or beside it; in further rows, in the same column."""
    if label_at is not None and ":" in cells[label_at]:
        behind = cells[label_at].split(":", 1)[1].strip()
        if behind:
            return behind
    at = value_column
    if label_at is not None and is_foreign and cells[at : at + 1] == [":"]:
        at += 1
    return cells[at] if at < len(cells) else ""


def _date(text: str) -> str | None:
    """The ISO date of a day as spreadsheets and users write it, or None."""
    parts: tuple[str | int, str | int, str | int] | None = None
    if match := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text):
        parts = match[1], match[2], match[3]
    elif match := re.fullmatch(r"(\d\d?)\s*[-/.]\s*(\d\d?)\s*[-/.]\s*(\d{4})", text):
        parts = match[3], match[2], match[1]
    elif match := re.fullmatch(r"(?:\w+,\s*)?(\d\d?)[\s-]+([a-z]{3,9})\.?[\s-]+(\d{4})", text.lower()):
        months = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(match[2])]
        parts = (match[3], months[0], match[1]) if months else None
    try:
        return datetime.date(*map(int, parts)).isoformat() if parts else None
    except ValueError:
        return None
