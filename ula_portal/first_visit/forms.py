"""The form of the first visit."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Office, User
from ula_portal.core.text.fields import EmailField, LineField


class FirstVisitForm(forms.Form):
    """Who becomes the administrator, and what the office is called, unless it has a name (``named``) already."""

    name = LineField(
        label=gettext_lazy("Nama kantor"),
        max_length=Office._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=gettext_lazy("Misalnya Dinas Pendidikan."),
    )
    regency = LineField(
        label=gettext_lazy("Kabupaten atau kota"),
        max_length=Office._meta.get_field("regency").max_length,
        help_text=gettext_lazy("Misalnya Kabupaten Batu Bara."),
    )
    full_name = LineField(
        label=gettext_lazy("Nama lengkap Anda"),
        max_length=User._meta.get_field("full_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("Tanpa gelar. Gelar dapat ditambahkan kemudian."),
    )
    email = EmailField(
        label=gettext_lazy("Alamat surel Anda"),
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("Anda masuk dengan alamat ini."),
    )
    password = forms.CharField(
        label=gettext_lazy("Kata sandi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label=gettext_lazy("Kata sandi sekali lagi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, named: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if named:
            del self.fields["name"], self.fields["regency"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", _("Kedua kata sandi tidak sama."))
        return data

    @property
    def given(self) -> dict[str, str]:
        """Arguments of ``make_first_administrator`` from a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "again"}
