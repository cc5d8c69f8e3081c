"""Types of form fields for days and months."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.text import fields

from .base import Definition, FieldType


class DateType(FieldType):
    name = "date"
    title = gettext_lazy("Tanggal")
    settings = ("not_before", "paper_hint", "prefill")

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
    title = gettext_lazy("Bulan dan tahun")
    settings = ("paper_hint",)
    attributes = {"type": "month"}

    def check(self, text: str, definition: Definition) -> None:
        if not _month(text):
            raise ValidationError(_("Bulan tidak benar. Tulis bulan dan tahun, misalnya 04/2026."))

    def to_stored(self, value: str, definition: Definition) -> str | None:
        return _month(value)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return date_format(datetime.date.fromisoformat(f"{stored}-01"), "F Y")


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
