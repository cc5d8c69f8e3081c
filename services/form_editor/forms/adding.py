"""The small forms that add a part to a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.fields.base import TYPES
from ula_portal.core.text.fields import LineField
from ula_portal.core.web.field_saving.forms import control


def type_choices(*, columns: bool = False) -> list[tuple[str, Any]]:
    """The types of fields, or of columns of a group, with their titles."""
    return [(name, kind.title) for name, kind in TYPES.items() if kind.is_column or not columns]


class NewFieldForm(forms.Form):
    """A field or column to add: its question, and the type of its answer."""

    use_required_attribute = False
    label = LineField(label=_("Pertanyaan"), max_length=200, error_messages={"required": _("Tulis pertanyaannya.")})
    type = forms.ChoiceField(label=_("Jenis jawaban"), widget=control(forms.Select()))

    def __init__(self, *args: Any, columns: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = type_choices(columns=columns)
        control(self.fields["label"].widget)


class PageForm(forms.Form):
    """The title of a page."""

    use_required_attribute = False
    title = LineField(label=_("Judul halaman"), max_length=100, error_messages={"required": _("Tulis judul halaman.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        control(self.fields["title"].widget)
