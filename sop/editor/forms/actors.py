"""The form of an actor: the name of its column, and who that is in this office."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sop.models import SopActor
from ula_portal.core.web.field_saving.forms import EditorForm, control

KINDS = SopActor.Kind


class ActorForm(EditorForm):
    """``who`` combines kind and position: "applicant", "external", "position" (not yet chosen) or "position:12"."""

    INPUTS = {"name": ("name",), "kind": ("who",), "position_id": ("who",)}
    who = forms.ChoiceField(
        label=gettext_lazy("Siapa ini?"),
        widget=control(forms.Select()),
        error_messages={"required": gettext_lazy("Pilih siapa pelaksana ini.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Nama kolom"), max_length=200, required=False, widget=control(forms.TextInput())
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, positions, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.positions = dict(positions)
        self.fields["who"].choices = [
            ("", _("Pilih")),
            ("applicant", _("Pemohon")),
            ("external", _("Instansi atau pihak lain")),
            ("position", _("Jabatan di kantor ini, belum dipilih")),
            (_("Jabatan di kantor ini"), [(f"position:{pk}", name) for pk, name in self.positions.items()]),
        ]

    @classmethod
    def inputs_of(cls, values):
        position = values.get("position_id")
        kind = values.get("kind") or (KINDS.POSITION if position else "")
        shown = {"who": f"position:{position}" if kind == KINDS.POSITION and position else kind}
        return shown | {key: values[key] for key in ("name",) if key in values}

    def clean(self):
        data = super().clean()
        who = data.get("who", "")
        kind, _colon, position = who.partition(":")
        data["kind"], data["position_id"] = kind, int(position) if position else None
        if not data.get("name"):
            # By default, the column is named after the choice.
            data["name"] = self.positions.get(data["position_id"], "") or (_("Pemohon") if kind == "applicant" else "")
            if who and not data["name"] and "name" not in self.errors:
                self.add_error("name", _("Isi nama kolomnya, misalnya nama instansi atau jabatan."))
        return data

    def to_save(self, was):
        return {name: self.cleaned_data[name] for name in self.INPUTS}

    def in_words(self, name, value):
        if name == "kind":
            return str(dict(KINDS.choices).get(value, ""))
        if name == "position_id":
            return self.positions.get(value, _("belum dipilih"))
        return super().in_words(name, value)
