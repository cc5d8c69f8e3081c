"""Forms of the admin panel for the verbs on a version."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sop.drafting.actions.positions import ActorChoice
from sop.models import SopActor
from ula_portal.core import clock
from ula_portal.core.models import Position
from ula_portal.core.notices import mail

from .actions.on_paper import PaperDecree


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
    """An SOP established on paper: its decree with the scan, and who signed it."""

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
        """The decree as ``record_paper_version`` expects it."""
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
    """Two fields per actor: its kind, and which position it is.

    ``near``: ids of the positions to preselect, by actor id, for actors that nobody has matched yet.
    """

    def __init__(self, actors, near=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.actors, self.near = list(actors), near or {}
        positions = [("", "—"), *((str(pk), name) for pk, name in Position.objects.values_list("pk", "name"))]
        for actor in self.actors:
            self.fields[f"kind_{actor.pk}"] = forms.ChoiceField(
                label=_("Jenis pelaksana “%(name)s”") % {"name": actor.name},
                choices=SopActor.Kind.choices,
                initial=SopActor.Kind.POSITION if actor.pk in self.near else actor.kind,
            )
            self.fields[f"actor_{actor.pk}"] = forms.ChoiceField(
                label=_("Jabatan untuk “%(name)s”") % {"name": actor.name},
                choices=positions,
                initial=str(actor.position_id or self.near.get(actor.pk, "")),
                required=False,
            )

    def rows(self):
        """Per actor: the actor, its two bound fields, and whether its position is preselected by name."""
        return [
            (actor, self[f"kind_{actor.pk}"], self[f"actor_{actor.pk}"], actor.pk in self.near) for actor in self.actors
        ]

    def clean(self):
        data = super().clean()
        for actor in self.actors:
            chosen = data.get(f"actor_{actor.pk}")
            if data.get(f"kind_{actor.pk}") == SopActor.Kind.POSITION and not chosen:
                self.add_error(f"actor_{actor.pk}", _("Pilih jabatannya."))
        return data

    def mapping(self) -> dict[int, ActorChoice]:
        """The choices as ``confirm_actors`` expects them, by actor id."""
        found = {}
        for actor in self.actors:
            kind, chosen = self.cleaned_data[f"kind_{actor.pk}"], self.cleaned_data[f"actor_{actor.pk}"]
            found[actor.pk] = ActorChoice(kind, int(chosen) if kind == SopActor.Kind.POSITION else None)
        return found
