"""The form that takes a service's file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ula_portal.core.models import Unit
from ula_portal.core.verbs.errors import Refused

from .content import MAX_BYTES, Content, read_file


class ServiceFileForm(forms.Form):
    """A file, or its content once the user has been asked something about it. ``data`` is what it says."""

    file = forms.FileField(
        label=_("Berkas layanan (JSON)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=MAX_BYTES)
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("name"),
        label=_("Unit penanggung jawab"),
        required=False,
        empty_label=_("Menurut berkas"),
        help_text=_("Tidak wajib. Pilih bila unit dalam berkas tidak ada di kantor ini."),
    )
    replace = forms.BooleanField(required=False, label=_("Ganti layanan yang sudah ada"))
    read: Content

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        file = said.get("file")
        if file is None and not said.get("content"):
            self.add_error("file", _("Pilih berkas layanan."))
            return said
        try:
            self.read = read_file(file.read(MAX_BYTES + 1) if file else said["content"].encode())
        except Refused as refused:
            self.add_error("file", str(refused))
        return said
