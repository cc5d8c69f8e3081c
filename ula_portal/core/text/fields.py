"""Form fields that clean submitted text with ``cleaning`` and redisplay no more of it than a draft can store."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .cleaning import plain_line, plain_text

# For fields without a limit of their own, in characters.
USUAL_LIMIT = 300
# Of a number without an upper limit, in digits.
USUAL_DIGITS = 8


def width_for(length: int) -> int:
    """The width in characters of a box for so many: 12 for eight digits, 22 for eighteen, at most 40, as for names."""
    return min(length + 4, 40)


def storable_part(text: str, limit: int) -> str:
    """The part of a too long text that is kept for the user to shorten: twice the limit."""
    return text[: limit * 2]


class CleanedField(forms.Field):
    """Mixin for form fields: cleans the submitted text with ``tidy``, by default to one line."""

    tidy = staticmethod(plain_line)

    def to_python(self, value: Any) -> Any:
        return super().to_python(self.tidy(value) if isinstance(value, str) else value)

    def run_validators(self, value: Any) -> None:
        limit = self._limit
        if isinstance(value, str) and len(value) > limit * 2:
            words = {"length": len(value), "limit": limit, "kept": limit * 2}
            raise ValidationError(
                _("Terlalu panjang: %(length)s huruf, paling banyak %(limit)s. Hanya %(kept)s huruf pertama disimpan.")
                % words
            )
        super().run_validators(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The value to show when the form is displayed again."""
        data = super().bound_data(data, initial)
        return storable_part(data, self._limit) if isinstance(data, str) else data

    def widget_attrs(self, widget: forms.Widget) -> Any:
        """Add the width (``size``) to a box of one line, unless its widget already has one."""
        attrs = super().widget_attrs(widget)
        kind = widget.attrs.get("type", getattr(widget, "input_type", ""))
        if kind in ("text", "tel", "email") and "size" not in widget.attrs:
            attrs["size"] = width_for(self._typed(widget))
        return attrs

    def _typed(self, widget: forms.Widget) -> int:
        """How many characters are typed, at most: as many as the example in the box has, else the limit."""
        return len(widget.attrs.get("placeholder", "")) or self._limit

    @property
    def _limit(self) -> int:
        own: int | None = getattr(self, "max_length", None)
        return own or USUAL_LIMIT


class LineField(CleanedField, forms.CharField):
    """A line of text."""


class TextField(CleanedField, forms.CharField):
    """Lines of text."""

    tidy = staticmethod(plain_text)
    widget = forms.Textarea


class ListField(forms.Field):
    """A list of texts in a text box, one per line; blank lines are dropped."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 90})

    def to_python(self, value: Any) -> list[str]:
        return [line.strip() for line in plain_text(value or "").split("\n") if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: list[str] | None, data: str | None) -> bool:
        return self.to_python(data) != (initial or [])


class EmailField(CleanedField, forms.EmailField):
    """An e-mail address; spaces in it are removed."""

    @staticmethod
    def tidy(text: str) -> str:
        return plain_line(text).replace(" ", "")

    def _typed(self, widget: forms.Widget) -> int:
        # An address is often longer than the example.
        return self._limit


class IntegerField(CleanedField, forms.IntegerField):
    """A whole number in a text box."""

    def _typed(self, widget: forms.Widget) -> int:
        return _digits(self.max_value)


class DecimalField(CleanedField, forms.DecimalField):
    """A number in a text box, with a decimal comma or point."""

    @staticmethod
    def tidy(text: str) -> str:
        text = plain_line(text)
        return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text

    def _typed(self, widget: forms.Widget) -> int:
        return _digits(self.max_value)


def _digits(highest: Any) -> int:
    return USUAL_DIGITS if highest is None else len(str(highest))


# Names of the months in Indonesian and English; any beginning of a name is accepted.
_MONTHS = (
    "januari january",
    "februari february pebruari",
    "maret march",
    "april",
    "mei may",
    "juni june",
    "juli july",
    "agustus august agt",
    "september",
    "oktober october",
    "november nopember",
    "desember december",
)
_WORDED = re.compile(r"\s*(\d{1,2})[\s./-]*([A-Za-z]{3,9})[\s.,/-]*(\d{4})\s*")


class DateField(CleanedField, forms.DateField):
    """A date in a text box; the month may be a word: 12 Agustus 2010, 3-Mei-2011."""

    def to_python(self, value: Any) -> datetime.date | None:
        date: datetime.date | None = super().to_python(_month_in_figures(value) if isinstance(value, str) else value)
        return date


def _month_in_figures(text: str) -> str:
    found = _WORDED.fullmatch(text)
    if not found:
        return text
    word = found[2].lower()
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(word) for name in names.split()):
            return f"{found[1]}/{number}/{found[3]}"
    return text
