"""What every type of form field has in common; see ``services.fields.types``."""

from django import forms
from django.core.exceptions import ValidationError

from ula_portal.core.text.fields import LineField

TEXT_LIMIT = 300


class FieldType:
    """A line of text; the other types change what they must."""

    name = "text"
    is_file = False
    # Encrypted in the database, shown by its last digits; left blank on the page it keeps what is stored.
    is_secret = False
    max_length = TEXT_LIMIT
    attributes: dict[str, str] = {}
    field_class: type[forms.CharField] = LineField

    def form_field(self, definition) -> forms.Field:
        """A Django form field whose cleaned value ``to_stored`` understands."""
        return self.field_class(
            label=definition.label,
            help_text=definition.help or self.hint(definition),
            required=definition.required,
            max_length=self.max_length,
            widget=self.widget(definition),
            validators=[lambda text: self.check(text, definition)],
        )

    def widget(self, definition):
        return forms.TextInput(attrs=self.attributes)

    def hint(self, definition):
        return ""

    def check(self, text, definition):
        """Raise ValidationError when the text is not an answer of this type."""

    def to_stored(self, value, definition):
        return value

    def to_initial(self, stored, definition):
        return stored

    def display(self, stored, definition=None) -> str:
        return str(stored)

    def warnings(self, stored) -> tuple[str, ...]:
        """Doubts that do not stop anybody: shown before sending, and to staff."""
        return ()


def as_validation_error(check, text):
    """Turn a ValueError of ``core.identifiers`` into the message beside the field."""
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
