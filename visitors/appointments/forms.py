"""Forms of appointments; they only validate input, the rules are in ``actions``."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.data.idempotency import new_key
from ula_portal.core.notices import mail
from ula_portal.core.text.fields import EmailField, LineField

from .actions.appointments import Contact


class BookingForm(forms.Form):
    """Who comes. Only the name is required; the request's code proves that its number may be used."""

    idempotency_key = LineField(widget=forms.HiddenInput, max_length=64, required=False)
    name = LineField(
        label=gettext_lazy("Nama Anda"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = LineField(
        label=gettext_lazy("Nomor HP (tidak wajib)"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = EmailField(
        label=gettext_lazy("Surel (email), tidak wajib"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wants_reminder = forms.BooleanField(
        label=gettext_lazy("Ingatkan saya pada hari kerja sebelumnya (perlu nomor HP atau surel)"), required=False
    )
    request_number = LineField(
        label=gettext_lazy("Nomor permohonan"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "ULA-2026-000123", "autocomplete": "off", "class": "input-code"}),
    )
    request_code = LineField(
        label=gettext_lazy("Kode pelacakan"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "ABCD EFGH", "autocomplete": "off", "class": "input-code"}),
    )
    # A honeypot: people never see it, robots fill it in.
    situs_web = LineField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = new_key()
        self.fields["name"].error_messages["required"] = _("Tulis nama Anda.")
        if not mail.is_sent():
            self.fields["wants_reminder"].label = _("Ingatkan saya pada hari kerja sebelumnya (perlu nomor HP)")

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("situs_web"))

    def clean(self):
        data = super().clean()
        if data.get("request_number") and not data.get("request_code"):
            self.add_error("request_code", _("Ketik kode pelacakan dari tanda terima, atau kosongkan nomornya."))
        if data.get("request_code") and not data.get("request_number"):
            self.add_error("request_number", _("Tulis nomor permohonannya, atau kosongkan kodenya."))
        return data

    def values(self) -> dict:
        """Arguments of ``appointments.actions.appointments.book`` except slot, actor and request."""
        data = self.cleaned_data
        contact = Contact(data["name"], data["phone"], data["email"], data["wants_reminder"])
        return {"contact": contact, "key": data["idempotency_key"]}


class BookingCodeForm(forms.Form):
    """The code of an appointment, typed from paper."""

    code = LineField(
        label=gettext_lazy("Kode janji"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "ABCD EFGH JKMN", "autocomplete": "off", "class": "input-code"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = _("Isian ini wajib diisi.")
