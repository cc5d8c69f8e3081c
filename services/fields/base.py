"""What every type of form field has in common; see ``services.fields.types``."""

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError

from ula_portal.core.text.fields import LineField, width_for

TEXT_LIMIT = 300


class Definition(Protocol):
    """The attributes a type reads from a field, which is a ``FieldDefinition`` or a ``Field`` row.

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
    is_file = False
    # Secrets are encrypted in the database and shown by their last digits. A blank input keeps the stored value.
    is_secret = False
    max_length = TEXT_LIMIT
    # How many characters an answer has, where that is fixed; 0 elsewhere.
    length = 0
    attributes: dict[str, str] = {}
    field_class: type[forms.CharField] = LineField

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

    def check(self, text: str, definition: Definition) -> None:
        """Raise ``ValidationError`` if the text is not a valid answer of this type."""

    def to_stored(self, value: Any, definition: Definition) -> Any:
        return value

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        return stored

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return str(stored)

    def warnings(self, stored: Any) -> tuple[str, ...]:
        """Return warnings about an odd-looking answer, shown to the applicant and to staff. They block nothing."""
        return ()


def as_validation_error(check: Callable[[str], object], text: str) -> None:
    """Run a check of ``core.identifiers`` and turn its ``ValueError`` into a form error."""
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
