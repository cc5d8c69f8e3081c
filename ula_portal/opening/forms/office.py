"""Forms of the set-up. Hidden initial values let two administrators change different fields at the same time."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Office
from ula_portal.core.office.emblem import Emblem, drawn
from ula_portal.core.text.fields import EmailField, LineField, ListField, TextField
from ula_portal.core.verbs.errors import Refused

_SITE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/[\w./~-]*)?", re.IGNORECASE)


class OfficePart(forms.Form):
    """Some columns of the office's row. ``changed``: only what the user changed on the page they saw."""

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        initial = {name: getattr(office, name) for name in self.base_fields}
        # What is not stored yet counts as changed, even if the user leaves it as it is suggested.
        self.fresh = self.suggested(office) if office.pk else initial
        super().__init__(*args, initial={**initial, **self.fresh}, **kwargs)
        for name, field in self.fields.items():
            field.show_hidden_initial = name not in self.fresh

    def suggested(self, office: Office) -> dict[str, Any]:
        """Values to start from where the office has none."""
        return {}

    @property
    def changed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in {*self.changed_data, *self.fresh}}


class OfficeForm(OfficePart):
    name = LineField(
        label=gettext_lazy("Nama kantor"),
        max_length=150,
        help_text=gettext_lazy("Tanpa nama daerah, misalnya Dinas Pendidikan."),
    )
    regency = LineField(
        label=gettext_lazy("Kabupaten atau kota"),
        max_length=150,
        help_text=gettext_lazy("Lengkap, misalnya Kabupaten Batu Bara."),
    )
    address = TextField(
        label=gettext_lazy("Alamat"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
        help_text=gettext_lazy("Jalan, nomor, dan kecamatan. Tercantum pada halaman dan kop surat."),
    )
    phone = LineField(
        label=gettext_lazy("Telepon"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = EmailField(label=gettext_lazy("Surel"), max_length=254, required=False)
    city = LineField(
        label=gettext_lazy("Tempat penandatanganan surat"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Tercetak di depan tanggal surat, misalnya Limapuluh."),
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not re.fullmatch(r"\+?[\d ()./-]{5,39}", phone):
            raise ValidationError(_("Tulis nomor telepon dengan angka, misalnya (0622) 123456."))
        return phone


class EmblemForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Gambar logo (PNG atau SVG)"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/svg+xml,.svg"}),
        help_text=gettext_lazy("Latar tembus pandang paling baik. Berkas aslinya tidak kami simpan."),
    )

    def clean_picture(self) -> Emblem:
        try:
            return drawn(self.cleaned_data["picture"])
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None


class LetterheadForm(OfficePart):
    letterhead = ListField(
        label=gettext_lazy("Baris kop surat"),
        help_text=gettext_lazy("Satu baris kop per baris. Baris terakhir dicetak besar."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    postal_code = LineField(
        label=gettext_lazy("Kode pos"),
        max_length=5,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    website = LineField(
        label=gettext_lazy("Situs web"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Misalnya disdik.batubarakab.go.id."),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    LINES, LENGTH = 4, 80

    def suggested(self, office: Office) -> dict[str, Any]:
        if office.letterhead:
            return {}
        return {"letterhead": [f"PEMERINTAH {office.regency}".upper(), office.name.upper()]}

    def clean_letterhead(self) -> list[str]:
        lines: list[str] = self.cleaned_data["letterhead"]
        if len(lines) > self.LINES:
            raise ValidationError(_("Kop surat paling banyak %(n)s baris.") % {"n": self.LINES})
        if any(len(line) > self.LENGTH for line in lines):
            raise ValidationError(_("Satu baris kop paling banyak %(n)s huruf.") % {"n": self.LENGTH})
        return lines

    def clean_postal_code(self) -> str:
        code: str = self.cleaned_data["postal_code"]
        if code and not re.fullmatch(r"[0-9]{5}", code):
            raise ValidationError(_("Kode pos terdiri atas lima angka."))
        return code

    def clean_website(self) -> str:
        site: str = re.sub(r"^https?://", "", self.cleaned_data["website"], flags=re.IGNORECASE).rstrip("/")
        if site and not _SITE.fullmatch(site):
            raise ValidationError(_("Tulis alamat situs, misalnya disdik.batubarakab.go.id."))
        return site
