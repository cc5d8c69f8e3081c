"""Forms of people: one person, a list of them, and the choice of whom to invite."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sop.exchange.json import MAX_BYTES
from ula_portal.core.models import Role
from ula_portal.core.office.rules.people import COLUMNS, PersonRow, role_names
from ula_portal.core.text.fields import EmailField, LineField
from ula_portal.core.text.words import megabytes
from ula_portal.core.verbs.errors import Refused

from .people_files import rows_of_text, rows_of_workbook


class PersonForm(forms.Form):
    """One person. ``names``: the office's positions as ``core.office.rules.names`` tells them apart."""

    full_name = LineField(label=gettext_lazy("Nama lengkap tanpa gelar"), max_length=150)
    front_title = LineField(label=gettext_lazy("Gelar depan"), max_length=40, required=False)
    back_title = LineField(label=gettext_lazy("Gelar belakang"), max_length=80, required=False)
    nip = LineField(label=gettext_lazy("NIP"), max_length=30, required=False)
    rank = LineField(label=gettext_lazy("Pangkat/golongan"), max_length=80, required=False)
    email = EmailField(
        label=gettext_lazy("Surel"),
        max_length=254,
        help_text=gettext_lazy("Dipakai untuk masuk. Surat tidak harus dapat dikirim ke alamat ini."),
    )
    positions = forms.ChoiceField(label=gettext_lazy("Jabatan"), required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Peran"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tanpa centang, peran mengikuti jabatan."),
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        positions = [("", _("Belum ada jabatan")), *((name, name) for name in names)]
        roles = list(zip(role_names(), Role.labels, strict=True))
        for name, choices in (("positions", positions), ("roles", roles)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    @property
    def row(self) -> PersonRow:
        texts = {name: self.cleaned_data[name] for name in COLUMNS[:7]}
        return PersonRow(1, **texts, roles=";".join(self.cleaned_data["roles"]))


class ListForm(forms.Form):
    """A workbook, or cells copied from one. ``rows``: what it holds."""

    file = forms.FileField(
        label=gettext_lazy("Berkas Excel"),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Atau tempel sel dari lembar kerja"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("Urutan kolom: nama, gelar depan, gelar belakang, NIP, pangkat, surel, jabatan, peran."),
    )
    rows: list[PersonRow]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file: UploadedFile[bytes] | None = data.get("file")
        try:
            if file and (file.size or 0) > MAX_BYTES:
                self.add_error(
                    "file", _("Berkas terlalu besar: paling besar %(size)s.") % {"size": megabytes(MAX_BYTES)}
                )
            elif file:
                self.rows = rows_of_workbook(file.read())
            elif data.get("text", "").strip():
                self.rows = rows_of_text(data["text"])
            elif not self.errors:
                self.add_error("file", _("Pilih berkas, atau tempel sel dari lembar kerja."))
        except Refused as error:
            self.add_error(error.field or None, str(error))
        return data
