"""The form in which staff note that somebody is away."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock
from .idempotency import new_key
from .models import Absence


class AbsenceForm(forms.Form):
    """``people``: whose absence the person may note, themselves first; ``deputies``: who may stand in."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    user = forms.ChoiceField(label=gettext_lazy("Petugas"))
    kind = forms.ChoiceField(label=gettext_lazy("Alasan"), choices=Absence.Kind.choices)
    from_date = forms.DateField(label=gettext_lazy("Mulai"))
    to_date = forms.DateField(label=gettext_lazy("Sampai, hari itu termasuk"))
    deputy = forms.ChoiceField(
        label=gettext_lazy("Pengganti"),
        required=False,
        help_text=gettext_lazy("Selama itu pekerjaan menjadi tugas pengganti. Tanpa pengganti: tugas bersama unit."),
    )

    def __init__(self, *args, people, deputies, **kwargs):
        super().__init__(*args, **kwargs)
        self.people, self.deputies = {str(each.pk): each for each in people}, {str(each.pk): each for each in deputies}
        self.fields["user"].choices = [(pk, each.full_name) for pk, each in self.people.items()]
        nobody = [("", _("Tidak ada"))]
        self.fields["deputy"].choices = nobody + [(pk, each.full_name) for pk, each in self.deputies.items()]
        if len(people) == 1:
            self.fields["user"].widget, self.fields["user"].initial = forms.HiddenInput(), people[0].pk
        for name in ("from_date", "to_date"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name].initial = clock.today()

    def clean(self):
        data = super().clean()
        first, last = data.get("from_date"), data.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", _("Tanggal selesai mendahului tanggal mulai."))
        if data.get("deputy") and data.get("deputy") == data.get("user"):
            self.add_error("deputy", _("Pengganti harus petugas lain."))
        return data

    @property
    def noted(self) -> dict:
        """What a valid form says, for ``note_absence``."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("kind", "from_date", "to_date")}
        people = {"user": self.people[data["user"]], "deputy": self.deputies.get(data["deputy"])}
        return words | people | {"idempotency_key": data["key"]}
