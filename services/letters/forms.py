"""Forms of the verification pages."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ula_portal.core.security import codes
from ula_portal.core.text.fields import LineField

from .queries import CODE_LENGTH

COMPARE_MAX_BYTES = 10 * 1024 * 1024


class VerifyForm(forms.Form):
    code = LineField(
        label=_("Kode pada surat"),
        help_text=_("Dua belas huruf dan angka di bawah kode QR, misalnya ABCD-EFGH-JKMN."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self):
        code = codes.normalise(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise ValidationError(_("Kode terdiri atas 12 huruf dan angka. Periksa penulisannya."))
        return code


class CompareForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas surat (PDF)"),
        help_text=_("Berkas hanya dibandingkan, tidak disimpan."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > COMPARE_MAX_BYTES:
            raise ValidationError(_("Berkas melebihi 10 MB, jadi bukan surat dari portal ini."))
        return upload
