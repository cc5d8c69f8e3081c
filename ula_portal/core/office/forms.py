"""Forms for absences and acting orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.models import Absence, Position, Tenure, User
from ula_portal.core.text.fields import LineField

from . import queries
from .actions.acting import ActingTerm
from .actions.people import Order
from .permissions import notes_absences_of_all
from .queries import position_ids_with_secretariat


class AbsenceForm(forms.Form):
    """``people``: users whose absence ``by`` may record, starting with themselves; ``deputies``: possible deputies."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    user = forms.ChoiceField(label=gettext_lazy("Petugas"))
    kind = forms.ChoiceField(label=gettext_lazy("Alasan"), choices=Absence.Kind.choices)
    from_date = forms.DateField(label=gettext_lazy("Mulai"))
    to_date = forms.DateField(label=gettext_lazy("Sampai dengan"))
    deputy = forms.ChoiceField(
        label=gettext_lazy("Pengganti"),
        required=False,
        help_text=gettext_lazy(
            "Pengganti mengerjakan langkah, tetapi tidak menandatangani surat. Tanpa pengganti, langkah menjadi tugas "
            "bersama unit."
        ),
    )

    def __init__(self, *args: Any, people: list[User], deputies: list[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The user who records an absence can never be the deputy.
        deputies = [each for each in deputies if each.pk != by.pk]
        self.people, self.deputies = {str(each.pk): each for each in people}, {str(each.pk): each for each in deputies}
        self.fields["user"].choices = [(pk, each.full_name) for pk, each in self.people.items()]
        nobody = [("", _("Tidak ada"))]
        self.fields["deputy"].choices = nobody + [(pk, each.full_name) for pk, each in self.deputies.items()]
        if len(people) == 1:
            self.fields["user"].widget, self.fields["user"].initial = forms.HiddenInput(), people[0].pk
        for name in ("from_date", "to_date"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_date"), data.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", _("Tanggal selesai mendahului tanggal mulai."))
        if data.get("deputy") and data.get("deputy") == data.get("user"):
            self.add_error("deputy", _("Pengganti harus petugas lain."))
        return data

    @property
    def noted(self) -> dict[str, Any]:
        """Arguments of ``note_absence`` from a valid form."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("kind", "from_date", "to_date")}
        people = {"absentee": self.people[data["user"]], "deputy": self.deputies.get(data["deputy"])}
        return words | people | {"key": data["key"]}


class ActingForm(forms.Form):
    """An acting order, for the positions for which the user ``by`` may record one."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    position = forms.ModelChoiceField(Position.objects.none(), label=gettext_lazy("Jabatan"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"),
        choices=[(kind, kind.label) for kind in (Tenure.Kind.PLH, Tenure.Kind.PLT)],
        help_text=gettext_lazy("Plh.: pejabatnya sementara tidak di tempat. Plt.: jabatannya kosong."),
    )
    user = forms.ChoiceField(label=gettext_lazy("Petugas yang ditunjuk"))
    from_date = forms.DateField(label=gettext_lazy("Mulai"))
    to_date = forms.DateField(label=gettext_lazy("Sampai dengan"))
    mandate = LineField(label=gettext_lazy("Nomor surat perintah"), max_length=120)
    mandate_date = forms.DateField(label=gettext_lazy("Tanggal surat perintah"))
    mandate_by = LineField(
        label=gettext_lazy("Atasan yang memberi perintah"),
        max_length=150,
        help_text=gettext_lazy("Jabatannya, misalnya Kepala Dinas. Tercantum pada surat yang ditandatangani."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        positions = Position.objects.order_by("name")
        if not notes_absences_of_all(by):
            positions = positions.filter(pk__in=position_ids_with_secretariat(queries.own_position_ids(by)))
        self.fields["position"].queryset = positions
        self.people = {str(each.pk): each for each in queries.people_holding_positions() if each.pk != by.pk}
        self.fields["user"].choices = [("", "---------")] + [(pk, each.full_name) for pk, each in self.people.items()]
        for name in ("from_date", "to_date", "mandate_date"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    @property
    def recorded(self) -> dict[str, Any]:
        """Arguments of ``record_acting`` from a valid form."""
        data = self.cleaned_data
        order = Order(data["mandate"], data["mandate_date"], data["mandate_by"])
        term = ActingTerm(data["kind"], data["from_date"], data["to_date"], order)
        return {
            "holder": self.people[data["user"]],
            "position": data["position"],
            "term": term,
            "key": data["key"],
        }
