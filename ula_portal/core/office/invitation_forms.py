"""Forms of the pages on which invited staff set their first password."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.text.fields import EmailField, LineField


class StartCodeForm(forms.Form):
    email = EmailField(label=gettext_lazy("Surel"), help_text=gettext_lazy("Seperti tercetak pada slip."))
    code = LineField(
        label=gettext_lazy("Kode awal"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "input-code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class FirstPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Kata sandi baru"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Buat yang panjang dan tidak mudah ditebak."),
    )
    again = forms.CharField(
        label=gettext_lazy("Ulangi kata sandi"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("Kedua kata sandi tidak sama. Tulis lagi."))
        return data
