"""Forms for importing SOP files."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sop.exchange import formats
from sop.exchange.json import MAX_BYTES, TooLarge
from ula_portal.core.models import Unit
from ula_portal.core.text.words import megabytes


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas SOP"),
        help_text=format_lazy(
            _("Excel (.xlsx), BPMN (.bpmn), atau JSON (.json), paling besar {size}."), size=megabytes(MAX_BYTES)
        ),
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
        """``units``: the units for which the user may import SOPs."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].widget.attrs["class"] = "form-select"

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(TooLarge().problems)
        return upload


class IntakeForm(forms.Form):
    """Questions before a file is imported: its unit, if that is not recognised, and whether a draft is replaced."""

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
    signed_file = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, intake, asks_unit, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if asks_unit:
            choices = [(unit.code, f"{unit.name} ({unit.code})") for unit in intake.near]
            self.fields["unit"].choices = choices if intake.proposed else [("", _("Pilih unit")), *choices]
        else:
            del self.fields["unit"]
        if not intake.edited:
            del self.fields["replace"]
