"""Forms of the admin panel: they only translate into verbs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sop.drafting.actions.positions import ActorChoice
from sop.exchange import formats
from sop.exchange.json import MAX_BYTES
from sop.models import Actor
from ula_portal.core import clock
from ula_portal.core.models import Position, Unit
from ula_portal.core.notices import mail

from .actions.on_paper import PaperDecree


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas SOP"),
        help_text=_("Excel (.xlsx), BPMN (.bpmn), atau JSON (.json), paling besar 2 MB."),
        error_messages={"required": _("Pilih berkas SOP."), "empty": _("Berkas ini kosong.")},
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(formats.SUFFIXES), "class": "form-control"}),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        required=False,
        empty_label=_("Menurut berkas"),
        to_field_name="code",
        help_text=_("Dipakai bila unit yang tertulis dalam berkas tidak dikenal."),
    )

    def __init__(self, units, *args, **kwargs):
        """``units``: those for which the person takes SOPs in."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].widget.attrs["class"] = "form-select"

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("Berkas terlalu besar: paling besar 2 MB untuk satu SOP."))
        return upload


class IntakeForm(forms.Form):
    """What is asked before a file is taken in: its unit, where that is not recognised; whose draft it may replace."""

    unit = forms.ChoiceField(
        label=_("Unit"),
        error_messages={"required": _("Pilih unitnya."), "invalid_choice": _("Pilih unitnya.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    replace = forms.BooleanField(
        label=_("Ya, ganti draf itu dengan isi berkas ini"),
        error_messages={"required": _("Centang bila draf itu memang akan diganti, atau tekan Batal.")},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    held = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, intake, asks_unit, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if asks_unit:
            choices = [(unit.code, f"{unit.name} ({unit.code})") for unit in intake.near]
            self.fields["unit"].choices = choices if intake.proposed else [("", _("Pilih unit")), *choices]
        else:
            del self.fields["unit"]
        if not intake.edited:
            del self.fields["replace"]


class ApprovalForm(forms.Form):
    decree = forms.CharField(
        label=_("Nomor keputusan pengesahan"),
        max_length=120,
        error_messages={"required": _("Isi nomor keputusan pengesahan.")},
    )
    decree_date = forms.DateField(
        label=_("Tanggal keputusan"),
        initial=clock.today,
        error_messages={"required": _("Isi tanggal keputusan."), "invalid": _("Isi tanggal yang benar.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    effective_from = forms.DateField(
        label=_("Tanggal efektif"),
        initial=clock.today,
        error_messages={"required": _("Isi tanggal efektif."), "invalid": _("Isi tanggal yang benar.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PaperForm(forms.Form):
    """An SOP established on paper: its decree with the scan, and who signed."""

    decree = forms.CharField(
        label=_("Nomor keputusan"), error_messages={"required": _("Isi nomor keputusan pengesahan.")}
    )
    decree_date = forms.DateField(
        label=_("Tanggal keputusan"),
        error_messages={"required": _("Isi tanggal keputusan."), "invalid": _("Isi tanggal yang benar.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    effective_from = forms.DateField(
        label=_("Tanggal efektif"),
        error_messages={"required": _("Isi tanggal efektif."), "invalid": _("Isi tanggal yang benar.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    position = forms.CharField(
        label=_("Jabatan yang menandatangani"), error_messages={"required": _("Isi jabatan yang menandatangani.")}
    )
    name = forms.CharField(
        label=_("Nama yang menandatangani"),
        help_text=_("Dengan gelar, seperti tertulis pada SOP."),
        error_messages={"required": _("Isi nama yang menandatangani.")},
    )
    rank = forms.CharField(label=_("Pangkat/golongan (tidak wajib)"), required=False)
    nip = forms.CharField(label=_("NIP (tidak wajib)"), required=False)
    scan = forms.FileField(
        label=_("Pindaian keputusan"),
        help_text=_("PDF, JPG, atau PNG. Hanya pembaca versi ini yang dapat membukanya."),
        error_messages={"required": _("Pilih pindaian keputusannya."), "empty": _("Berkas ini kosong.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_paper_%s", **kwargs)

    def paper(self) -> PaperDecree:
        """What ``record_paper_version`` takes."""
        return PaperDecree(**{name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"})


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label=_("Usulan Anda"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Ubah tulisannya. Penyusun memakai atau menolaknya."),
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Yang perlu diperbaiki"),
        help_text=_("Dibaca penyusun di editor dan dalam pemberitahuannya."),
        error_messages={"required": _("Tulis apa yang perlu diperbaiki, supaya penyusun tahu.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not mail.is_sent():
            self.fields["reason"].help_text = _("Dibaca penyusun di editor.")


class ActorsForm(forms.Form):
    """Two fields per actor: what it is, and for a position which one.

    ``near``: positions to propose, by actor id, where nobody has chosen one yet.
    """

    def __init__(self, actors, near=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.actors, self.near = list(actors), near or {}
        positions = [("", "—"), *((str(pk), name) for pk, name in Position.objects.values_list("pk", "name"))]
        for actor in self.actors:
            self.fields[f"kind_{actor.pk}"] = forms.ChoiceField(
                label=_("Jenis pelaksana “%(name)s”") % {"name": actor.name},
                choices=Actor.Kind.choices,
                initial=Actor.Kind.POSITION if actor.pk in self.near else actor.kind,
            )
            self.fields[f"actor_{actor.pk}"] = forms.ChoiceField(
                label=_("Jabatan untuk “%(name)s”") % {"name": actor.name},
                choices=positions,
                initial=str(actor.position_id or self.near.get(actor.pk, "")),
                required=False,
            )

    def rows(self):
        """Per actor: the actor, its field for the kind, its field for the position, whether that is near by name."""
        return [
            (actor, self[f"kind_{actor.pk}"], self[f"actor_{actor.pk}"], actor.pk in self.near) for actor in self.actors
        ]

    def clean(self):
        data = super().clean()
        for actor in self.actors:
            chosen = data.get(f"actor_{actor.pk}")
            if data.get(f"kind_{actor.pk}") == Actor.Kind.POSITION and not chosen:
                self.add_error(f"actor_{actor.pk}", _("Pilih jabatannya."))
        return data

    def mapping(self) -> dict[int, ActorChoice]:
        """What ``confirm_actors`` takes."""
        found = {}
        for actor in self.actors:
            kind, chosen = self.cleaned_data[f"kind_{actor.pk}"], self.cleaned_data[f"actor_{actor.pk}"]
            found[actor.pk] = ActorChoice(kind, int(chosen) if kind == Actor.Kind.POSITION else None)
        return found
