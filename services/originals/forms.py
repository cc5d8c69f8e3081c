"""The form for papers brought to the desk: for each paper how it was taken in, and the shelf of a kept original."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from services.models import Document
from services.papers.queries.slots import DocumentSlot
from ula_portal.core.text.fields import LineField

from .actions import SHELF_LENGTH, Tick

# The value for "not brought". It is not blank, because a blank value means that the row was not submitted.
NOT_BROUGHT = "none"


@dataclass(frozen=True)
class PaperRow:
    """A paper with its bound fields."""

    slot: DocumentSlot
    how: forms.BoundField
    shelf: forms.BoundField


def _current_how(document):
    """Return how a paper is ticked now; "" for an absent or returned one."""
    return document.original if document and not document.returned_at else ""


def _current_shelf(document):
    return document.shelf if document and document.is_held else ""


def _with_unsubmitted(slots, data):
    """Add the current values of rows that were not submitted, so that a refused page shows them unchanged."""
    if data is None:
        return None
    data = data.copy()
    for slot in slots:
        if f"how-{slot.key}" not in data:
            data[f"how-{slot.key}"] = data[f"was-{slot.key}"] = _current_how(slot.document) or NOT_BROUGHT
            data[f"shelf-{slot.key}"] = _current_shelf(slot.document)
    return data


class BroughtPapersForm(forms.Form):
    """One row per paper. Rows that are not submitted stay unchanged."""

    def __init__(self, slots, data=None):
        super().__init__(_with_unsubmitted(slots, data))
        self.slots = slots
        choices = [*Document.Original.choices, (NOT_BROUGHT, _("Tidak dibawa"))]
        for slot in slots:
            document = slot.document
            self.fields[f"how-{slot.key}"] = forms.ChoiceField(
                label=slot.label,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                initial=_current_how(document) or NOT_BROUGHT,
            )
            self.fields[f"shelf-{slot.key}"] = LineField(
                label=_("Rak untuk %(paper)s") % {"paper": slot.label},
                max_length=SHELF_LENGTH,
                required=False,
                initial=_current_shelf(document),
                widget=forms.TextInput(
                    attrs={"class": "form-control", "autocomplete": "off", "maxlength": SHELF_LENGTH}
                ),
            )

    @property
    def rows(self) -> list[PaperRow]:
        """The rows of papers the office does not hold, returned ones included; held originals are listed apart."""
        return [
            PaperRow(slot, self[f"how-{slot.key}"], self[f"shelf-{slot.key}"])
            for slot in self.slots
            if slot.document is None or not slot.document.is_held
        ]

    @property
    def ticks(self) -> dict[str, Tick]:
        """The changed rows as ``take_in_papers`` expects them.

        Rows equal to what the page showed (``was-``) are left out, so that they do not undo somebody else's tick.
        """
        submitted = {slot.key: self.cleaned_data.get(f"how-{slot.key}") for slot in self.slots}
        changed = {key: how for key, how in submitted.items() if how and how != self.data.get(f"was-{key}")}
        return {
            key: Tick("" if how == NOT_BROUGHT else how, self.cleaned_data.get(f"shelf-{key}", ""))
            for key, how in changed.items()
        }

    def refuse(self, refused):
        """Attach a refusal to the field it names, or to the whole form."""
        name = refused.field or ""
        known = name if name in self.fields else f"how-{name}"
        self.add_error(known if known in self.fields else None, str(refused))
