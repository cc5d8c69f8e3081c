"""Types of form fields. Each builds a Django form field and converts its value to and from JSON.

``to_stored`` returns the value saved in ``Request.answers``; ``display`` formats that value for people.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import identifiers
from ula_portal.core.text import fields

from .base import Definition, FieldType, as_validation_error
from .identifiers import NikType, NipType, NisnType, NpsnType, NuptkType

LONG_TEXT_LIMIT = 4000
# A choice with more options than this is shown as a select box instead of radio buttons.
RADIO_LIMIT = 6


class LongTextType(FieldType):
    name, max_length, field_class = "textarea", LONG_TEXT_LIMIT, fields.TextField

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 4})


class NumberType(FieldType):
    name = "number"

    def form_field(self, definition: Definition) -> forms.Field:
        rules = definition.rules
        return fields.IntegerField(
            label=definition.label,
            help_text=definition.help or _range_hint(rules),
            required=definition.required,
            min_value=rules.get("min"),
            max_value=rules.get("max"),
            # Not type="number": browsers change such inputs on scroll and drop text they cannot parse.
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )


class DecimalType(FieldType):
    name = "decimal"

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

    def to_stored(self, value: Any, definition: Definition) -> str:
        return format(value, "f")

    def to_initial(self, stored: Any, definition: Definition) -> str:
        return self.display(stored)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return str(stored).replace(".", ",")


class DateType(FieldType):
    name = "date"

    def form_field(self, definition: Definition) -> forms.Field:
        return fields.DateField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            # Date inputs send the first format; the others are typed in browsers without date inputs.
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": "2199-12-31"}),
            error_messages={"invalid": gettext_lazy("Tanggal tidak benar. Tulis misalnya 31/12/2026.")},
            validators=[_check_year],
        )

    def to_stored(self, value: datetime.date, definition: Definition) -> str:
        return value.isoformat()

    def to_initial(self, stored: Any, definition: Definition) -> datetime.date:
        return datetime.date.fromisoformat(stored)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return date_format(datetime.date.fromisoformat(stored), "j F Y")


class MonthType(FieldType):
    name = "month"
    attributes = {"type": "month"}

    def check(self, text: str, definition: Definition) -> None:
        if not _month(text):
            raise ValidationError(_("Bulan tidak benar. Tulis bulan dan tahun, misalnya 04/2026."))

    def to_stored(self, value: str, definition: Definition) -> str | None:
        return _month(value)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return date_format(datetime.date.fromisoformat(f"{stored}-01"), "F Y")


class ChoiceType(FieldType):
    name = "choice"

    def form_field(self, definition: Definition) -> forms.Field:
        options = [(option, option) for option in definition.rules.get("options", [])]
        radio = len(options) <= RADIO_LIMIT
        if not radio or not definition.required:
            options = [("", _("Pilih salah satu") if not radio else _("Tidak diisi")), *options]
        return forms.ChoiceField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            choices=options,
            widget=forms.RadioSelect if radio else forms.Select,
            error_messages={"invalid_choice": gettext_lazy("Pilihan ini tidak ada dalam daftar. Pilih salah satu.")},
        )


class PhoneType(FieldType):
    name = "phone"
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

    def form_field(self, definition: Definition) -> forms.Field:
        raise TypeError("a file is taken in by attach_document, not by a form field")


class ListType(FieldType):
    """Several answers of one type, one per line in a text box, so that it works without JavaScript."""

    name, max_length, field_class = "list", LONG_TEXT_LIMIT, fields.TextField

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})

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


_ALL: tuple[type[FieldType], ...] = (
    FieldType,
    LongTextType,
    NumberType,
    DecimalType,
    DateType,
    MonthType,
    ChoiceType,
    ListType,
)
_ALL += (PhoneType, EmailType, FileType, NikType, NipType, NisnType, NpsnType, NuptkType)
TYPES = {kind.name: kind() for kind in _ALL}


def type_of(name: str) -> FieldType:
    """Return the type with this name.

    Raises: KeyError if there is none.
    """
    return TYPES[name]


def _check_year(day: datetime.date) -> None:
    if not 1900 <= day.year <= 2199:
        raise ValidationError(_("Tahun tidak benar. Periksa kembali."))


def _month(text: str) -> str | None:
    """Parse a month as sent by a month input (YYYY-MM) or typed (MM/YYYY) into YYYY-MM; None if it is invalid."""
    if match := re.fullmatch(r"\s*(\d{4})-(\d{1,2})\s*", text):
        year, month = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"\s*(\d{1,2})[/.\s-](\d{4})\s*", text):
        year, month = int(match[2]), int(match[1])
    else:
        return None
    return f"{year}-{month:02d}" if 1 <= month <= 12 and 1900 <= year <= 2199 else None


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _range_hint(rules: dict[str, Any]) -> str:
    low, high = rules.get("min"), rules.get("max")
    if low is None or high is None:
        return ""
    return _("Antara %(low)s dan %(high)s.") % {
        "low": str(low).replace(".", ","),
        "high": str(high).replace(".", ","),
    }
