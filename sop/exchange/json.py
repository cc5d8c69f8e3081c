"""SOPs as JSON: the schema, its validation, and the clean content for the import.

A broken file, content that violates the schema, an unknown shape, a duplicate step number, and references to missing
steps or actors are refused. Everything else (times, exits, verbs …) is accepted and checked by ``sop.rules``.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema
from django.utils.translation import gettext as _

from ula_portal.core.text.words import megabytes
from ula_portal.core.verbs.errors import Refused

from .texts import clean_lines, one_line, plain

MAX_BYTES = 2 * 1024 * 1024
MAX_STEPS, MAX_ACTORS = 200, 30
# Maximum number of lines in a box of the identity block, and of characters in each line.
MAX_LINES, MAX_LINE = 100, 2000
BOXES = ("legal_basis", "qualifications", "related", "equipment", "warnings", "records")
EXITS = ("next", "if_yes", "if_no")
SHAPES = ("start", "process", "decision", "end")
END_KINDS = ("completed", "rejected", "passed_on")
# JSON objects; ``SCHEMA`` and ``STEP_SCHEMA`` define the keys of an SOP and of its steps.
Object = dict[str, Any]
Content = Object
StepContent = Object


def _text(most: int, least: int = 0) -> Object:
    return {"type": ["string", "null"] if not least else "string", "minLength": least, "maxLength": most}


_NUMBER = {"type": "integer", "minimum": 1, "maximum": 999}
_EXIT = {"type": ["integer", "null"], "minimum": 1, "maximum": 999}
_LIST = {"type": ["array", "null"], "maxItems": MAX_LINES, "items": _text(MAX_LINE, 1)}
STEP_SCHEMA: Object = {
    "type": "object",
    "required": ["no", "activity", "actors", "shape"],
    "properties": {
        "no": _NUMBER,
        "activity": _text(5000, 1),
        "actors": {"type": "array", "minItems": 1, "maxItems": MAX_ACTORS, "items": _text(200, 1)},
        "shape": {"enum": list(SHAPES)},
        "inputs": _text(5000),
        # Working minutes; a working day has 450.
        "minutes": {"type": ["number", "null"], "minimum": 0, "maximum": 1_000_000},
        "time_text": _text(80),
        "per_item": {"type": ["boolean", "null"]},
        "output": _text(5000),
        "note": _text(5000),
        "next": _EXIT,
        "if_yes": _EXIT,
        "if_no": _EXIT,
        "yes_label": _text(40),
        "no_label": _text(40),
        "end_kind": {"enum": [*END_KINDS, "", None]},
        "issues_letter": {"type": ["boolean", "null"]},
    },
}
SCHEMA: Object = {
    "type": "object",
    "required": ["name", "actors", "steps"],
    "properties": {
        "name": _text(300, 1),
        "number": _text(80),
        "unit": _text(300),
        "unit_code": _text(30),
        "created": _text(10),
        "example": {"type": ["boolean", "null"]},
        "confidence": _text(200),
        **dict.fromkeys(BOXES, _LIST),
        "actors": {"type": "array", "minItems": 1, "maxItems": MAX_ACTORS, "items": _text(200, 1)},
        "steps": {"type": "array", "minItems": 1, "maxItems": MAX_STEPS, "items": STEP_SCHEMA},
    },
}
_VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# Rows that are pasted into a draft may lack their activity and actors.
_DRAFT_STEP = STEP_SCHEMA | {
    "properties": STEP_SCHEMA["properties"]
    | {"activity": _text(5000), "actors": {"type": "array", "maxItems": MAX_ACTORS, "items": _text(200, 1)}}
}
_ROWS_VALIDATOR = jsonschema.Draft202012Validator(
    {"properties": {"steps": {"type": "array", "minItems": 1, "maxItems": MAX_STEPS, "items": _DRAFT_STEP}}}
)


class ImportRefused(Refused):
    """The file cannot be imported. ``problems``: every reason, as a sentence each."""

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = [str(problem) for problem in problems]
        super().__init__(" ".join(self.problems))


class TooLarge(ImportRefused):
    def __init__(self) -> None:
        sentence = _("Berkas terlalu besar: paling besar %(size)s untuk satu SOP.")
        super().__init__([sentence % {"size": megabytes(MAX_BYTES)}])


class FileContent(Content):
    """The content of a file. ``notes``: what its reader ignored or guessed, as a sentence each."""

    def __init__(self, content: Content, *, notes: Iterable[str] = ()) -> None:
        super().__init__(content)
        self.notes = list(notes)


def read_json(content: bytes) -> Content:
    """The object in a JSON file. Raises ImportRefused if the file is not valid JSON."""
    if len(content) > MAX_BYTES:
        raise TooLarge
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            [_("Berkas bukan teks UTF-8. Simpan ulang sebagai JSON dengan pengodean UTF-8.")]
        ) from error
    if not text.strip():
        raise ImportRefused([_("Berkas ini kosong.")])
    try:
        data: Content = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        sentence = _("Berkas bukan JSON yang utuh: tulisan tidak terbaca di baris %(line)s, kolom %(column)s.")
        raise ImportRefused([sentence % {"line": error.lineno, "column": error.colno}]) from error
    except (RecursionError, ValueError) as error:
        raise ImportRefused([_("Berkas bukan JSON yang utuh: ada bilangan atau susunan yang tidak sah.")]) from error
    return data


def _no_constant(name: str) -> None:
    raise ValueError(name)


def write_json(content: Content) -> bytes:
    """A content as a JSON file."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def clean(data: Content) -> Content:
    """The content in its canonical form, with every key present. Raises ImportRefused with every problem."""
    problems = [_sentence(error, data) for error in _VALIDATOR.iter_errors(data)]
    if problems:
        raise ImportRefused(list(dict.fromkeys(problems)))
    content = normal(data)
    problems = list(_broken_values(content)) + list(_broken_references(content))
    if problems:
        raise ImportRefused(problems)
    return content


def normal(data: Content) -> Content:
    """The content in the form of ``clean`` without validation, for content that the portal itself exported."""
    content = {
        "name": one_line(data["name"]),
        "number": one_line(data.get("number")),
        "unit": one_line(data.get("unit")),
        "unit_code": one_line(data.get("unit_code")),
        "created": one_line(data.get("created")),
        "example": bool(data.get("example")),
        "confidence": one_line(data.get("confidence")),
        "actors": [one_line(name) for name in data["actors"]],
        "steps": [_clean_step(step) for step in data["steps"]],
    }
    return content | {box: clean_lines(data.get(box)) for box in BOXES}


def clean_rows(rows: list[StepContent], known_numbers: Iterable[int] = ()) -> list[StepContent]:
    """Rows of steps in the form of ``clean``; activity and actors may be missing.

    ``known_numbers``: numbers of further steps to which rows may lead. Raises ImportRefused with every problem.
    """
    data: Content = {"steps": rows}
    problems = [_sentence(error, data) for error in _ROWS_VALIDATOR.iter_errors(data)]
    if problems:
        raise ImportRefused(list(dict.fromkeys(problems)))
    steps = [_clean_step(row) for row in rows]
    names = [name for step in steps for name in step["actors"]]
    content: Content = {"actors": list(dict.fromkeys(names)), "steps": steps}
    problems = list(_broken_references(content, known_numbers))
    if problems:
        raise ImportRefused(problems)
    return steps


def unknown_keys(data: Content) -> list[tuple[int | None, str]]:
    """Keys that are not in the schema, as (step number or None, key)."""
    found: list[tuple[int | None, str]] = [(None, key) for key in data if key not in SCHEMA["properties"]]
    for step in data["steps"]:
        found += [(int(step["no"]), key) for key in step if key not in STEP_SCHEMA["properties"]]
    return found


def _clean_step(step: StepContent) -> StepContent:
    minutes = step.get("minutes")
    row: StepContent = {
        "no": int(step["no"]),
        "activity": plain(step["activity"]),
        "actors": [one_line(name) for name in step["actors"]],
        "shape": step["shape"],
        "seconds": None if minutes is None else round(minutes * 60),
        "per_item": bool(step.get("per_item")),
        "end_kind": step.get("end_kind") or "",
        "issues_letter": bool(step.get("issues_letter")),
    }
    row.update({key: plain(step.get(key)) for key in ("inputs", "output", "note")})
    row.update({key: one_line(step.get(key)) for key in ("time_text", "yes_label", "no_label")})
    row.update({key: None if step.get(key) is None else int(step[key]) for key in EXITS})
    return row


def _broken_values(content: Content) -> Iterator[str]:
    if not content["name"]:
        yield _("Nama SOP kosong.")
    if content["created"] and not _is_date(content["created"]):
        yield _("Tanggal pembuatan “%(text)s” bukan tanggal. Tulis seperti 2026-01-31.") % {"text": content["created"]}
    for step in content["steps"]:
        if not step["activity"]:
            yield _("Langkah %(no)s: uraian kegiatan kosong.") % {"no": step["no"]}


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _broken_references(content: Content, known_numbers: Iterable[int] = ()) -> Iterator[str]:
    names, numbers = content["actors"], [step["no"] for step in content["steps"]]
    targets = {*numbers, *known_numbers}
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _("Pelaksana “%(name)s” tertulis lebih dari satu kali dalam daftar pelaksana.") % {"name": name}
    for no in sorted({no for no in numbers if numbers.count(no) > 1}):
        yield _("Langkah %(no)s: nomor ini dipakai lebih dari satu kali.") % {"no": no}
    for step in content["steps"]:
        for name in step["actors"]:
            if name not in names:
                yield _("Langkah %(no)s: pelaksana “%(name)s” tidak ada dalam daftar pelaksana.") % {
                    "no": step["no"],
                    "name": name,
                }
        if len(set(step["actors"])) < len(step["actors"]):
            yield _("Langkah %(no)s: pelaksana yang sama tertulis lebih dari satu kali.") % {"no": step["no"]}
        for key in EXITS:
            if step[key] is not None and step[key] not in targets:
                yield _("Langkah %(no)s: menunjuk langkah %(target)s (%(key)s) yang tidak ada.") % {
                    "no": step["no"],
                    "target": step[key],
                    "key": key,
                }


def _sentence(error: jsonschema.ValidationError, data: Content) -> str:
    """A schema error as a sentence, with the step's number if it concerns a step."""
    path = list(error.absolute_path)
    where = ""
    if len(path) >= 2 and path[0] == "steps":
        step = data["steps"][path[1]]
        no = step.get("no") if isinstance(step, dict) else None
        counted = _("ke-%(n)s dalam berkas") % {"n": path[1] + 1}
        known = isinstance(no, int) and not isinstance(no, bool)
        where, path = _("Langkah %(no)s: ") % {"no": no if known else counted}, path[2:]
    return where + _reason(error, ".".join(str(part + 1) if isinstance(part, int) else part for part in path))


def _reason(error: jsonschema.ValidationError, key: str) -> str:
    names = {"string": _("teks"), "integer": _("bilangan bulat"), "number": _("bilangan"), "boolean": "true/false"}
    names |= {"array": _("daftar"), "object": _("objek"), "null": "null"}
    shown = str(error.instance)[:60]
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return _("isian wajib tidak ada: %(names)s.") % {"names": ", ".join(missing)}
    if error.validator == "type":
        kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        wanted = _(" atau ").join(names[kind] for kind in kinds)
        return _("%(key)s harus berupa %(wanted)s.") % {"key": key or _("isi berkas"), "wanted": wanted}
    if error.validator == "enum":
        if key == "shape":
            return _("bentuk “%(value)s” tidak dikenal. Gunakan start, process, decision, atau end.") % {"value": shown}
        allowed = ", ".join(str(value) for value in error.validator_value if value)
        return _("%(key)s “%(value)s” tidak dikenal. Gunakan %(allowed)s.") % {
            "key": key,
            "value": shown,
            "allowed": allowed,
        }
    if error.validator in ("minItems", "minLength"):
        return _("%(key)s harus diisi.") % {"key": key}
    if error.validator in ("maxItems", "maxLength"):
        return _("%(key)s terlalu panjang. Paling banyak %(limit)s.") % {"key": key, "limit": error.validator_value}
    return _("%(key)s bernilai %(value)s, di luar batas yang wajar.") % {"key": key, "value": shown}
