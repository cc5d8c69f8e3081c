"""The reason for declaring a file complete although some of its papers are not accepted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ula_portal.core.text.fields import TextField


class PapersForm(forms.Form):
    """Asks for the reason only after the verb has refused and named the papers; until then the field is hidden."""

    papers_reason = TextField(
        label=_("Alasan tetap melanjutkan"),
        help_text=_("Tercatat tetap beserta nama dan waktu."),
        required=False,
        widget=forms.HiddenInput,
        max_length=1000,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("papers_reason"):
            self._show()

    def _show(self):
        if "papers_reason" in self.fields:
            self.fields["papers_reason"].widget = forms.Textarea(attrs={"rows": 2})

    def add_error(self, field, error):
        if field == "papers_reason":
            self._show()
        super().add_error(field, error)
