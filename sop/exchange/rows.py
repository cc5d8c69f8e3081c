"""Reads a table of steps from a spreadsheet or the clipboard into step dicts as in the JSON file."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from . import words
from .columns import Column, find_columns
from .json import EXITS, STEP_SCHEMA, Object, StepContent
from .names import KnownNames
from .problems import TableProblem

_RULES: dict[str, Object] = STEP_SCHEMA["properties"]
LIMITS: dict[str, int] = {key: rule["maxLength"] for key, rule in _RULES.items() if "maxLength" in rule}
# The cells of a row by the key of their column; below, the columns of actors with their marks in a row.
Known = Mapping[str, str]
Marks = Sequence[tuple[Column, str]]
Value = TypeVar("Value")
MAX_NO: int = _RULES["no"]["maximum"]
MAX_MINUTES: int = _RULES["minutes"]["maximum"]
_TEXTS = ("activity", "inputs", "output", "note", "yes_label", "no_label")
_BACK = re.compile(r"\b(?:tidak|belum|kurang)\b[^.;\n]*?\b(?:langkah|nomor|no)\b\.?\s*(\d{1,3})\b", re.IGNORECASE)


@dataclass
class ParsedTable:
    """The result of reading a table.

    ``steps``: step dicts as in the JSON file, in the order of the rows. ``rows``: the row number of each step.
    ``actors``: names in the order of their columns, or else of their first step. ``problems``: what cannot be read.
    ``gaps``: what is required in a file but may be missing in a draft (activity, actors). ``notes``: what was ignored
    or guessed, to be checked by the user.
    """

    steps: list[StepContent] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    problems: list[TableProblem] = field(default_factory=list)
    gaps: list[TableProblem] = field(default_factory=list)
    notes: list[TableProblem] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)


def parse_table(
    rows: Sequence[Sequence[object]], *, first_row: int = 1, sheet: str = "", actors: Iterable[str] = ()
) -> ParsedTable:
    """Read a table with a heading and any order of columns, or without a heading in the office's usual order.

    ``rows``: cells as text. ``first_row``: number of the first row as the user sees it. ``actors``: known names, which
    cells may write in another case; other names are used as they are.

    Empty rows are skipped. If each actor has a column, the marks are read. Steps without a number are counted. Without
    shapes, the first row is the start, the last one the end, and questions are decisions. A step without an exit leads
    to the next row. What cannot be read is reported in ``problems``.
    """
    return _Table([[_cell(cell) for cell in row] for row in rows], first_row, sheet, actors).parse()


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("\r\n", "\n").replace("\r", "\n").strip()


class _Table:
    """A table while it is read. Exits remain text until every step has its number."""

    def __init__(self, rows: list[list[str]], first_row: int, sheet: str, actors: Iterable[str]) -> None:
        self.rows, self.first_row, self.sheet = rows, first_row, sheet
        self.known = KnownNames(actors)
        self.result = ParsedTable()

    def parse(self) -> ParsedTable:
        self.result.columns, start = find_columns(self.rows)
        self.by_key = {column.key: column for column in self.result.columns if column.key}
        self.marks = [column for column in self.result.columns if column.is_actor]
        self.result.actors = list(dict.fromkeys(self.known.take(column.title) for column in self.marks))
        self._note_unused(start)
        for index in range(start, len(self.rows)):
            self._row(index)
        self._number()
        self._shape()
        self._lead()
        return self.result

    def _note_unused(self, start: int) -> None:
        for column in self.result.columns:
            if column.key is None and not column.is_actor:
                cells = (row[column.index] for row in self.rows[start:] if column.index < len(row))
                if any(cells):
                    message = _("tidak dikenal dan diabaikan.")
                    self.result.notes.append(TableProblem(self.sheet, None, column.title, message))

    def _report(self, where: list[TableProblem], key: str, message: str, row: int | None = None) -> None:
        column = self.by_key.get(key)
        title = column.title if column else words.HEADINGS[key][0]
        where.append(TableProblem(self.sheet, self.row if row is None else row, title, message))

    # One row

    def _row(self, index: int) -> None:
        cells, self.row = self.rows[index], index + self.first_row
        known = {key: cells[column.index] for key, column in self.by_key.items() if column.index < len(cells)}
        marks = [(column, cells[column.index]) for column in self.marks if column.index < len(cells)]
        marks = [(column, mark) for column, mark in marks if mark and not words.is_nothing(mark)]
        # A row with only a number is an unused row of the form.
        if not any(text for key, text in known.items() if key != "no") and not marks:
            return
        names = self._names(known, marks)
        if not known.get("no") and not known.get("activity") and self.result.steps:
            self._continue(known, names)
            return
        step: StepContent = {key: known.get(key, "") for key in _TEXTS}
        step["no"] = self._read("no", known, words.number_of, _("bukan nomor langkah. Tulis angka saja."))
        step["actors"] = names
        shapes = _("tidak dikenal. Gunakan %(words)s.") % {"words": ", ".join(words.SHAPE_WORDS.values())}
        step["shape"] = self._read("shape", known, words.shape_of, shapes) or _shape_of_marks(marks)
        kinds = _("tidak dikenal. Gunakan %(words)s.") % {"words": ", ".join(words.END_WORDS.values())}
        step["end_kind"] = self._read("end_kind", known, words.end_kind_of, kinds) or ""
        step["issues_letter"] = bool(self._read("issues_letter", known, words.truth_of, _("tulis Ya atau Tidak.")))
        step |= self._time(known)
        step |= {key: known.get(key, "") for key in EXITS}
        self._check(step)
        self.result.steps.append(step)
        self.result.rows.append(self.row)

    def _continue(self, known: Known, names: Iterable[str]) -> None:
        """Append a row without number and activity to the step above; merged cells produce such rows."""
        step = self.result.steps[-1]
        for key in ("inputs", "output", "note"):
            step[key] = "\n".join(filter(None, (step[key], known.get(key, ""))))
        step["actors"] += [name for name in names if name not in step["actors"]]
        message = _("tidak bernomor dan tanpa uraian, sehingga digabungkan dengan langkah di atasnya.")
        self.result.notes.append(TableProblem(self.sheet, self.row, "", message))

    def _read(self, key: str, known: Known, reader: Callable[[str], Value | None], why: str) -> Value | None:
        """The value of a cell; None if it is empty or cannot be read. The latter is reported as a problem."""
        text = known.get(key, "")
        value = reader(text) if text else None
        if text and value is None:
            self._report(self.result.problems, key, _("“%(text)s” %(why)s") % {"text": text[:60], "why": why})
        return value

    def _names(self, known: Known, marks: Marks) -> list[str]:
        names = [name for key in ("actors", "other_actors") for name in self.known.of_cell(known.get(key, ""))]
        names += [self.known.take(column.title) for column, _mark in marks]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            message = _("“%(name)s” tertulis lebih dari satu kali, dihitung sekali.") % {"name": name}
            self._report(self.result.notes, "actors", message)
        names = list(dict.fromkeys(names))
        self.result.actors += [name for name in names if name not in self.result.actors]
        return names

    def _time(self, known: Known) -> StepContent:
        """The minutes and words of the standard time. A separate column of minutes takes precedence over the words."""
        text, unit_text = known.get("time_text", ""), known.get("time_unit", "")
        per_item = self._read("per_item", known, words.truth_of, _("tulis Ya atau Tidak."))
        column = self.by_key.get("time_text")
        unit = words.time_unit_of(unit_text) or (column.unit if column else None)
        if unit_text and not words.time_unit_of(unit_text):
            why = _("tidak dikenal. Gunakan detik, menit, jam, atau hari kerja.")
            self._report(
                self.result.problems, "time_unit", _("“%(text)s” %(why)s") % {"text": unit_text[:60], "why": why}
            )
        if per_item is None:
            text, per_item = words.per_item_of(text)
        if text and words.amount_of(text) is not None:
            if unit:
                text = f"{text} {unit_text or words.UNIT_WORDS[unit]}"
            elif not known.get("minutes"):
                message = _("“%(text)s” belum menyebut satuan. Tulis misalnya “%(text)s menit”.") % {"text": text}
                self._report(self.result.notes, "time_text", message)
        return {"time_text": text, "per_item": per_item, "minutes": self._minutes(known.get("minutes", ""), text)}

    def _minutes(self, cell: str, text: str) -> float | None:
        if words.is_nothing(cell):
            return None
        if not cell:
            minutes = words.minutes_of(text)
            return minutes if minutes is None or minutes <= MAX_MINUTES else None
        minutes = words.minutes_of(cell, "menit")
        if minutes is None or minutes > MAX_MINUTES:
            message = _("“%(text)s” bukan jumlah menit. Tulis angka saja.") % {"text": cell[:60]}
            self._report(self.result.problems, "minutes", message)
            return None
        return minutes

    def _check(self, step: StepContent) -> None:
        for key, limit in LIMITS.items():
            if len(step[key]) > limit:
                message = _("terlalu panjang: %(length)s huruf, paling banyak %(limit)s.")
                self._report(self.result.problems, key, message % {"length": len(step[key]), "limit": limit})
        if not step["activity"]:
            self._report(self.result.gaps, "activity", _("uraian kegiatan belum diisi."))
        if not step["actors"]:
            self._report(self.result.gaps, "actors", _("pelaksana belum diisi."))

    # All rows together

    def _number(self) -> None:
        steps, rows = self.result.steps, self.result.rows
        used = {step["no"] for step in steps if step["no"] is not None}
        first_row: dict[int, int] = {}
        for index, (step, row) in enumerate(zip(steps, rows, strict=True)):
            if step["no"] is None:
                no = steps[index - 1]["no"] + 1 if index else 1
                while no in used:
                    no += 1
                step["no"] = no
                used.add(no)
            elif not 1 <= step["no"] <= MAX_NO:
                message = _("nomor %(no)s di luar batas 1 sampai %(most)s.") % {"no": step["no"], "most": MAX_NO}
                self._report(self.result.problems, "no", message, row)
            elif step["no"] in first_row:
                message = _("nomor %(no)s sudah dipakai di baris %(row)s.")
                self._report(
                    self.result.problems, "no", message % {"no": step["no"], "row": first_row[step["no"]]}, row
                )
            first_row.setdefault(step["no"], row)

    def _shape(self) -> None:
        steps = self.result.steps
        unnamed = [index for index, step in enumerate(steps) if step["shape"] is None]
        for index, step in enumerate(steps):
            others = [other["shape"] for other in steps if other is not step]
            if step["shape"] == "capsule":
                step["shape"] = "start" if index == 0 or "start" not in others else "end"
            elif step["shape"] is None:
                step["shape"] = self._guess(step, index == 0, index == len(steps) - 1, others)
        if unnamed and "shape" not in self.by_key and not self.marks:
            message = _("Bentuk langkah tidak tertulis, sehingga dibaca dari urutan dan uraiannya. Periksa bentuknya.")
            self.result.notes.append(TableProblem(self.sheet, None, "", message))
        elif "shape" in self.by_key:
            for index in unnamed:
                message = _("kosong, dibaca sebagai %(word)s.") % {"word": words.SHAPE_WORDS[steps[index]["shape"]]}
                self._report(self.result.notes, "shape", message, self.result.rows[index])

    @staticmethod
    def _guess(step: StepContent, is_first: bool, is_last: bool, others: Container[str]) -> str:
        if step["if_yes"] or step["if_no"] or re.search(r"\?\s*$|^apakah\b", step["activity"], re.IGNORECASE):
            return "decision"
        if is_first and "start" not in others:
            return "start"
        return "end" if is_last and "end" not in others else "process"

    def _lead(self) -> None:
        """Convert exits from text to numbers. An exit that is not stated leads to the next row."""
        steps, rows = self.result.steps, self.result.rows
        numbers = {step["no"] for step in steps}
        for index, (step, row) in enumerate(zip(steps, rows, strict=True)):
            following = steps[index + 1]["no"] if index + 1 < len(steps) else None
            written = {key: step[key] for key in EXITS}
            for key in EXITS:
                step[key] = self._exit(key, written[key], following, numbers, row)
            if step["shape"] == "decision":
                self._lead_decision(step, written, following, numbers, row)
            elif not written["next"] and step["shape"] != "end":
                step["next"] = following

    def _exit(self, key: str, text: str, following: int | None, numbers: Container[int], row: int) -> int | None:
        if not text or words.is_nothing(text):
            return None
        if words.folded(text) in ("berikutnya", "lanjut", "selanjutnya", "langkah berikutnya"):
            return following
        no = words.exit_of(text)
        if no is None:
            message = _("“%(text)s” bukan nomor langkah. Tulis angka saja.") % {"text": text[:60]}
            self._report(self.result.problems, key, message, row)
        elif no not in numbers:
            self._report(self.result.problems, key, _("langkah %(no)s tidak ada dalam tabel.") % {"no": no}, row)
        return no if no in numbers else None

    def _lead_decision(
        self, step: StepContent, written: Known, following: int | None, numbers: Container[int], row: int
    ) -> None:
        if not written["if_no"] and "if_no" not in self.by_key:
            # In office tables, the note may contain the exit: "bila tidak lengkap, kembali ke langkah 1".
            found = _BACK.search(step["note"])
            if found and int(found[1]) in numbers:
                step["if_no"] = int(found[1])
                message = _("cabang tidak dibaca dari keterangan: ke langkah %(no)s.") % {"no": step["if_no"]}
                self._report(self.result.notes, "note", message, row)
        if not written["if_yes"] and following != step["if_no"]:
            step["if_yes"] = following


def _shape_of_marks(marks: Marks) -> str | None:
    """The shape that the marks of a row represent, or None."""
    return next((shape for shape in (words.shape_of(mark) for _column, mark in marks) if shape), None)
