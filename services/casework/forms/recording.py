"""The form that records steps done outside the portal, with a row for each step that may be completed now."""

from dataclasses import dataclass

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.attachments.forms import PapersForm
from services.engine.actions.recording import DoneStep
from services.engine.queries.recording import RecordableStep
from ula_portal.core import clock
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.fields import TextField

PHOTO_TYPES = "image/jpeg,image/png,image/heic,.heic,application/pdf"


@dataclass(frozen=True)
class FormRow:
    """A step with its bound fields. ``sent_on`` is set only for the first step, if it is another agency's."""

    step: object
    own: bool
    sent_on: forms.BoundField | None
    day: forms.BoundField
    note: forms.BoundField


class RecordForm(PapersForm):
    """Days and notes of consecutive steps, or the answer of one decision.

    ``row``: from ``recordable_steps``, never empty. ``late``: the open step is past its alarm. The photo is validated
    and saved before the other fields, so that their errors do not lose it.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    run = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(label=gettext_lazy("Jawaban pada lembar"), widget=forms.RadioSelect)
    photo = forms.FileField(
        label=gettext_lazy("Foto lembar"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PHOTO_TYPES}),
    )
    deviation_reason = TextField(
        label=gettext_lazy("Alasan pengecualian dari SOP"),
        help_text=gettext_lazy(
            "Wajib bila langkah ini selesai setelah batas langkah. Tercatat tetap beserta nama dan waktu."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )

    def __init__(self, *args, row: list[RecordableStep], run, received, late, **kwargs):
        super().__init__(*args, **kwargs)
        self.row, self.received, self.today = row, received, clock.today()
        self.fields["run"].initial = run.pk
        first = row[0].step
        if first.shape == "decision":
            self.fields["answer"].choices = [("yes", capfirst(first.yes_label)), ("no", capfirst(first.no_label))]
        else:
            del self.fields["answer"], self.fields["papers_reason"]
        if not late:
            del self.fields["deviation_reason"]
        if first.lead_kind == "external":
            self.fields["sent_on"] = self._day(
                _("Tanggal dikirim ke instansi"), True, clock.local(run.offered_at).date()
            )
        for place, each in enumerate(row):
            self._add_row(each, place)

    def _add_row(self, each, place):
        step = each.step
        if step.lead_kind == "external":
            label = _("Tanggal selesai di instansi")
        else:
            label = _("Tanggal pada lembar") if each.from_paper else _("Tanggal selesai")
        initial = self.today if place == 0 and not each.from_paper else None
        self.fields[f"day_{step.no}"] = self._day(label, place == 0, initial)
        self.fields[f"note_{step.no}"] = TextField(
            label=_note_label(each),
            widget=forms.Textarea(attrs={"rows": 2}),
            required=False,
            max_length=2000,
        )

    def _day(self, label, required, initial):
        bounds = {"type": "date", "min": self.received.isoformat(), "max": self.today.isoformat()}
        return forms.DateField(
            label=label,
            required=required,
            initial=initial,
            widget=forms.DateInput(attrs=bounds, format="%Y-%m-%d"),
            error_messages={"required": _("Isi tanggal ini.")},
        )

    @property
    def rows(self) -> list[FormRow]:
        sent_on = self["sent_on"] if "sent_on" in self.fields else None
        return [
            FormRow(each.step, each.own, None if place else sent_on, self[f"day_{no}"], self[f"note_{no}"])
            for place, each in enumerate(self.row)
            for no in [each.step.no]
        ]

    def clean(self):
        """Check the days: ascending, without a gap from the first step on, not before the request, not after today."""
        data = super().clean()
        names = [f"day_{each.step.no}" for each in self.row]
        last = max((place for place, name in enumerate(names) if self._is_filled_in(place, name)), default=0)
        earliest = self.received
        if "sent_on" in self.fields:
            earliest = self._in_time("sent_on", earliest, _("Tanggal ini mendahului permohonan."))
        words = (
            _("Tanggal ini mendahului permohonan.") if earliest == self.received else _("Mendahului tanggal dikirim.")
        )
        for name in names[: last + 1]:
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Isi tanggal langkah ini, atau kosongkan isian sesudahnya."))
            earliest = self._in_time(name, earliest, words)
            words = _("Tanggal langkah harus berurutan.")
        return data

    def _is_filled_in(self, place, name):
        return self.cleaned_data.get(name) or name in self.errors or self.cleaned_data.get(f"note_{self._no(place)}")

    def _no(self, place):
        return self.row[place].step.no

    def _in_time(self, name, earliest, words):
        """Refuse a day in the future or before ``earliest``. Returns the earliest day of the next field."""
        day = self.cleaned_data.get(name)
        if day is None:
            return earliest
        if day > self.today:
            self.add_error(name, _("Tanggal ini belum tiba."))
        elif day < earliest:
            self.add_error(name, words)
        return max(day, earliest)

    @property
    def steps_done(self) -> list[DoneStep]:
        """The steps of a valid form that have a day, in order."""
        data, sent_on = self.cleaned_data, self.cleaned_data.get("sent_on")
        return [
            DoneStep(no, data[f"day_{no}"], data[f"note_{no}"].strip(), None if place else sent_on)
            for place, no in enumerate(each.step.no for each in self.row)
            if data.get(f"day_{no}")
        ]

    def refuse(self, error):
        """Add the refusal of a verb to the fields that it concerns."""
        no = self._no(0)
        names = {"happened_on": f"day_{no}", "note": f"note_{no}"}
        for each in error.all:
            name = names.get(each.field, each.field)
            self.add_error(name if name in self.fields else None, str(each))


def _note_label(row_step):
    if row_step.step.shape == "decision":
        return _("Alasan atau catatan")
    return _("Isi disposisi atau catatan pada lembar") if row_step.from_paper else _("Catatan")
