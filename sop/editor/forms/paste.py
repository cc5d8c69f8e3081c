"""The form for rows pasted from a spreadsheet."""

import csv
import io

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.words import grouped
from ula_portal.core.web.field_saving.forms import textarea

MAX_LETTERS = 200_000


class PasteForm(forms.Form):
    use_required_attribute = False
    text = forms.CharField(
        label=_("Isi tabel"),
        max_length=MAX_LETTERS,
        strip=False,
        widget=textarea(10, spellcheck="false", wrap="off"),
        error_messages={
            "required": _("Tempel dahulu isi tabelnya."),
            "max_length": format_lazy(
                _("Isi ini terlalu besar: paling banyak {n} huruf sekaligus."), n=grouped(MAX_LETTERS)
            ),
        },
    )
    replace = forms.TypedChoiceField(
        label=_("Masukkan sebagai"),
        choices=[
            ("", _("Tambahkan sesudah langkah yang sudah ada")),
            ("1", _("Ganti semua langkah yang sudah ada")),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"key": new_key()}, **kwargs)

    def clean_text(self):
        text = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        if "\t" not in text:
            raise forms.ValidationError(
                _("Ini bukan salinan tabel. Pilih sel-selnya di lembar kerja, salin, lalu tempel di sini.")
            )
        return text

    def table(self) -> list[list[str]]:
        """The cells. Spreadsheets copy them separated by tabs, with quotes around cells of several lines."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        try:
            return list(csv.reader(io.StringIO(text), dialect="excel-tab"))
        except csv.Error:
            return [line.split("\t") for line in text.split("\n")]
