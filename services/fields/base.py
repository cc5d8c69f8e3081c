"""What every type of form field has in common; see ``services.fields.types``."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from ula_portal.core.text.fields import LineField, storable_part, width_for

TEXT_LIMIT = 300
# Settings that every question has; see the room's door sign.
COMMON_SETTINGS = ("example", "paper_hint", "prefill")


def misshapen(rules: object) -> list[str]:
    """Return the settings whose values are of the wrong kind, such as a text for a number of rows."""
    if not isinstance(rules, dict):
        return ["rules"]
    return [key for key, value in rules.items() if key in _SHAPES and not _SHAPES[key](value)]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= 1000


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, int | float | str) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


_SHAPES: dict[str, Callable[[object], bool]] = {
    "options": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "other": lambda value: isinstance(value, bool),
    "min": _is_number,
    "max": _is_number,
    "min_items": _is_count,
    "max_items": _is_count,
    "item": lambda value: isinstance(value, dict) and all(isinstance(each, str) for each in value.values()),
    **dict.fromkeys(("not_before", "text", "example", "paper_hint", "prefill"), _is_text),
}


class Definition(Protocol):
    """The attributes a type reads from a field: a ``FieldDefinition``, a ``Column`` of a group or a ``Field`` row.

    ``rules`` holds the field's limits and options.
    """

    @property
    def label(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def help(self) -> str: ...
    @property
    def rules(self) -> dict[str, Any]: ...


class FieldType:
    """A single line of text, and the base class of all other types."""

    name = "text"
    title: StrOrPromise = gettext_lazy("Teks singkat")
    # The keys of ``rules`` that an editor offers for this type; the door sign explains them.
    settings: tuple[str, ...] = COMMON_SETTINGS
    # How long it takes to fill in, as an estimate: reading the label, finding the answer, typing it on a phone.
    seconds = 15
    is_file = False
    # False for parts of a form that only say something.
    has_answer = True
    # True if it can be a column of a group: a single short input.
    is_column = True
    # Secrets are encrypted in the database and shown by their last digits. A blank input keeps the stored value.
    is_secret = False
    max_length = TEXT_LIMIT
    # How many characters an answer has, where that is fixed; 0 elsewhere.
    length = 0
    attributes: dict[str, str] = {}
    field_class: type[forms.CharField] = LineField

    @property
    def is_question(self) -> bool:
        """Whether it is answered on a page of questions; files are uploaded on a page of their own."""
        return self.has_answer and not self.is_file

    def form_field(self, definition: Definition) -> forms.Field:
        """Return a Django form field whose cleaned value can be passed to ``to_stored``."""
        return self.field_class(
            label=definition.label,
            help_text=definition.help or self.hint(definition),
            required=definition.required,
            max_length=self.max_length,
            widget=self.widget(definition),
            validators=[lambda text: self.check(text, definition)],
        )

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.TextInput(attrs=self.attributes | ({"size": width_for(self.length)} if self.length else {}))

    def hint(self, definition: Definition) -> str:
        return ""

    def options(self, definition: Definition) -> tuple[str, ...]:
        """Return all answers that conditions can name, for types with a fixed set; () for others."""
        return ()

    def problems(self, definition: Definition) -> list[str]:
        """Return what is wrong with the settings of a field, as sentences for the office."""
        return []

    def check(self, text: str, definition: Definition) -> None:
        """Raise ``ValidationError`` if the text is not a valid answer of this type."""

    def to_stored(self, value: Any, definition: Definition) -> Any:
        return value

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        return stored

    def to_keep(self, typed: Any) -> Any:
        """Return the part of an invalid input that a draft stores; ``typed`` is what the widget read."""
        return storable_part(typed, self.max_length)

    def from_kept(self, kept: Any, definition: Definition) -> Any:
        """Return the initial value of an input that a draft has kept by ``to_keep``."""
        return kept

    def from_plain(self, value: Any) -> Any:
        """Return what the form field takes for an answer that was not given on a page: a text, or a list of texts."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        """Return the answer on one line, as letters have it."""
        return str(stored)

    def read(self, stored: Any, definition: Definition) -> str:
        """Return the answer as pages show it; lines are separated by line breaks."""
        return self.display(stored, definition)

    def seconds_for(self, definition: Definition) -> int:
        """Return the estimated time to fill in this field, in seconds."""
        return self.seconds

    def warnings(self, stored: Any, definition: Definition | None = None) -> tuple[str, ...]:
        """Return warnings about an odd-looking answer, shown to the applicant and to staff. They block nothing."""
        return ()


# Name → type; filled by ``services.fields.types``.
TYPES: dict[str, FieldType] = {}


def type_of(name: str) -> FieldType:
    """Return the type with this name.

    Raises: KeyError if there is none.
    """
    return TYPES[name]


def as_validation_error(check: Callable[[str], object], text: str) -> None:
    """Run a check of ``core.identifiers`` and turn its ``ValueError`` into a form error."""
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
