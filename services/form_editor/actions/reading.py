"""Converts what was entered for a field to the values that are stored. A value that cannot be stored is refused.

A draft may be incomplete or contradict itself: what is wrong with a form is judged by ``queries.problems``.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from services.fields.show_if import is_condition
from services.fields.types import ITEM_TYPES
from ula_portal.core.text.cleaning import plain_line, plain_text
from ula_portal.core.verbs.errors import Refused

MAX_OPTIONS, OPTION_LIMIT, MOST_ITEMS = 200, 150, 200
LIMITS = {"label": 200, "help": 300, "example": 120, "paper_hint": 160, "text": 2000}


def read_value(name: str, value: Any) -> Any:
    """The stored form of a value. ``name``: one of ``queries.editing.values_of``.

    Raises: Refused with ``field``.
    """
    return _READERS[name](name, value)


def _line(name: str, value: Any) -> str | None:
    text = plain_line(_text(name, value))
    if len(text) > LIMITS[name]:
        raise Refused(_("Tulisan ini paling panjang %(limit)s huruf.") % {"limit": LIMITS[name]}, field=name)
    return text


def _label(name: str, value: Any) -> str:
    text = _line(name, value)
    if not text:
        raise Refused(_("Tulis pertanyaannya."), field=name)
    return text


def _setting(name: str, value: Any) -> str | None:
    return _line(name, value) or None


def _paragraphs(name: str, value: Any) -> str | None:
    text = plain_text(_text(name, value)).strip()
    if len(text) > LIMITS[name]:
        raise Refused(_("Tulisan ini paling panjang %(limit)s huruf.") % {"limit": LIMITS[name]}, field=name)
    return text or None


def _text(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise Refused(_("Isian ini harus berupa tulisan."), field=name)


def _flag(name: str, value: Any) -> bool:
    return bool(value)


def _optional_flag(name: str, value: Any) -> bool | None:
    return True if value else None


def _options(name: str, value: Any) -> list[str] | None:
    lines = value.splitlines() if isinstance(value, str) else list(value or ())
    found = [line for line in (plain_line(_text(name, each)) for each in lines) if line]
    if len(found) > MAX_OPTIONS:
        raise Refused(_("Paling banyak %(limit)s pilihan.") % {"limit": MAX_OPTIONS}, field=name)
    if any(len(option) > OPTION_LIMIT for option in found):
        raise Refused(_("Satu pilihan paling panjang %(limit)s huruf.") % {"limit": OPTION_LIMIT}, field=name)
    return list(dict.fromkeys(found)) or None


def _count(name: str, value: Any) -> int | None:
    if value in (None, ""):
        return None
    try:
        number = int(str(value).strip())
    except ValueError as error:
        raise Refused(_("Tulis bilangan bulat."), field=name) from error
    if not 0 <= number <= MOST_ITEMS:
        raise Refused(_("Tulis bilangan antara 0 dan %(limit)s.") % {"limit": MOST_ITEMS}, field=name)
    return number or None


def _number(name: str, value: Any) -> int | str | None:
    """A limit: a whole number, or a decimal as text, as forms compare it exactly."""
    if value in (None, ""):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation as error:
        raise Refused(_("Tulis angka, misalnya 10 atau 2,5."), field=name) from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise Refused(_("Angka ini di luar batas yang wajar."), field=name)
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


def _other_field(name: str, value: Any) -> str | None:
    return _text(name, value)[:60] or None


def _item(name: str, value: Any) -> dict[str, str] | None:
    if not value:
        return None
    if not isinstance(value, dict) or value.get("type") not in (None, "", *ITEM_TYPES):
        raise Refused(_("Pilih salah satu dari daftar."), field=name)
    found = {"type": value.get("type") or "text", "label": plain_line(_text(name, value.get("label")))[:80]}
    return {key: text for key, text in found.items() if text}


def _condition(name: str, value: Any) -> dict[str, Any]:
    if not is_condition(value or {}):
        raise Refused(_("Syarat ini tidak dapat disimpan. Pilih isian dan jawabannya dari daftar."), field=name)
    return dict(value or {})


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "label": _label,
    "help": _line,
    "required": _flag,
    "show_if": _condition,
    "example": _setting,
    "paper_hint": _setting,
    "text": _paragraphs,
    "options": _options,
    "other": _optional_flag,
    "min": _number,
    "max": _number,
    "min_items": _count,
    "max_items": _count,
    "prefill": _other_field,
    "not_before": _other_field,
    "item": _item,
}
