"""Forms of the case page. They only read the input; the verbs validate it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.attachments.forms import PapersForm
from services.conversation.queries.colleagues import mentioned_in
from ula_portal.core import clock
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.fields import LineField, TextField


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(rows=3, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


class JudgedField(TextField):
    """A field that is shown as required. The verb checks it, so that all errors of the form are named together."""

    def validate(self, value):
        pass


class VerbForm(forms.Form):
    """A form with the run for which it was shown, so that a stale page is noticed, and a key against double submits."""

    key = LineField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    run = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The newest timeline entry that the person has seen. Later ones are shown if somebody else was faster.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, page=None, **kwargs):
        self.page = page
        super().__init__(*args, **kwargs)
        if page is not None:
            self.fields["run"].initial = page.run.pk if page.run else None
            self.fields["seen"].initial = page.newest_entry

    def clean_run(self):
        return self.cleaned_data["run"] or 0

    def written_texts(self) -> list[tuple[str, str]]:
        """Pairs (label, text) of the texts in the form, to be shown if the form itself no longer applies."""
        texts = [each for each in self if isinstance(each.field.widget, forms.Textarea)]
        return [(str(each.label), each.value()) for each in texts if (each.value() or "").strip()]


class FinishStepForm(VerbForm):
    """Completing a step: a note; the real days of steps outside the office; the reason if it is late."""

    note = TextField(label=_("Catatan"), widget=_area(), required=False, max_length=2000)
    sent_on = forms.DateField(label=_("Tanggal dikirim"), required=False, widget=_day())
    happened_on = forms.DateField(label=_("Tanggal selesai"), required=False, widget=_day())
    deviation_reason = JudgedField(
        label=_("Alasan pengecualian dari SOP"),
        help_text=_("Langkah ini melewati waktu bakunya. Alasan tercatat tetap beserta nama dan waktu."),
        widget=_area(2),
        max_length=1000,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        page, today = self.page, clock.today()
        days = {"external": ("sent_on", "happened_on"), "applicant": ("happened_on",)}
        shown = days.get(page.step.lead_kind, ()) if page.step else ()
        for name in ("sent_on", "happened_on"):
            if name not in shown:
                del self.fields[name]
                continue
            self.fields[name].widget.attrs["max"] = today.isoformat()
            self.fields[name].initial = today
        if "sent_on" in self.fields:
            self.fields["sent_on"].initial = clock.local(page.run.offered_at).date()
        if not page.step_is_late:
            del self.fields["deviation_reason"]


class DecideForm(PapersForm, FinishStepForm):
    """A decision, with the reasons that its answers need."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Alasan atau catatan")
        self.fields["note"].help_text = self.page.reasons_explained

    def clean(self):
        cleaned = super().clean()
        answer = cleaned.get("answer")
        if not answer:
            self.add_error(None, _("Pilih salah satu jawaban."))
        elif answer in self.page.answers_to_applicant and not (cleaned.get("note") or "").strip():
            # The marks on documents already give the reason.
            cleaned["note"] = self.page.mend_words
        return cleaned


class DeclareCompleteForm(PapersForm, VerbForm):
    """Declaring the file complete."""


class LetterForm(VerbForm):
    body = TextField(
        label=_("Isi surat"),
        widget=_area(16),
        max_length=12000,
        help_text=_("Baris kosong memisahkan alinea. Baris “Nama: isi” disusun sebagai daftar."),
    )
    deviation_reason = FinishStepForm.base_fields["deviation_reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.page.step_is_late:
            del self.fields["deviation_reason"]
        if not self.is_bound:
            self.fields["body"].initial = self.page.letter_body


class AskForm(VerbForm):
    wanted = TextField(
        label=_("Yang diminta dari pemohon"),
        help_text=_("Dibaca pemohon. Waktu pelayanan berhenti sampai pemohon menjawab."),
        widget=_area(),
        max_length=2000,
    )
    documents = forms.MultipleChoiceField(
        label=_("Berkas yang perlu diperbaiki"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["documents"].choices = self.page.document_choices
        self.fields["documents"].initial = [str(each.document.pk) for each in self.page.marked]
        if not self.page.document_choices:
            del self.fields["documents"]


class VerdictForm(forms.Form):
    """The verdict on a document: it fits, or has to be corrected and why; empty removes the mark.

    It has no key, because sending it twice does no harm.
    """

    document = forms.IntegerField(widget=forms.HiddenInput)
    verdict = LineField(required=False, max_length=5)
    note = LineField(label=_("Alasan lain"), required=False, max_length=300)

    def __init__(self, *args, page=None, **kwargs):
        super().__init__(*args, **kwargs)

    def written_texts(self) -> list[tuple[str, str]]:
        return []


class AnswerForm(VerbForm):
    """The applicant's answer. ``sure`` appears if nothing new was found."""

    text = TextField(label=_("Jawaban pemohon"), required=False, widget=_area(2), max_length=2000)
    sure = forms.BooleanField(
        label=_("Pemohon tidak membawa berkas baru dan tidak memberi jawaban"),
        required=False,
        widget=forms.HiddenInput,
    )

    def add_error(self, field, error):
        if field == "sure":
            self.fields["sure"].widget = forms.CheckboxInput()
        super().add_error(field, error)


class SkipForm(VerbForm):
    to_step_no = forms.ChoiceField(label=_("Lanjut ke"), required=False)
    reason = TextField(
        label=_("Alasan pengecualian dari SOP"),
        help_text=_("Tercatat tetap beserta nama dan waktu."),
        widget=_area(2),
        max_length=1000,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        decision = self.page.step is not None and self.page.step.shape == "decision"
        following = [("", _("Pilih langkah tujuan") if decision else _("Langkah berikutnya"))]
        others = [(str(each.no), f"{each.no}. {each.activity[:80]}") for each in self.page.steps_to_go_on_at]
        self.fields["to_step_no"].choices = following + others


class ReassignForm(VerbForm):
    """Reassigning to another holder or member of the pool; heads may also choose others, with a reason."""

    to_user = forms.ChoiceField(label=_("Alihkan kepada"))
    reason = TextField(
        label=_("Alasan pengecualian dari SOP"),
        help_text=_("Wajib bila petugas ini bukan pemegang jabatan pelaksana. Tercatat tetap beserta nama dan waktu."),
        required=False,
        widget=_area(2),
        max_length=1000,
    )
    note = TextField(label=_("Catatan internal"), required=False, widget=_area(2), max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        holders, others = _named(self.page.takers), _named(self.page.other_takers)
        if not others:
            del self.fields["reason"]
        groups = [(_("Pemegang jabatan pelaksana"), holders), (_("Bukan pemegang jabatan, perlu alasan"), others)]
        self.fields["to_user"].choices = [group for group in groups if group[1]] if others else holders


def _named(people):
    return [(str(user.pk), user.full_name) for user in people]


class MessageForm(VerbForm):
    text = TextField(label=_("Pesan kepada pemohon"), widget=_area(4), max_length=4000)


class NoteForm(VerbForm):
    """An internal note. Colleagues are mentioned by a tick, or by an @ before their full name in the text."""

    text = TextField(label=_("Catatan untuk rekan sekantor"), widget=_area(4), max_length=4000)
    mentions = forms.MultipleChoiceField(
        label=_("Beri tahu rekan"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = [(str(each.pk), each.full_name) for each in self.page.colleagues]

    def clean(self):
        cleaned = super().clean()
        ticked = {int(pk) for pk in cleaned.get("mentions", ())}
        cleaned["mentions"] = sorted(ticked | mentioned_in(cleaned.get("text") or "", self.page.colleagues))
        return cleaned


class ReasonForm(VerbForm):
    reason = TextField(label=_("Alasan"), required=False, widget=_area(2), max_length=1000)
