"""Forms of the public pages on which anybody verifies a letter: by its code, or by comparing a file with it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ula_portal.core.security import codes
from ula_portal.core.text.fields import LineField
from ula_portal.core.text.words import megabytes

from .queries import CODE_LENGTH

# Larger than any letter of the portal, so a larger file needs no comparison.
COMPARE_MAX_BYTES = 10 * 1024 * 1024


class VerifyForm(forms.Form):
    """The code that is printed below a letter's QR code; cleaned by ``codes.normalise``, so without hyphens."""

    # More than CODE_LENGTH, for the hyphens and spaces that people type between the groups.
    code = LineField(
        label=_("Kode pada surat"),
        help_text=format_lazy(_("{n} huruf dan angka di bawah kode QR, misalnya ABCD-EFGH-JKMN."), n=CODE_LENGTH),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self):
        code = codes.normalise(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            sentence = _("Kode terdiri atas %(n)s huruf dan angka. Periksa penulisannya.")
            raise ValidationError(sentence % {"n": CODE_LENGTH})
        return code


class CompareForm(forms.Form):
    """A PDF that somebody received; the page compares its hash with that of the issued letter."""

    file = forms.FileField(
        label=_("Berkas surat (PDF)"),
        help_text=_("Berkas hanya dibandingkan, tidak disimpan."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > COMPARE_MAX_BYTES:
            sentence = _("Berkas melebihi %(size)s, jadi bukan surat dari portal ini.")
            raise ValidationError(sentence % {"size": megabytes(COMPARE_MAX_BYTES)})
        return upload
