"""The form of a new service, or of a copy of another."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.models import Service
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.web.field_saving.forms import control


class NewServiceForm(forms.Form):
    """Name, kind, group and unit. A copy has the kind and the group of its ``source``."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Nama layanan"),
        max_length=200,
        widget=control(forms.TextInput()),
        help_text=_("Sebut seperti masyarakat menyebutnya, misalnya “Legalisasi ijazah”."),
        error_messages={"required": _("Isi nama layanan.")},
    )
    kind = forms.ChoiceField(
        label=_("Jenis"), choices=Service.Kind.choices, initial=Service.Kind.REQUEST, widget=control(forms.Select())
    )
    category = forms.CharField(
        label=_("Kelompok"),
        max_length=100,
        widget=control(forms.TextInput(), list="kelompok"),
        help_text=_("Pilih yang ada, atau tulis nama kelompok baru."),
        error_messages={"required": _("Pilih atau tulis kelompok layanan.")},
    )
    unit = forms.TypedChoiceField(
        label=_("Unit penanggung jawab"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=control(forms.Select()),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, units, *args, source=None, may_leave_out=False, **kwargs):
        initial = {"key": new_key(), "unit": units[0].pk if len(units) == 1 else ""}
        if source:
            known = source.unit_id in {unit.pk for unit in units}
            initial |= {"unit": source.unit_id if known else initial["unit"]}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["unit"].choices = [("", _("Pilih unit")), *((unit.pk, unit.name) for unit in units)]
        if not may_leave_out:
            self.fields["unit"].required = True
            self.fields["unit"].error_messages["required"] = _("Pilih unit penanggung jawab.")
        if source:
            del self.fields["kind"], self.fields["category"]


class NewTemplateForm(forms.Form):
    """The name of a letter template that a service gets of its own."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Nama templat"),
        max_length=150,
        widget=control(forms.TextInput()),
        error_messages={"required": _("Isi nama templat.")},
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, name, *args, **kwargs):
        super().__init__(*args, initial={"key": new_key(), "name": name}, prefix="templat", **kwargs)
