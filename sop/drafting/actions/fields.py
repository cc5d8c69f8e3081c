"""Converts form values to the types in which they are stored. A value that cannot be stored is refused."""

import datetime
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from sop.exchange.json import SCHEMA, STEP_SCHEMA
from sop.exchange.texts import clean_lines, one_line, plain
from sop.models import SopVersion, Step
from ula_portal.core.data.field_changes import Reader
from ula_portal.core.verbs.errors import Refused

LONG = ("activity", "inputs", "output", "note")
SHORT = ("time_text", "yes_label", "no_label")
EXIT_IDS = ("next_id", "if_yes_id", "if_no_id")
MAX_SECONDS: int = STEP_SCHEMA["properties"]["minutes"]["maximum"] * 60


def clean_text(name: str, value: object, limit: int, *, lines: bool = False) -> str:
    """A text without control characters, of at most ``limit`` characters; on one line unless ``lines`` is set."""
    cleaned = plain(_string(name, value)) if lines else one_line(_string(name, value))
    if len(cleaned) > limit:
        sentence = _("Tulisan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": limit, "count": len(cleaned)}, field=name)
    return cleaned


def _string(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Refused(_("Isian ini harus berupa tulisan."), field=name)


def whole_number(name: str, value: Any) -> int | None:
    """A whole number, or None for an empty value."""
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise Refused(_("Isian ini harus berupa bilangan bulat."), field=name) from error


def iso_date(name: str, value: Any) -> str | None:
    """A date as ISO text, or None for an empty value."""
    if value is None or value == "":
        return None
    try:
        day = datetime.date.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except (AttributeError, ValueError) as error:
        raise Refused(_("Isi tanggal yang benar."), field=name) from error
    return day.isoformat()


def box_lines(name: str, value: Any) -> list[str]:
    """The lines of a box of the identity block. ``value``: a list, or a text with one item per line."""
    rules = SCHEMA["properties"][name]
    lines = value.splitlines() if isinstance(value, str) else list(value or ())
    lines = clean_lines([_string(name, line) or "" for line in lines])
    if len(lines) > rules["maxItems"]:
        sentence = _("Paling banyak %(limit)s baris, sekarang %(count)s.")
        raise Refused(sentence % {"limit": rules["maxItems"], "count": len(lines)}, field=name)
    return [clean_text(name, line, rules["items"]["maxLength"], lines=True) for line in lines]


def read_step_field(version: SopVersion) -> Reader:
    """A reader for a step's fields that accepts only steps and actors of this version."""
    actor_ids = set(version.actors.values_list("pk", flat=True))
    step_ids = set(version.steps.values_list("pk", flat=True))

    def read(name: str, value: Any) -> Any:
        if name in LONG + SHORT:
            return clean_text(name, value, STEP_SCHEMA["properties"][name]["maxLength"], lines=name in LONG)
        if name in EXIT_IDS:
            return _one_of(name, whole_number(name, value), step_ids)
        if name == "actor_ids":
            return _actor_ids(value, actor_ids)
        if name == "seconds":
            return _seconds(value)
        if name == "shape":
            return _choice(name, value, Step.Shape.values)
        if name == "end_kind":
            return _choice(name, value or "", [*Step.EndKind.values, ""])
        return bool(value)

    return read


def _one_of(name: str, pk: int | None, known: Collection[int]) -> int | None:
    if pk is not None and pk not in known:
        raise Refused(_("Langkah yang dituju tidak ada lagi dalam draf ini. Pilih langkah lain."), field=name)
    return pk


def _actor_ids(value: Any, known: Collection[int]) -> list[int]:
    wanted = dict.fromkeys(whole_number("actor_ids", pk) for pk in value or ())
    found = [pk for pk in wanted if pk is not None and pk in known]
    if len(found) < len(wanted):
        raise Refused(_("Pelaksana yang dipilih tidak ada lagi dalam draf ini. Pilih lagi."), field="actor_ids")
    return found


def _seconds(value: Any) -> int | None:
    seconds = whole_number("seconds", value)
    if seconds is not None and not 0 <= seconds <= MAX_SECONDS:
        raise Refused(_("Waktu ini di luar batas yang wajar. Periksa lagi angkanya."), field="seconds")
    return seconds


def _choice(name: str, value: Any, allowed: Collection[str]) -> str:
    if value not in allowed:
        raise Refused(_("Pilih salah satu dari daftar."), field=name)
    return str(value)
