"""What every type of form field has in common; see ``services.fields.types``."""

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError

from ula_portal.core.text.fields import LineField

TEXT_LIMIT = 300


class Definition(Protocol):
    """What a type asks of a field: a ``FieldDefinition`` or a ``Field`` row. ``rules``: its limits and options."""

    @property
    def label(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def help(self) -> str: ...
    @property
    def rules(self) -> dict[str, Any]: ...


class FieldType:
    """A line of text; the other types change what they must."""

    name = "text"
    is_file = False
    # Encrypted in the database, shown by its last digits; left blank on the page it keeps what is stored.
    is_secret = False
    max_length = TEXT_LIMIT
    attributes: dict[str, str] = {}
    field_class: type[forms.CharField] = LineField

    def form_field(self, definition: Definition) -> forms.Field:
        """A Django form field whose cleaned value ``to_stored`` understands."""
        return self.field_class(
            label=definition.label,
            help_text=definition.help or self.hint(definition),
            required=definition.required,
            max_length=self.max_length,
            widget=self.widget(definition),
            validators=[lambda text: self.check(text, definition)],
        )

    def widget(self, definition: Definition) -> forms.Widget:
        return forms.TextInput(attrs=self.attributes)

    def hint(self, definition: Definition) -> str:
        return ""

    def check(self, text: str, definition: Definition) -> None:
        """Raise ValidationError when the text is not an answer of this type."""

    def to_stored(self, value: Any, definition: Definition) -> Any:
        return value

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        return stored

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return str(stored)

    def warnings(self, stored: Any) -> tuple[str, ...]:
        """Doubts that do not stop anybody: shown before sending, and to staff."""
        return ()


def as_validation_error(check: Callable[[str], object], text: str) -> None:
    """Turn a ValueError of ``core.identifiers`` into the message beside the field."""
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
