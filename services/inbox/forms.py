"""Forms of the inbox: its filters, and how a filter is saved."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.models import Request, SavedFilter
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.fields import LineField

from .queries.filters import WEEK_DAYS, InboxFilter

ANY = ("", _("Semua"))
STATE_LABELS = [
    ANY,
    (Request.State.SUBMITTED, _("Diterima")),
    (Request.State.IN_PROGRESS, _("Diproses")),
    (Request.State.WAITING_APPLICANT, _("Menunggu pemohon")),
    (Request.State.COMPLETED, _("Selesai")),
    (Request.State.REJECTED, _("Tidak dapat dikabulkan")),
    (Request.State.WITHDRAWN, _("Ditarik pemohon")),
]
WEEK = format_lazy(_("{n} hari ke depan"), n=WEEK_DAYS)
DUE_LABELS = [ANY, ("late", _("Lewat waktu")), ("today", _("Hari ini")), ("week", WEEK)]


class FilterForm(forms.Form):
    """The filters in the address. A value that is no option counts as not chosen."""

    service = forms.TypedChoiceField(label=_("Layanan"), coerce=int, empty_value=None, required=False)
    step = forms.TypedChoiceField(label=_("Langkah"), coerce=int, empty_value=None, required=False)
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    state = forms.ChoiceField(label=_("Keadaan"), choices=STATE_LABELS, required=False)
    due = forms.ChoiceField(label=_("Jatuh tempo"), choices=DUE_LABELS, required=False)
    source = forms.ChoiceField(label=_("Asal"), choices=[ANY, *Request.Source.choices], required=False)
    returned = forms.ChoiceField(
        label=_("Dikembalikan"), choices=[ANY, ("yes", _("Hanya yang dikembalikan"))], required=False
    )

    def __init__(self, data, *, services, steps=()):
        """``services``: ``Service`` rows with their units; ``steps``: pairs (number, activity) of the chosen one."""
        super().__init__(data)
        units = sorted({(s.unit_id, str(s.unit)) for s in services if s.unit_id}, key=lambda pair: pair[1])
        self.fields["service"].choices = [ANY, *((each.pk, each.name) for each in services)]
        self.fields["unit"].choices = [ANY, *units]
        self.fields["step"].choices = [ANY, *((no, f"{no}. {activity}") for no, activity in steps)]

    def choice(self) -> InboxFilter:
        self.is_valid()
        return InboxFilter.from_values(self.cleaned_data)

    def chosen(self) -> list[tuple[str, str, str]]:
        """The filters that are set, in words: (name, label of the field, label of the option)."""
        found = self.choice().as_query()
        labels = {name: {str(key): label for key, label in self.fields[name].choices} for name in found}
        return [(name, self.fields[name].label, labels[name][str(value)]) for name, value in found.items()]


class SavedFilterForm(forms.Form):
    """The name of a saved filter, and the unit that may also use it."""

    name = LineField(label=_("Nama saringan"), max_length=SavedFilter._meta.get_field("name").max_length)
    unit = forms.TypedChoiceField(
        label=_("Dapat dipakai oleh"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Kata pencarian tidak ikut dibagikan."),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False, initial=new_key)

    def __init__(self, *args, units=(), **kwargs):
        """``units``: those with which the person may share."""
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        shared = [(unit.pk, _("Saya dan %(unit)s") % {"unit": unit}) for unit in units]
        self.fields["unit"].choices = [("", _("Hanya saya")), *shared]

    def chosen_unit(self):
        return self.units.get(self.cleaned_data["unit"])
