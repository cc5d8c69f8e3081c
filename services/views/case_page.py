"""All that the page of a case shows, put together once per request."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sop.queries import flow_of
from ula_portal.core import clock
from ula_portal.core.errors import Refused
from ula_portal.core.whatsapp import whatsapp_url

from .. import deadlines, permissions
from ..actions.asking import unanswered_since
from ..actions.letters import draft_body, template_for
from ..forms import cases as forms
from ..models import Letter, Request
from ..queries import cases
from ..queries.disposition import is_disposition
from ..queries.forms import answers_shown, document_slots, documents_of
from ..queries.letters import verification_code
from ..queries.recording import done_by_words, giver_unit_of, is_plain, may_record_paper
from ..receipt import renewal_url


@dataclass(frozen=True)
class CheckLine:
    """A row of the SOP as the official's checklist shows it."""

    step: object
    state: str
    meta: str
    note: str = ""
    late: bool = False
    # Id of a run whose sheet was photographed.
    paper: int | None = None


class CasePage:
    """A case as one person sees it: where it stands and what they may do now."""

    def __init__(self, request: Request, user):
        self.request, self.user = request, user
        self.at: datetime = clock.now()
        self.flow = flow_of(request.sop_version_id)
        self.runs = cases.runs_of(request)
        last = self.runs[-1] if self.runs else None
        self.run = last if last is not None and last.finished_at is None else None
        self.step = self.flow.step(self.run.step_id) if self.run else None
        self.unit_id = request.service.unit_id or request.sop_version.sop.unit_id
        self.pauses = list(request.pauses.all())
        self.pause = next((pause for pause in self.pauses if pause.to_at is None), None)

    # What the person may do

    @cached_property
    def may_work(self) -> bool:
        return bool(self.run and self.request.is_open and permissions.may_work(self.user, self.run, self.unit_id))

    @cached_property
    def may_serve(self) -> bool:
        return permissions.may_serve_applicant(self.user, self.unit_id)

    @cached_property
    def may_reassign(self) -> bool:
        return bool(self.run and self.request.is_open and permissions.may_reassign(self.user, self.run, self.unit_id))

    @cached_property
    def may_lead(self) -> bool:
        """Whether the person decides over exceptions: any step to go on at, anybody to give a step to."""
        return permissions.may_lead(self.user, self.unit_id)

    @cached_property
    def may_record(self) -> bool:
        """Whether the open step may be recorded from paper, or with those after it."""
        if self.run is None or not self.request.is_open or self.pause:
            return False
        recordable = self.step.shape == "decision" or is_plain(self.step)
        giver = giver_unit_of(self.runs, self.run)
        return recordable and may_record_paper(self.user, self.request, self.run, giver)

    @property
    def offers_sheet(self) -> bool:
        """Whether the open step is one that superiors decide on paper, for who may record what comes back."""
        return self.may_record and self.run.led_by == "position" and is_disposition(self.step, self.run.position)

    @cached_property
    def may_skip(self) -> bool:
        """A pooled step is claimed first, except by who leads the case."""
        if self.run is None or not self.request.is_open:
            return False
        return self.may_lead or (self.may_work and not self.must_claim)

    @cached_property
    def steps_to_go_on_at(self) -> list:
        """Steps that the person may choose in place of the one that follows."""
        others = [each for each in self.flow.steps if each.shape != "start" and each != self.step]
        return [each for each in others if permissions.may_go_on_at(self.user, each, self.unit_id)]

    @property
    def renewal_whatsapp(self) -> str:
        """Address that opens WhatsApp with the link for a new code, while an applicant without e-mail waits for it."""
        asked = self.request.renewal_until is not None and self.request.renewal_until > self.at
        if not asked or self.request.applicant_email or not self.may_serve:
            return ""
        text = _("Tautan untuk membuat kode pelacakan baru permohonan %(number)s: %(url)s")
        values = {"number": self.request.number, "url": renewal_url(self.request)}
        return whatsapp_url(self.request.applicant_phone, text % values)

    @property
    def must_claim(self) -> bool:
        """A pooled step of a position: taken first, so that two do not do the same work."""
        return self.may_work and self.run.led_by == "position" and self.run.assignee_id is None

    @cached_property
    def action(self) -> str:
        """Which form is the next action: claim, complete, decide, letter, answer, hand_over, or nothing."""
        if not self.request.is_open or self.run is None:
            return ""
        if self.pause is not None:
            return "answer" if self.may_serve else ""
        if self.step.lead_kind == "applicant" and self.step.shape == "end":
            return "hand_over" if self.may_serve and self.letter else ""
        if not self.may_work:
            return ""
        if self.must_claim:
            return "claim"
        if self.step.issues_letter and self.step.lead_kind == "position":
            return "letter"
        return "decide" if self.step.shape == "decision" else "complete"

    @property
    def may_ask(self) -> bool:
        return self.may_work and self.pause is None and self.run.led_by != "applicant" and not self.must_claim

    @property
    def may_clear_verdict(self) -> bool:
        """Taking a mark from a document back; a pooled step is claimed first."""
        return self.may_work and not self.must_claim

    @property
    def may_complete(self) -> bool:
        """Entering answers and scans for the applicant."""
        return self.request.is_open and self.may_serve

    @property
    def may_close_unanswered(self) -> bool:
        return self.may_work and self.pause is not None and unanswered_since(self.pause)

    @property
    def may_declare_complete(self) -> bool:
        return self.request.is_open and not self.request.complete_at and (self.may_work or self.may_serve)

    # What stands on the page

    @property
    def step_is_late(self) -> bool:
        return bool(self.run and self.run.led_by == "position" and self.run.due_at and self.run.due_at < self.at)

    @cached_property
    def answers_to_applicant(self) -> set:
        """Answers of the decision that lead back to the applicant."""
        if self.step is None or self.step.shape != "decision":
            return set()
        exits = {"yes": self.step.if_yes_id, "no": self.step.if_no_id}
        targets = {answer: self.flow.step(pk) for answer, pk in exits.items() if pk}
        return {a for a, target in targets.items() if target.lead_kind == "applicant" and target.shape != "end"}

    @cached_property
    def due(self):
        return deadlines.explain(self.request, to_applicant=False)

    @cached_property
    def state(self) -> tuple[str, str]:
        """The state in the office's words and its kind for the coloured mark."""
        request = self.request
        if request.state == Request.State.WAITING_APPLICANT:
            return _("Menunggu pemohon"), "warn"
        if request.state == Request.State.IN_PROGRESS and self.run:
            if self.run.led_by == "external":
                return _("Menunggu %(who)s") % {"who": self.step.lead_name}, "warn"
            if self.run.led_by == "applicant":
                return _("Siap diambil"), "good"
        kinds = {"submitted": "info", "in_progress": "info", "completed": "good", "rejected": "bad"}
        return request.get_state_display(), kinds.get(request.state, "neutral")

    @cached_property
    def checklist(self) -> list[CheckLine]:
        """All rows of the SOP with the newest run of each."""
        newest, rounds = {}, {}
        for run in self.runs:
            newest[run.step_id] = run
            rounds[run.step_id] = rounds.get(run.step_id, 0) + 1
        return [self._line(step, newest.get(step.id), rounds.get(step.id, 0)) for step in self.flow.steps]

    def _line(self, step, run, rounds):
        again = _("putaran %(n)d") % {"n": rounds} if rounds > 1 else ""
        if run is None:
            return CheckLine(step, "next", step.lead_name)
        if run is self.run:
            who = run.assignee.full_name if run.assignee_id else ""
            parts = [step.lead_name, who, again]
            return CheckLine(step, "waiting" if self.pause else "now", " · ".join(filter(None, parts)))
        who = done_by_words(run) or step.lead_name
        answer = {"yes": step.yes_label, "no": step.no_label}.get(run.outcome, "")
        parts = [who, _moment(run.finished_at), answer, again]
        state = "skipped" if run.outcome in ("skipped", "cancelled") else "done"
        late = bool(run.worked_seconds and step.seconds and run.worked_seconds > step.seconds)
        words, paper = " · ".join(filter(None, parts)), run.pk if run.paper_id else None
        return CheckLine(step, state, words, run.deviation_reason or run.note, late, paper)

    @cached_property
    def slots(self):
        return document_slots(self.request)

    @cached_property
    def loose(self):
        """Papers beyond what the form asks for, those handed in at the desk too."""
        asked = {slot.document.pk for slot in self.slots if slot.document}
        return [each for each in documents_of(self.request) if each.pk not in asked]

    @property
    def document_choices(self) -> list[tuple[str, str]]:
        """Documents that the applicant may be asked to mend: id and what it is."""
        asked = [(str(slot.document.pk), slot.label) for slot in self.slots if slot.document]
        return asked + [(str(each.pk), str(each) or _("Berkas lain")) for each in self.loose]

    @cached_property
    def answers(self):
        return answers_shown(self.request, common=False)

    @cached_property
    def applicant(self):
        return answers_shown(self.request, common=True)

    @cached_property
    def messages(self):
        return cases.messages_of(self.request)

    @cached_property
    def history(self):
        return cases.history_of(self.request)

    @cached_property
    def letters(self):
        return cases.letters_of(self.request)

    @cached_property
    def letter(self):
        return next((each for each in self.letters if each.state == Letter.State.ISSUED), None)

    @property
    def letter_code(self) -> str:
        return verification_code(self.letter) if self.letter else ""

    @cached_property
    def reserved(self):
        return next((each for each in self.letters if each.state == Letter.State.RESERVED), None)

    @cached_property
    def letter_body(self) -> str:
        """The text to check: what an earlier try kept, else the template's words."""
        if self.reserved:
            return self.reserved.body
        try:
            return draft_body(self.request, template_for(self.request, self.flow, self.step))
        except Refused as error:
            return str(error)

    @cached_property
    def takers(self) -> list:
        """Who may have the open step by their position or pool."""
        return [user for user in cases.people_for(self.run) if user.pk != self.run.assignee_id]

    @cached_property
    def other_takers(self) -> list:
        """Who may be given it with a reason; empty for those who may not do so."""
        if not self.may_reassign or not permissions.may_reassign_outside(self.user, self.unit_id):
            return []
        known = {self.run.assignee_id, *(user.pk for user in self.takers)}
        return [user for user in cases.others_for(self.run, self.unit_id) if user.pk not in known]

    # Forms

    def form(self, verb, data=None):
        """The form of a verb, bound when data are given; ids on the page do not clash."""
        return FORMS[verb](data, page=self, auto_id=f"{verb}_%s")


FORMS = {
    "ambil": forms.VerbForm,
    "mulai": forms.VerbForm,
    "selesai": forms.StepForm,
    "putuskan": forms.DecideForm,
    "surat": forms.LetterForm,
    "minta": forms.AskForm,
    "penilaian": forms.VerdictForm,
    "jawaban": forms.AnswerForm,
    "lewati": forms.SkipForm,
    "alihkan": forms.ReassignForm,
    "lengkap": forms.VerbForm,
    "serahkan": forms.VerbForm,
    "catatan": forms.TextForm,
    "pesan": forms.TextForm,
    "tutup": forms.ReasonForm,
    "tarik": forms.VerbForm,
}


def _moment(at):
    local = clock.local(at)
    return f"{date_format(local, 'j M')} {date_format(local, 'H.i')}"
