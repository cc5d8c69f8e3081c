"""The forms of a service's page, one for each part that has fields."""

import datetime

from django import forms
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.catalogue.standard import EDITED
from services.models import Service
from ula_portal.core.text.fields import ListField
from ula_portal.core.web.field_saving.forms import EditorForm, control, textarea

from ..rules import values as names


def _line(label, limit=200, help_text="", **attrs):
    return forms.CharField(
        label=label, required=False, max_length=limit, help_text=help_text, widget=control(forms.TextInput(), **attrs)
    )


def _text(label, help_text="", rows=3):
    return forms.CharField(label=label, required=False, help_text=help_text, widget=textarea(rows))


def _lines(label, help_text, rows=3):
    return ListField(label=label, required=False, help_text=help_text, widget=textarea(rows))


def _number(label, help_text, least, most):
    return forms.IntegerField(
        label=label,
        required=False,
        help_text=help_text,
        min_value=least,
        max_value=most,
        widget=control(forms.NumberInput(), inputmode="numeric"),
    )


def _date(label, help_text=""):
    widget = control(forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=widget,
        error_messages={"invalid": _("Isi tanggal yang benar.")},
    )


def _choice(label, empty, help_text=""):
    """A select of rows, whose choices are set when the form is made. ``empty``: the words for no choice."""
    field = forms.TypedChoiceField(
        label=label,
        required=False,
        help_text=help_text,
        coerce=int,
        empty_value=None,
        widget=control(forms.Select()),
        error_messages={"invalid_choice": _("Pilih salah satu dari daftar.")},
    )
    field.empty_words = empty
    return field


class PartForm(EditorForm):
    """The base: dates as ISO text, lists one item per line, rows as (id, words) in ``choices`` by the field's name."""

    def __init__(self, *args, choices=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in (choices or {}).items():
            if name in self.fields:
                self.fields[name].choices = [("", self.fields[name].empty_words), *rows]

    @classmethod
    def inputs_of(cls, values):
        plain = ("audiences", "channels")
        return {
            name: "\n".join(value) if isinstance(value, list) and name not in plain else value
            for name, value in values.items()
        }

    def to_save(self, was):
        fields = super().to_save(was)
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in fields.items()
        }

    def in_words(self, name, value):
        field = self.fields[name]
        if isinstance(value, list):
            labels = dict(getattr(field, "choices", ()))
            return "\n".join(str(labels.get(each, each)) for each in value)
        if name in names.DATES and value:
            return date_format(datetime.date.fromisoformat(str(value)), "j F Y")
        if hasattr(field, "choices") and value not in (None, ""):
            return str(dict(field.choices).get(value, value))
        return super().in_words(name, value)


def _inputs(group):
    return {name: (name,) for name in group}


class IdentityForm(PartForm):
    INPUTS = _inputs(names.IDENTITY)
    name = _line(_("Nama layanan"), help_text=_("Sebut seperti masyarakat menyebutnya, misalnya “Legalisasi ijazah”."))
    kind = forms.ChoiceField(label=_("Jenis"), choices=Service.Kind.choices, widget=control(forms.Select()))
    category_id = _choice(_("Kelompok"), _("Pilih kelompok"))
    unit_id = _choice(_("Unit penanggung jawab"), _("Belum ada unit"))
    summary = _text(_("Ringkasan"), _("Satu atau dua kalimat: untuk apa layanan ini."), 2)
    audiences = forms.MultipleChoiceField(
        label=_("Untuk siapa"), choices=Service.AUDIENCES, required=False, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=_("Cara mengurus"), choices=Service.CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    synonyms = _lines(_("Kata lain"), _("Kata yang dipakai orang untuk mencari. Satu per baris."))
    when_not = _lines(_("Kapan tidak perlu diurus"), _("Keadaan yang tidak perlu diurus di sini. Satu per baris."), 2)
    where = _text(_("Ke mana"), _("Hanya untuk layanan yang bukan di sini: nama kantor yang menangani."), 2)
    after = _text(_("Setelah selesai"), _("Apa yang masih harus dilakukan pemohon sesudahnya."), 2)
    official_name = _line(_("Nama resmi"), 300, _("Nama menurut keputusan, bila berbeda."))
    ticket_letter = _line(_("Huruf antrean"), 1, _("Satu huruf pada nomor antrean. I, O, dan Q tidak dipakai."), size=3)

    def to_save(self, was):
        fields = super().to_save(was)
        fields["when_not"] = "\n".join(fields["when_not"])
        return fields


class ProcedureForm(PartForm):
    INPUTS = _inputs(names.PROCEDURE)
    sop_id = _choice(_("SOP"), _("Belum ada SOP"), _("Permohonan berjalan menurut langkah SOP ini."))
    working_days = _number(
        _("Jangka waktu pelayanan (hari kerja)"),
        _("Dihitung sejak berkas lengkap. Inilah janji kepada pemohon."),
        1,
        365,
    )


class LetterForm(PartForm):
    INPUTS = _inputs(names.LETTER)
    letter_template_id = _choice(
        _("Templat surat"), _("Templat umum kantor"), _("Tanpa pilihan, surat memakai templat umum kantor.")
    )


class StandardForm(PartForm):
    INPUTS = _inputs(names.STANDARD)
    product = _line(_("Hasil layanan"), 250, _("Komponen 5. Apa yang diterima pemohon, misalnya “Surat keterangan”."))
    fee_idr = _number(_("Biaya (rupiah)"), _("Komponen 4. Isi 0 bila gratis."), 0, 100_000_000)
    complaint_handling = _text(_("Penanganan pengaduan, saran, dan masukan"), _("Komponen 6."))
    legal_basis = _lines(_("Dasar hukum"), _("Komponen 7. Satu peraturan per baris."), 4)
    decree = _line(_("Nomor keputusan standar pelayanan"), 120)
    decree_date = _date(_("Tanggal keputusan"))
    reviewed_on = _date(_("Terakhir ditinjau"), _("Standar pelayanan ditinjau paling sedikit sekali setahun."))

    def components(self):
        return [self[name] for name in names.COMPONENTS]


for _number_of, _name in EDITED.items():
    StandardForm.base_fields[f"component_{_number_of}"] = _text(format_lazy("{}. {}", _number_of, _name), rows=2)
