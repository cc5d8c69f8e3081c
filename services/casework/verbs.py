"""The table of the verbs on the case page: the page, its side panel and its addresses are made from it.

A new verb needs a function in the ``actions`` of its room and a row here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.attachments.actions import judging
from services.conversation.actions import asking, messaging
from services.conversation.queries.asked_items import asked_items, received_sentences
from services.engine.actions import deviating, steps, taking_back
from services.engine.actions.report import StepReport
from services.letters.actions import handing_over
from services.letters.actions.issuing import issue_letter
from services.models import StepRun
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated

from .forms import cases as forms
from .views.shown import ShownCase
from .words import VERDICT_SENTENCES, done_words

CaseForm = forms.VerbForm | forms.VerdictForm
# The cleaned data of a form.
Data = dict[str, Any]

# Places on the page: the next action (at most one), above it, and three further and further below it.
PLACES = ("step", "notice", "beside", "below", "more")


@dataclass(frozen=True, eq=False)
class CaseVerb:
    """A verb of the case page.

    ``slug``: in the address. ``act(page, by, data)`` calls the verb with what the form read and returns the sentence to
    show, unless ``done_sentence`` is always that sentence. ``shown(page)``: whether the form is on the page. ``place``:
    one of ``PLACES``, or a function of the page that returns one; ``tab``: of the side panel; without either, another
    template includes the form. ``own_template``: instead of the usual one of its place. ``leads_to(page, data)``: the
    end of the address to continue at.
    """

    slug: str
    act: Callable[[ShownCase, Actor, Data], object]
    shown: Callable[[ShownCase], bool]
    form: type[CaseForm] = forms.VerbForm
    place: str | Callable[[ShownCase], str] = ""
    tab: str = ""
    own_template: str = ""
    # It acts on a run, which a closed case does not have.
    needs_run: bool = False
    # It finishes a step, which can be taken back for a minute.
    finishes: bool = False
    # The person may be done with the case: the next one is offered.
    ends_page: bool = False
    leads_to: Callable[[ShownCase, Data], str] | None = None
    heading: StrOrPromise = ""
    button: StrOrPromise = ""
    confirm: StrOrPromise = ""
    look: str = ""
    key: str = ""
    done_sentence: StrOrPromise = ""

    def place_on(self, page: ShownCase) -> str:
        return self.place(page) if callable(self.place) else self.place

    @property
    def template(self) -> str:
        return "services/casework/" + (self.own_template or ("_action.html" if self.place == "step" else "_fold.html"))

    def next_address(self, page: ShownCase, data: Data) -> str:
        """The end of the address to continue at after the verb."""
        if self.leads_to:
            return self.leads_to(page, data)
        if self.tab:
            return f"?tab={self.tab}#percakapan"
        return "?selesai=1" if self.ends_page else ""


def _posted_run(page: ShownCase, data: Data) -> StepRun:
    """The run for which the form was shown. If the case has no such run, an unsaved one, which verbs refuse."""
    if page.run is not None and page.run.pk == data["run"]:
        return page.run
    return page.request.runs.filter(pk=data["run"]).first() or StepRun(pk=data["run"], request=page.request)


def _complete(page: ShownCase, by: Actor, data: Data) -> str:
    moved = steps.complete_step(_posted_run(page, data), by=by, report=_report(data), key=data["key"])
    return done_words(moved, by.staff_member)


def _decide(page: ShownCase, by: Actor, data: Data) -> str:
    run, yes = _posted_run(page, data), data["answer"] == "yes"
    return done_words(steps.decide_step(run, by=by, yes=yes, report=_report(data), key=data["key"]), by.staff_member)


def _report(data: Data) -> StepReport:
    words = {name: data.get(name) or "" for name in ("note", "deviation_reason", "papers_reason")}
    return StepReport(**words, happened_on=data.get("happened_on"), sent_on=data.get("sent_on"))


def _letter(page: ShownCase, by: Actor, data: Data) -> str:
    reason = data.get("deviation_reason") or ""
    issued = issue_letter(_posted_run(page, data), by=by, body=data["body"], deviation_reason=reason)
    return _("Surat %(number)s diterbitkan.") % {"number": issued.number}


def _ask(page: ShownCase, by: Actor, data: Data) -> str:
    reasons = {paper.document.pk: paper.document.verdict_note for paper in page.marked}
    documents = {int(pk): reasons.get(int(pk), "") for pk in data.get("documents", ())}
    asking.ask_applicant(page.request, by=by, wanted=data["wanted"], documents=documents)
    return _("Pemohon diminta melengkapi. Waktu pelayanan berhenti sampai pemohon menjawab.")


def _judge(page: ShownCase, by: Actor, data: Data) -> StrOrPromise:
    document = page.request.documents.filter(pk=data["document"]).first()
    if document is None:
        raise Outdated(_("Berkas ini tidak ada pada permohonan ini."))
    judging.judge_document(document, by=by, verdict=data["verdict"], note=data["note"])
    return VERDICT_SENTENCES[data["verdict"]]


def _next_to_judge(page: ShownCase, data: Data) -> str:
    """The next document to judge, or the same one if its mark was removed."""
    if not data["verdict"]:
        return f"?berkas={data['document']}#dokumen"
    waiting = [paper.document.pk for paper in page.papers if paper.to_judge and paper.document.pk != data["document"]]
    return f"?berkas={waiting[0]}#dokumen" if waiting else "?tab=berkas#percakapan"


def _answer(page: ShownCase, by: Actor, data: Data) -> str:
    asking.applicant_answers(page.request, by=by, text=data["text"], sure=data["sure"])
    came = received_sentences(asked_items(page.request, page.request.pauses.latest("from_at")))
    return _("Jawaban pemohon dicatat. %(came)s Waktu pelayanan berjalan lagi.") % {"came": came}


def _skip(page: ShownCase, by: Actor, data: Data) -> str:
    more = {"reason": data["reason"], "to_step_no": data["to_step_no"], "key": data["key"]}
    return done_words(deviating.skip_step(_posted_run(page, data), by=by, **more), by.staff_member)


def _reassign(page: ShownCase, by: Actor, data: Data) -> str:
    to_user = next(each for each in [*page.takers, *page.other_takers] if str(each.pk) == data["to_user"])
    words = {"note": data["note"], "reason": data.get("reason") or ""}
    deviating.reassign(_posted_run(page, data), by=by, to_user=to_user, **words)
    return _("Langkah dialihkan kepada %(name)s.") % {"name": to_user}


def _hand_over(page: ShownCase, by: Actor, data: Data) -> str:
    if page.letter is None:
        raise Outdated(_("Surat ini belum terbit atau sudah dicabut."))
    handing_over.hand_over_letter(page.letter, by=by)
    return _("Surat diserahkan kepada pemohon.")


def _note(page: ShownCase, by: Actor, data: Data) -> str:
    mentions = data["mentions"]
    messaging.add_internal_note(page.request, by=by, text=data["text"], mentions=mentions, key=data["key"])
    notified = [each.full_name for each in page.colleagues if each.pk in mentions and each.pk != by.staff_member.pk]
    if notified:
        return _("Catatan internal disimpan. Diberi tahu: %(names)s.") % {"names": ", ".join(notified)}
    return _("Catatan internal disimpan.")


def _message(page: ShownCase, by: Actor, data: Data) -> None:
    messaging.write_to_applicant(page.request, by=by, text=data["text"], key=data["key"])


def _withdraw(page: ShownCase, by: Actor, data: Data) -> str:
    request = asking.withdraw_request(page.request, by=by)
    return _("Permohonan %(number)s ditarik atas permintaan pemohon.") % {"number": request.number}


CTRL_ENTER = "Ctrl+Enter"
# A table: what a verb does, when and where it is shown, what follows, its words.
# fmt: off
DECIDE = CaseVerb(
    "putuskan", _decide, lambda page: page.decides, forms.DecideForm, "step", own_template="_decide.html",
    needs_run=True, finishes=True, ends_page=True,
)
ASK = CaseVerb(
    "minta", _ask, lambda page: page.may_ask, forms.AskForm, lambda page: "more" if page.returns_by else "beside",
    own_template="_ask.html", ends_page=True, key=CTRL_ENTER,
    heading=gettext_lazy("Minta kelengkapan dari pemohon"), button=gettext_lazy("Kirim permintaan"),
)
JUDGE = CaseVerb(
    "penilaian", _judge, lambda page: page.may_judge, forms.VerdictForm, tab="berkas", own_template="_verdict.html",
    leads_to=_next_to_judge,
)
ROWS = (
    CaseVerb(
        "ambil", lambda page, by, data: steps.claim_step(_posted_run(page, data), by=by),
        lambda page: page.has_turn and page.must_claim, place="step", button=gettext_lazy("Ambil pekerjaan ini"),
        key="A", done_sentence=gettext_lazy("Langkah ini sekarang menjadi tugas Anda."),
    ),
    CaseVerb(
        "mulai", lambda page, by, data: steps.start_step(_posted_run(page, data), by=by),
        lambda page: bool(page.in_hand and page.run and page.run.led_by == "position" and not page.run.started_at),
        place="beside", own_template="_start.html",
        done_sentence=gettext_lazy("Waktu pengerjaan langkah ini mulai dihitung."),
    ),
    CaseVerb(
        "selesai", _complete, lambda page: page.in_hand and not (page.decides or page.writes_letter),
        forms.FinishStepForm, "step", own_template="_complete.html", needs_run=True, finishes=True, ends_page=True,
        key=CTRL_ENTER,
    ),
    DECIDE,
    CaseVerb(
        "surat", _letter, lambda page: page.writes_letter, forms.LetterForm, "step", own_template="_issue.html",
        needs_run=True, ends_page=True, button=gettext_lazy("Terbitkan surat"), key=CTRL_ENTER,
        confirm=gettext_lazy("Terbitkan surat dengan isi ini? Nomornya tercatat tetap."),
    ),
    CaseVerb(
        "jawaban", _answer, lambda page: page.records_answer, forms.AnswerForm, "step", own_template="_answer.html",
        button=gettext_lazy("Catat pemohon sudah melengkapi"), look="secondary", key=CTRL_ENTER,
    ),
    CaseVerb(
        "serahkan", _hand_over, lambda page: page.hands_over, place="step", own_template="_hand_over.html",
        ends_page=True, button=gettext_lazy("Surat sudah diserahkan"),
    ),
    CaseVerb(
        "lengkap",
        lambda page, by, data: asking.declare_complete(page.request, by=by, papers_reason=data["papers_reason"]),
        lambda page: page.may_declare_complete, forms.DeclareCompleteForm, "notice", own_template="_declare.html",
        done_sentence=gettext_lazy("Berkas dinyatakan lengkap. Waktu pelayanan mulai dihitung."),
    ),
    ASK,
    CaseVerb(
        "alihkan", _reassign, lambda page: page.may_reassign and bool(page.takers or page.other_takers),
        forms.ReassignForm, lambda page: "below" if page.is_anothers else "more", needs_run=True, ends_page=True,
        heading=gettext_lazy("Alihkan langkah kepada petugas lain"), button=gettext_lazy("Alihkan"),
    ),
    CaseVerb(
        "lewati", _skip, lambda page: page.may_skip, forms.SkipForm, "more", needs_run=True, finishes=True,
        ends_page=True,
        heading=gettext_lazy("Pengecualian dari SOP: lewati langkah"), button=gettext_lazy("Lewati dengan alasan"),
        confirm=gettext_lazy("Lewati langkah ini? Pengecualian tercatat tetap beserta nama Anda."),
    ),
    CaseVerb(
        "tutup", lambda page, by, data: asking.close_unanswered(page.request, by=by, reason=data["reason"]),
        lambda page: page.may_close_unanswered, forms.ReasonForm, "more", ends_page=True, look="danger",
        heading=gettext_lazy("Tutup karena tidak dijawab"), button=gettext_lazy("Tutup permohonan"),
        confirm=gettext_lazy("Tutup permohonan ini karena pemohon tidak menjawab?"),
        done_sentence=gettext_lazy("Permohonan ditutup karena tidak dijawab."),
    ),
    CaseVerb(
        "tarik", _withdraw, lambda page: page.request.is_open and page.may_serve and page.letter is None,
        place="more", ends_page=True, look="danger",
        heading=gettext_lazy("Pemohon menarik permohonan"), button=gettext_lazy("Tarik atas permintaan pemohon"),
        confirm=gettext_lazy("Catat bahwa pemohon menarik permohonan ini? Pekerjaan berhenti."),
    ),
    # Lists have it as well, so its form is in the inbox's templates.
    CaseVerb(
        "urungkan", lambda page, by, data: taking_back.take_back_step(_posted_run(page, data), by=by),
        lambda page: page.undoable is not None,
        done_sentence=gettext_lazy("Penyelesaian langkah diurungkan. Langkah ini berjalan lagi seperti semula."),
    ),
    JUDGE,
    CaseVerb(
        "pesan", _message, lambda page: True, forms.MessageForm, tab="pesan", own_template="_message.html",
        done_sentence=gettext_lazy("Pesan dikirim kepada pemohon."),
    ),
    CaseVerb("catatan", _note, lambda page: True, forms.NoteForm, tab="catatan", own_template="_note.html"),
)
# fmt: on
VERBS = {verb.slug: verb for verb in ROWS}
