"""The forms of the identity block and of a new SOP."""

import datetime

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sop.exchange.json import BOXES, MAX_LINE, MAX_LINES
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.fields import ListField
from ula_portal.core.text.words import grouped
from ula_portal.core.web.field_saving.forms import EditorForm, control, textarea

ONE_PER_LINE = _("Satu butir per baris.")


class ItemsField(ListField):
    """A list of the identity block, within the limits of an SOP's content."""

    def __init__(self, label, rows=4):
        super().__init__(label=label, required=False, help_text=ONE_PER_LINE, widget=textarea(rows))

    def validate(self, value):
        super().validate(value)
        if any(len(line) > MAX_LINE for line in value):
            raise forms.ValidationError(_("Satu butir paling panjang %(n)s huruf.") % {"n": grouped(MAX_LINE)})
        if len(value) > MAX_LINES:
            raise forms.ValidationError(_("Paling banyak %(n)s butir.") % {"n": MAX_LINES})


def name_field():
    return forms.CharField(
        label=_("Nama SOP"),
        max_length=300,
        widget=control(forms.TextInput()),
        error_messages={"required": _("Isi nama SOP.")},
    )


def unit_field(units):
    return forms.TypedChoiceField(
        label=_("Unit penyusun"),
        choices=[("", _("Pilih unit")), *((unit.pk, unit.name) for unit in units)],
        coerce=int,
        widget=control(forms.Select()),
        error_messages={"required": _("Pilih unit penyusun.")},
    )


class NewSopForm(forms.Form):
    """Name and unit of a new SOP. Without a number, the portal assigns one that can be changed later."""

    use_required_attribute = False
    name = name_field()
    number = forms.CharField(
        label=_("Nomor SOP"),
        max_length=80,
        required=False,
        widget=control(forms.TextInput()),
        help_text=_("Bila kosong, portal membuat nomor sementara yang dapat diganti."),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, units, *args, **kwargs):
        initial = {"key": new_key(), "unit_id": units[0].pk if len(units) == 1 else ""}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["name"].help_text = _("Misalnya “Legalisasi Ijazah”.")
        self.fields["unit_id"] = unit_field(units)
        self.order_fields(["name", "unit_id", "number", "key"])


class IdentityForm(EditorForm):
    """Name, number, unit, date and the six boxes. The other dates are set at approval."""

    INPUTS = {name: (name,) for name in ("name", "number", "unit_id", "created_on", *BOXES)}
    name = name_field()
    number = forms.CharField(
        label=_("Nomor SOP"),
        max_length=80,
        widget=control(forms.TextInput()),
        error_messages={"required": _("Isi nomor SOP.")},
    )
    created_on = forms.DateField(
        label=_("Tanggal pembuatan"),
        required=False,
        help_text=_("Hari SOP ini selesai disusun."),
        error_messages={"invalid": _("Isi tanggal yang benar.")},
        widget=control(forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
    )
    legal_basis = ItemsField(_("Dasar hukum"))
    qualifications = ItemsField(_("Kualifikasi pelaksana"))
    related = ItemsField(_("Keterkaitan"))
    equipment = ItemsField(_("Peralatan/perlengkapan"))
    warnings = ItemsField(_("Peringatan"))
    records = ItemsField(_("Pencatatan dan pendataan"))

    def __init__(self, units, *args, numbered=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit_id"] = unit_field(units)
        if not numbered:
            # The number can only be changed in the first version.
            del self.fields["number"]
        self.order_fields(["name", "number", "unit_id", "created_on", *BOXES])

    @classmethod
    def inputs_of(cls, values):
        return {name: "\n".join(value) if isinstance(value, list) else value for name, value in values.items()}

    def to_save(self, was):
        fields = super().to_save(was)
        fields["created_on"] = fields["created_on"].isoformat() if fields["created_on"] else None
        return fields

    def in_words(self, name, value):
        if isinstance(value, list):
            return "\n".join(value)
        if name == "unit_id":
            return str(dict(self.fields["unit_id"].choices).get(value, ""))
        if name == "created_on":
            return date_format(datetime.date.fromisoformat(str(value)), "j F Y") if value else ""
        return super().in_words(name, value)

    def boxes(self):
        return [self[name] for name in BOXES]
