"""Converts form values of a service to the types in which they are stored. What cannot be stored is refused."""

import datetime
import re
from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from services.models import Category, LetterTemplate, Requirement, Service
from sop.models import Sop
from ula_portal.core.models import Unit
from ula_portal.core.text.cleaning import plain_line, plain_text
from ula_portal.core.verbs.errors import Refused

from ..rules.values import COMPONENTS, DATES

LONGEST_TEXT, LONGEST_LINE, MOST_LINES = 4000, 300, 40
MOST_DAYS, HIGHEST_FEE = 365, 100_000_000
_MULTIPLE_LINES = ("summary", "complaint_handling", "when_not", "where", "after", *COMPONENTS)
_LINKED: dict[str, type[Model]] = {
    "category_id": Category,
    "unit_id": Unit,
    "sop_id": Sop,
    "letter_template_id": LetterTemplate,
}
_CHOICES = {"audiences": Service.AUDIENCES, "channels": Service.CHANNELS}
_NUMBERS = {"working_days": MOST_DAYS, "fee_idr": HIGHEST_FEE}


def read_value(name: str, value: Any) -> Any:
    """A value of a service as it is stored. Raises Refused with its field."""
    for names, read in _READERS:
        if name in names:
            return read(name, value)
    return _line(name, value, _longest(Service, name))


def read_requirement(name: str, value: Any) -> Any:
    """A value of a requirement as it is stored. Raises Refused with its field."""
    if name == "required":
        return bool(value)
    if name == "kind":
        return _one_of(name, value, Requirement.Kind.values)
    if name == "show_if":
        return value
    return _line(name, value, _longest(Requirement, name))


def _longest(table: type[Model], name: str) -> int:
    return getattr(table._meta.get_field(name), "max_length", None) or LONGEST_LINE


def _line(name: str, value: Any, limit: int) -> str:
    return _limited(name, plain_line(_string(name, value)), limit)


def _text(name: str, value: Any) -> str:
    return _limited(name, plain_text(_string(name, value)), LONGEST_TEXT)


def _limited(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        sentence = _("Tulisan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": limit, "count": len(text)}, field=name)
    return text


def _string(name: str, value: Any) -> str:
    if isinstance(value, str | None):
        return value or ""
    raise Refused(_("Isian ini harus berupa tulisan."), field=name)


def _lines(name: str, value: Any) -> list[str]:
    limit = 80 if name == "synonyms" else LONGEST_LINE
    lines = [_line(name, each, limit) for each in (value.splitlines() if isinstance(value, str) else value or ())]
    lines = list(dict.fromkeys(filter(None, lines)))
    if len(lines) > MOST_LINES:
        sentence = _("Paling banyak %(limit)s baris, sekarang %(count)s.")
        raise Refused(sentence % {"limit": MOST_LINES, "count": len(lines)}, field=name)
    return lines


def _several(name: str, value: Any) -> list[str]:
    known = [key for key, _label in _CHOICES[name]]
    chosen = set(value or ())
    if not chosen <= set(known):
        raise Refused(_("Pilih dari daftar."), field=name)
    return [key for key in known if key in chosen]


def _one_of(name: str, value: Any, allowed: Collection[str]) -> str:
    if value not in allowed:
        raise Refused(_("Pilih salah satu dari daftar."), field=name)
    return str(value)


def _number(name: str, value: Any) -> int | None:
    if value in (None, ""):
        return 0 if name == "fee_idr" else None
    try:
        number = int(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise Refused(_("Isian ini harus berupa bilangan bulat."), field=name) from error
    lowest = 0 if name == "fee_idr" else 1
    if not lowest <= number <= _NUMBERS[name]:
        sentence = _("Isi bilangan dari %(from)s sampai %(to)s.")
        raise Refused(sentence % {"from": lowest, "to": _NUMBERS[name]}, field=name)
    return number


def _date(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise Refused(_("Isi tanggal yang benar."), field=name) from error


def _link(name: str, value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or not _LINKED[name]._default_manager.filter(pk=int(value)).exists():
        raise Refused(_("Pilihan ini sudah tidak ada. Pilih lagi."), field=name)
    return int(value)


def _kind(name: str, value: Any) -> str:
    return _one_of(name, value, Service.Kind.values)


def _letter(name: str, value: Any) -> str:
    letter = _string(name, value).strip().upper()
    if letter and not re.fullmatch(r"[A-HJ-NPR-Z]", letter):
        raise Refused(_("Isi satu huruf. I, O, dan Q tidak dipakai karena mirip angka."), field=name)
    return letter


_READERS: tuple[tuple[Collection[str], Callable[[str, Any], Any]], ...] = (
    (_MULTIPLE_LINES, _text),
    (("synonyms", "legal_basis"), _lines),
    (_CHOICES, _several),
    (_NUMBERS, _number),
    (DATES, _date),
    (_LINKED, _link),
    (("kind",), _kind),
    (("ticket_letter",), _letter),
)
