"""The form of a step: all fields of a row of the table, with only the inputs that fit its shape."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sop.models import Step
from sop.rules.durations import WORKING_DAY, duration_in_words
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.web.field_saving.forms import EditorForm, control, textarea

UNITS = {"minutes": 60, "hours": 3600, "days": WORKING_DAY}
EXITS = ("next_id", "if_yes_id", "if_no_id")
# The shapes for which an input is shown. The verb decides what a change of shape does to the other fields.
SHOWN_FOR = {"next_id": ("start", "process"), "end_kind": ("end",)}
SHOWN_FOR |= dict.fromkeys(("if_yes_id", "if_no_id", "yes_label", "no_label"), ("decision",))
PLAIN = ("activity", "shape", "inputs", "per_item", "output", "note", "issues_letter")
PLAIN += ("end_kind", "yes_label", "no_label")
MAX_SECONDS = 60_000_000


class ActorList(forms.TypedMultipleChoiceField):
    """Several selects with the same name, for the actors in their order. Empty ones are ignored."""

    def to_python(self, value):
        return super().to_python([each for each in dict.fromkeys(value or []) if each])


class DraftStepForm(EditorForm):
    """The form of a step; its selects need the version's actors and other steps."""

    INPUTS = {name: (name,) for name in (*PLAIN, *EXITS, "time_text")}
    INPUTS |= {"actor_ids": ("actors",), "seconds": ("time_number", "time_unit")}
    activity = forms.CharField(
        label=gettext_lazy("Uraian kegiatan"),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("Awali dengan kata kerja, misalnya “Menerima berkas”. Keputusan ditulis sebagai tanya."),
        widget=textarea(2),
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("Bentuk"),
        choices=Step.Shape.choices,
        error_messages={"required": gettext_lazy("Pilih bentuk langkah ini.")},
    )
    actors = ActorList(label=gettext_lazy("Pelaksana"), coerce=int, required=False)
    inputs = forms.CharField(label=gettext_lazy("Kelengkapan"), max_length=5000, required=False, widget=textarea(2))
    time_number = forms.CharField(
        label=gettext_lazy("Waktu"),
        max_length=12,
        required=False,
        widget=control(forms.TextInput(), inputmode="decimal"),
    )
    time_unit = forms.ChoiceField(
        label=gettext_lazy("Satuan waktu"),
        required=False,
        choices=[
            ("minutes", gettext_lazy("menit")),
            ("hours", gettext_lazy("jam")),
            ("days", gettext_lazy("hari kerja")),
        ],
        widget=control(forms.Select()),
    )
    per_item = forms.BooleanField(label=gettext_lazy("per berkas"), required=False)
    time_text = forms.CharField(
        label=gettext_lazy("Tulisan waktu di tabel"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Kosongkan bila sama dengan waktu di atas."),
        widget=control(forms.TextInput()),
    )
    output = forms.CharField(label=gettext_lazy("Output"), max_length=5000, required=False, widget=textarea(2))
    note = forms.CharField(label=gettext_lazy("Keterangan"), max_length=5000, required=False, widget=textarea(2))
    next_id = forms.TypedChoiceField(label=gettext_lazy("Langkah berikutnya"), coerce=int, required=False)
    yes_label = forms.CharField(
        label=gettext_lazy("Sebutan “ya”"),
        max_length=40,
        required=False,
        widget=control(forms.TextInput(), placeholder=gettext_lazy("Ya")),
    )
    if_yes_id = forms.TypedChoiceField(label=gettext_lazy("Bila ya, ke langkah"), coerce=int, required=False)
    no_label = forms.CharField(
        label=gettext_lazy("Sebutan “tidak”"),
        max_length=40,
        required=False,
        widget=control(forms.TextInput(), placeholder=gettext_lazy("Tidak")),
    )
    if_no_id = forms.TypedChoiceField(label=gettext_lazy("Bila tidak, ke langkah"), coerce=int, required=False)
    end_kind = forms.ChoiceField(
        label=gettext_lazy("Berakhir sebagai"),
        required=False,
        choices=Step.EndKind.choices,
        widget=control(forms.Select()),
    )
    issues_letter = forms.BooleanField(
        label=gettext_lazy("Surat dibuat di langkah ini"),
        required=False,
        help_text=gettext_lazy("Bila tidak ada yang dicentang, surat dibuat di langkah kantor yang terakhir."),
    )

    def __init__(self, actors, steps, *args, **kwargs):
        """``actors``: pairs (id, name) in order; ``steps``: pairs (id, "4. Memeriksa berkas") without this one."""
        super().__init__(*args, **kwargs)
        self.actor_names, self.step_names = dict(actors), dict(steps)
        self.fields["actors"].choices = list(actors)
        for name in EXITS:
            field = self.fields[name]
            field.widget = control(forms.Select())
            field.choices = [("", _("Belum ditentukan")), *steps]
            field.empty_value = None
            field.error_messages["invalid_choice"] = _("Langkah itu sudah tidak ada. Pilih langkah lain.")
        derived = duration_in_words(self._seconds_shown())
        if derived:
            self.fields["time_text"].widget.attrs["placeholder"] = derived

    def _seconds_shown(self):
        try:
            return _seconds(self["time_number"].value(), self["time_unit"].value())
        except forms.ValidationError:
            return None

    @classmethod
    def inputs_of(cls, values):
        shown = {name: value for name, value in values.items() if name not in ("seconds", "actor_ids")}
        if "actor_ids" in values:
            shown["actors"] = values["actor_ids"]
        if "seconds" in values:
            shown["time_number"], shown["time_unit"] = _number_and_unit(values["seconds"])
            if values.get("time_text") == duration_in_words(values["seconds"]):
                shown["time_text"] = ""
        return shown

    def clean(self):
        data = super().clean()
        try:
            data["seconds"] = _seconds(data.get("time_number"), data.get("time_unit"))
        except forms.ValidationError as error:
            self.add_error("time_number", error)
        return data

    def to_save(self, was):
        data = self.cleaned_data
        fields = {name: data[name] for name in (*PLAIN, *EXITS, "seconds", "time_text")} | {"actor_ids": data["actors"]}
        fields |= {name: was[name] for name in self.unseen()}
        # If the words only repeat the number, the form shows them empty, and they have to be kept.
        derived = bool(was["time_text"]) and was["time_text"] == duration_in_words(was["seconds"])
        if not fields["time_text"] and fields["seconds"] == was["seconds"] and derived:
            fields["time_text"] = was["time_text"]
        return fields

    def unseen(self):
        return {name for name, shapes in SHOWN_FOR.items() if self.cleaned_data["shape"] not in shapes}

    def in_words(self, name, value):
        if name == "actor_ids":
            return ", ".join(self.actor_names.get(pk, "?") for pk in value or ())
        if name in EXITS:
            return self.step_names.get(value, _("belum ditentukan"))
        if name == "seconds":
            return duration_in_words(value)
        if name == "shape":
            return str(dict(Step.Shape.choices).get(value, ""))
        if name == "end_kind":
            return str(dict(Step.EndKind.choices).get(value, ""))
        if isinstance(value, bool):
            return _("ya") if value else _("tidak")
        return super().in_words(name, value)

    def actor_slots(self):
        """The ids for the selects of actors: the chosen ones, then None for an empty select."""
        chosen = map(row_id, self["actors"].value() or [])
        return [each for each in chosen if each] + [None]


def _number_and_unit(seconds):
    """A time as (number, unit): in the largest unit that gives a whole number, else in minutes with a comma."""
    if seconds is None:
        return "", "minutes"
    for unit in ("days", "hours", "minutes"):
        if seconds and seconds % UNITS[unit] == 0:
            return str(seconds // UNITS[unit]), unit
    return f"{Decimal(seconds) / 60:.2f}".rstrip("0").rstrip(".").replace(".", ","), "minutes"


def _seconds(number, unit):
    """The seconds of a number such as "1,5" and a unit such as "hours"; None without a number.

    Raises: ValidationError.
    """
    text = str(number or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or value < 0:
        raise forms.ValidationError(_("Isi waktu dengan angka, misalnya 15 atau 1,5."))
    seconds = round(value * UNITS.get(unit, 60))
    if seconds > MAX_SECONDS:
        raise forms.ValidationError(_("Waktu ini terlalu besar."))
    return seconds
