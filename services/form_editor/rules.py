"""Pure rules of the editor: names of fields, conditions as lines to pick, and the questions that a new form has."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.text import slugify

MAX_FIELDS, MAX_PAGES, MAX_COLUMNS, MAX_REMOVED = 200, 30, 12, 30
NAME_LIMIT = 60
# Names with another meaning: in conditions, and among the inputs of the pages on which a form is filled in.
RESERVED = frozenset({"any", "all", "back", "later", "language", "csrfmiddlewaretoken", "idempotency_key", "situs_web"})
# Without this answer no request has an applicant, so no form lacks it.
APPLICANT = "nama_pemohon"
# The title of a page that nothing else names.
FIRST_PAGE = "Isian"
# A line of a condition is a field's name with one of these signs, the first followed by an option.
EQUALS, FILLED, EMPTY = "=", "+", "-"
LINE = re.compile(r"([-\w]+?)(=.+|\+|-)", re.DOTALL)
Line = str


def name_for(label: str, taken: Collection[str]) -> str:
    """A name for a field with this label, by which answers, conditions and letters know it from then on."""
    base = slugify(label).replace("-", "_").strip("_")[: NAME_LIMIT - 4] or "isian"
    base = f"isian_{base}"[: NAME_LIMIT - 4] if base in RESERVED else base
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def groups_of(condition: Mapping[str, Any]) -> list[list[Line]] | None:
    """A condition as groups of lines: all lines of one group have to hold. None if it is nested more deeply."""
    if not condition:
        return []
    parts = condition["any"] if list(condition) == ["any"] else [condition]
    groups = [_lines(each) for each in parts]
    return None if any(group is None for group in groups) else [group for group in groups if group]


def _lines(condition: Mapping[str, Any]) -> list[Line] | None:
    lines: list[Line] = []
    for name, wanted in condition.items():
        if name == "any":
            return None
        if name == "all":
            for each in wanted:
                inner = _lines(each)
                if inner is None:
                    return None
                lines += inner
        elif isinstance(wanted, Mapping):
            lines.append(f"{name}{FILLED if wanted.get('filled') else EMPTY}")
        else:
            lines += [f"{name}{EQUALS}{option}" for option in (wanted if isinstance(wanted, list) else [wanted])]
    return lines


def condition_of(groups: Iterable[Iterable[Line]]) -> dict[str, Any]:
    """The condition that groups of lines stand for. Several answers of one field in a group mean one of them."""
    parts = [part for part in map(_part, groups) if part]
    if len(parts) > 1:
        return {"any": parts}
    return parts[0] if parts else {}


def _part(lines: Iterable[Line]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    filled: dict[str, Any] = {}
    for line in dict.fromkeys(lines):
        found = LINE.fullmatch(line)
        if found is None:
            continue
        name, wanted = found.groups()
        if wanted[0] == EQUALS:
            options.setdefault(name, []).append(wanted[1:])
        else:
            filled[name] = {"filled": wanted == FILLED}
    # A field asked about in both ways needs two entries, which one mapping cannot hold.
    if options.keys() & filled.keys():
        return {"all": [options, filled]}
    return options | filled


def first_pages() -> list[tuple[str, list[dict[str, Any]]]]:
    """Titles and questions of the pages with which a form begins: who applies, and about the applicant.

    They are content of the office and therefore Indonesian, whatever the language of whoever begins the form.
    """
    others = {"hubungan": ["Penerima kuasa"]}
    return [
        (
            "Siapa yang mengajukan?",
            [
                {
                    "name": "hubungan",
                    "label": "Anda mengajukan sebagai",
                    "type": "choice",
                    "required": True,
                    "rules": {"options": ["Diri sendiri", "Orang tua atau wali", "Penerima kuasa"]},
                },
                {
                    "name": "nama_pemberi_kuasa",
                    "label": "Nama pemberi kuasa",
                    "type": "text",
                    "required": True,
                    "show_if": others,
                },
                {
                    "name": "surat_kuasa",
                    "label": "Surat kuasa",
                    "type": "file",
                    "required": True,
                    "show_if": others,
                },
            ],
        ),
        (
            "Tentang Anda",
            [
                {"name": APPLICANT, "label": "Nama lengkap pemohon", "type": "text", "required": True},
                {"name": "no_hp", "label": "Nomor HP/WhatsApp", "type": "phone"},
                {"name": "surel", "label": "Surel (email)", "type": "email"},
            ],
        ),
        ("Tentang permohonan", []),
    ]
