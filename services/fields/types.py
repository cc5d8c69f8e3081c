"""Types of form fields. Each builds a Django form field and converts its value to and from JSON.

``to_stored`` returns the value saved in ``Request.answers``; ``display`` formats that value for people.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import identifiers
from ula_portal.core.text import fields

from .base import COMMON_SETTINGS, TYPES, Definition, FieldType, as_validation_error, type_of
from .choices import ChoicesType, ChoiceType, YesNoType
from .dates import DateType, MonthType
from .groups import GroupType
from .identifiers import NikType, NipType, NisnType, NpsnType, NuptkType
from .places import AddressType, SchoolType

__all__ = ["TYPES", "type_of"]

LONG_TEXT_LIMIT = 4000
# What a list can contain.
ITEM_TYPES = ("text", "number", "nip", "nisn", "npsn", "nuptk", "phone", "email")


class LongTextType(FieldType):
    name, max_length, field_class = "textarea", LONG_TEXT_LIMIT, fields.TextField
    title = gettext_lazy("Teks panjang")
    seconds = 60

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 4})


class NumberType(FieldType):
    name = "number"
    title = gettext_lazy("Bilangan bulat")
    settings = ("min", "max", *COMMON_SETTINGS)
    seconds = 10

    def form_field(self, definition: Definition) -> forms.Field:
        rules = definition.rules
        return fields.IntegerField(
            label=definition.label,
            help_text=definition.help or _range_hint(rules),
            required=definition.required,
            min_value=_decimal(rules.get("min")),
            max_value=_decimal(rules.get("max")),
            # Not type="number": browsers change such inputs on scroll and drop text they cannot parse.
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    def problems(self, definition: Definition) -> list[str]:
        return _problems_of_range(definition.rules)


class DecimalType(FieldType):
    name = "decimal"
    title = gettext_lazy("Bilangan dengan koma")
    settings = ("min", "max", *COMMON_SETTINGS)
    seconds = 15

    def form_field(self, definition: Definition) -> forms.Field:
        rules = definition.rules
        return fields.DecimalField(
            label=definition.label,
            help_text=definition.help or _range_hint(rules),
            required=definition.required,
            min_value=_decimal(rules.get("min")),
            max_value=_decimal(rules.get("max")),
            max_digits=15,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def problems(self, definition: Definition) -> list[str]:
        return _problems_of_range(definition.rules)

    def to_stored(self, value: Any, definition: Definition) -> str:
        return format(value, "f")

    def to_initial(self, stored: Any, definition: Definition) -> str:
        return self.display(stored)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return str(stored).replace(".", ",")


class PhoneType(FieldType):
    name = "phone"
    title = gettext_lazy("Nomor HP")
    settings = ("paper_hint", "prefill")
    attributes = {"type": "tel", "autocomplete": "tel", "placeholder": "0812 3456 7890"}

    def check(self, text: str, definition: Definition) -> None:
        as_validation_error(identifiers.parse_phone, text)

    def to_stored(self, value: str, definition: Definition) -> str:
        return identifiers.parse_phone(value)

    def to_initial(self, stored: Any, definition: Definition) -> str:
        return self.display(stored)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        number = phonenumbers.parse(stored, "ID")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


class EmailType(FieldType):
    name = "email"
    title = gettext_lazy("Surel (email)")
    settings = ("prefill",)

    def form_field(self, definition: Definition) -> forms.Field:
        return fields.EmailField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": "nama@contoh.id"}),
            error_messages={"invalid": gettext_lazy("Alamat surel tidak benar. Tulis misalnya nama@contoh.id.")},
        )


class FileType(FieldType):
    """Uploaded on the page for documents, never in the form itself."""

    name, is_file = "file", True
    title = gettext_lazy("Berkas unggahan")
    settings = ()
    seconds = 60
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        raise TypeError("a file is taken in by attach_document, not by a form field")


class ListType(FieldType):
    """Several answers of one type, one per line in a text box, so that a column of a spreadsheet can be pasted.

    A group is for several questions in each row.
    """

    title = gettext_lazy("Daftar, satu per baris")
    settings = ("item", "max_items", "paper_hint")
    seconds = 60
    is_column = False
    name, max_length, field_class = "list", LONG_TEXT_LIMIT, fields.TextField

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})

    def problems(self, definition: Definition) -> list[str]:
        item = definition.rules.get("item", {}).get("type", "text")
        return [] if item in ITEM_TYPES else [_("Jenis ini tidak dapat menjadi isi daftar.")]

    def hint(self, definition: Definition) -> str:
        item = definition.rules.get("item", {}).get("label", "")
        return _("%(item)s, satu per baris, paling banyak %(count)s.") % {
            "item": item or _("Tulis"),
            "count": self._limit(definition),
        }

    def check(self, text: str, definition: Definition) -> None:
        lines, item = self._lines(text), self._item(definition)
        if len(lines) > self._limit(definition):
            raise ValidationError(_("Paling banyak %(count)s baris.") % {"count": self._limit(definition)})
        for number, line in enumerate(lines, 1):
            try:
                if len(line) > item.max_length:
                    raise ValidationError(_("terlalu panjang."))
                item.check(line, definition)
            except ValidationError as error:
                raise ValidationError(
                    _("Baris %(number)s: %(error)s") % {"number": number, "error": error.messages[0]}
                ) from error

    def to_stored(self, value: str, definition: Definition) -> list[Any]:
        item = self._item(definition)
        return [item.to_stored(line, definition) for line in self._lines(value)]

    def to_initial(self, stored: Any, definition: Definition) -> str:
        return "\n".join(str(each) for each in stored)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        item = self._item(definition) if definition else TYPES["text"]
        return ", ".join(item.display(each) for each in stored)

    @staticmethod
    def _lines(text: str) -> list[str]:
        return [line for line in (part.strip() for part in re.split(r"[\n,;]", text)) if line]

    @staticmethod
    def _item(definition: Definition) -> FieldType:
        return type_of(definition.rules.get("item", {}).get("type", "text"))

    @staticmethod
    def _limit(definition: Definition) -> int:
        return int(definition.rules.get("max_items", 20))


class InfoType(FieldType):
    """A heading with a text, without an answer: the label and the setting ``text``."""

    name, has_answer = "info", False
    title = gettext_lazy("Keterangan (tanpa jawaban)")
    settings = ("text",)
    seconds = 10
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        raise TypeError("an information has no answer")


_ALL: tuple[type[FieldType], ...] = (FieldType, LongTextType, NumberType, DecimalType, DateType, MonthType)
_ALL += (ChoiceType, YesNoType, ChoicesType, AddressType, SchoolType, GroupType, ListType, PhoneType, EmailType)
_ALL += (NikType, NipType, NisnType, NpsnType, NuptkType, FileType, InfoType)
TYPES.update((kind.name, kind()) for kind in _ALL)


def _decimal(value: object) -> Any:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _problems_of_range(rules: dict[str, Any]) -> list[str]:
    low, high = (_decimal(rules.get(key)) for key in ("min", "max"))
    if low is not None and high is not None and low > high:
        return [_("Angka terkecil lebih besar daripada angka terbesar.")]
    return []


def _range_hint(rules: dict[str, Any]) -> str:
    low, high = rules.get("min"), rules.get("max")
    if low is None or high is None:
        return ""
    return _("Antara %(low)s dan %(high)s.") % {
        "low": str(low).replace(".", ","),
        "high": str(high).replace(".", ","),
    }
