"""The catalogue's forms in the admin panel."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.fields.queries import current_form, fields_of
from services.fields.show_if import is_condition, names_in
from services.models import Requirement, Service
from ula_portal.core.text.fields import ListField

from .standard import EDITED


def _component():
    return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 90}))


class ServiceForm(forms.ModelForm):
    audiences = forms.MultipleChoiceField(
        label=_("Untuk siapa"), choices=Service.AUDIENCES, required=False, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=_("Cara mengurus"), choices=Service.CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    synonyms = ListField(
        label=_("Kata lain"), required=False, help_text=_("Kata yang dipakai orang untuk mencari, satu per baris.")
    )
    legal_basis = ListField(
        label=_("Dasar hukum"), required=False, help_text=_("Komponen 7 standar pelayanan. Satu per baris.")
    )

    component_8, component_9, component_10 = _component(), _component(), _component()
    component_11, component_12, component_13, component_14 = _component(), _component(), _component(), _component()

    def __init__(self, *args, **kwargs):
        """Fill one form field for each of the components 8 to 14, which share a JSON column."""
        super().__init__(*args, **kwargs)
        components = self.instance.internal_components or {}
        for number, name in EDITED.items():
            self.fields[f"component_{number}"].initial = components.get(str(number), "")
            self.fields[f"component_{number}"].label = f"{number}. {name}"

    class Meta:
        model = Service
        # Without the state, which only publish_service and withdraw_service change.
        fields = (
            *("code", "name", "official_name", "slug", "kind", "category", "audiences", "summary", "synonyms"),
            *("channels", "when_not", "where", "after", "order", "unit", "sop", "working_days", "fee_idr", "product"),
            *("complaint_handling", "legal_basis", "decree", "decree_date", "reviewed_on"),
            *("ticket_letter", "letter_template", "editor_note", "confidence"),
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "cols": 90})
            for name in ("summary", "when_not", "after", "where", "complaint_handling", "editor_note")
        }
        help_texts = {
            "editor_note": _("Hanya untuk petugas, tidak pernah ditampilkan kepada masyarakat."),
            "confidence": _("Hanya untuk petugas."),
            "slug": _("Alamat halaman. Mengubahnya memutus tautan yang sudah beredar."),
            "when_not": _("Keadaan yang tidak perlu diurus di sini, satu per baris. Tampil paling atas pada halaman."),
            "after": _("Apa yang masih harus dilakukan sesudahnya, misalnya di Dapodik atau BKPSDM."),
            "where": _("Hanya untuk layanan yang bukan di sini: nama kantor yang menangani."),
            "complaint_handling": _("Komponen 6 standar pelayanan."),
            "reviewed_on": _("Standar pelayanan ditinjau paling sedikit sekali setahun."),
        }

    def clean(self):
        cleaned = super().clean()
        if self.instance.state == Service.State.PUBLISHED and cleaned.get("kind") == Service.Kind.REQUEST:
            for name in ("sop", "working_days"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(
                        name, _("Layanan yang sedang diterbitkan memerlukan isian ini. Tarik layanan terlebih dahulu.")
                    )
        return cleaned

    def save(self, commit=True):
        """Merge the component fields into their JSON column before saving."""
        edited = {str(number): self.cleaned_data.get(f"component_{number}", "").strip() for number in EDITED}
        others = {key: text for key, text in (self.instance.internal_components or {}).items() if key not in edited}
        self.instance.internal_components = others | {key: text for key, text in edited.items() if text}
        return super().save(commit)


class RequirementForm(forms.ModelForm):
    class Meta:
        model = Requirement
        fields = ("order", "text", "kind", "required", "show_if", "active")
        widgets = {
            "text": forms.TextInput(attrs={"size": 60}),
            "show_if": forms.Textarea(attrs={"rows": 1, "cols": 24}),
        }
        help_texts = {"show_if": _('{"isian": ["jawaban"]} atau {}.')}

    def clean_show_if(self):
        condition = self.cleaned_data["show_if"] or {}
        if not is_condition(condition):
            raise forms.ValidationError(_('Tulis misalnya {"jenis": ["Hilang"]}.'))
        service = self.instance.service if self.instance.service_id else None
        form = current_form(service) if service else None
        unknown = set(names_in(condition)) - {field.name for field in fields_of(form.pk)} if form else set()
        if unknown:
            raise forms.ValidationError(
                _("Formulir tidak memiliki isian %(name)s.") % {"name": ", ".join(sorted(unknown))}
            )
        return condition
