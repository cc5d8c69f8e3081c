"""The page of a case: where it stands, what one person may do now, and the SOP as their checklist."""

from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from sop.queries import flow_of
from ula_portal.core import clock
from ula_portal.core.errors import Refused
from ula_portal.core.whatsapp import whatsapp_url

from .. import deadlines, decisions, permissions
from ..absence_words import away_note
from ..actions.asking import unanswered_since
from ..actions.letters import draft_body, template_for
from ..forms import cases as forms
from ..models import Letter, Request
from ..queries import cases
from ..queries.colleagues import colleagues_of
from ..queries.disposition import is_disposition
from ..queries.history import newest_entry
from ..queries.letters import verification_code
from ..queries.papers import papers_of
from ..queries.recording import giver_unit_of, is_plain, may_record_paper
from ..queries.times import times_of
from ..receipt import renewal_url
from ..urgency import urgency_of
from .case_checklist import CheckLine, lines_of


class CasePage:
    """A case as one person sees it: where it stands and what they may do now.

    ``run_id``: the run for which a form was shown; unknown or none is the open one.
    """

    def __init__(self, request: Request, user, run_id=None):
        self.request, self.user = request, user
        self.at: datetime = clock.now()
        self.flow = flow_of(request.sop_version_id)
        self.runs = cases.runs_of(request)
        last = self.runs[-1] if self.runs else None
        self.run = last if last is not None and last.finished_at is None else None
        self.run = next((run for run in self.runs if str(run.pk) == run_id), self.run)
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
    def records_for_official(self) -> bool:
        """Whether the person is the secretariat of whoever has the open step, and it can be recorded from paper."""
        return self.may_record and not self.may_work and permissions.keeps_paper_of(self.user, self.run)

    @property
    def offers_sheet(self) -> bool:
        """Whether the open step is one that superiors decide on paper, for who may record what comes back."""
        if not self.may_record or self.run.led_by != "position":
            return False
        return self.records_for_official or is_disposition(self.step, self.run.position)

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
    def is_yours(self) -> bool:
        """Whether the step waits for this person; what the applicant brings may be recorded, but waits for them."""
        return self.action not in ("", "answer")

    @property
    def may_ask(self) -> bool:
        return self.may_work and self.pause is None and self.run.led_by != "applicant" and not self.must_claim

    @property
    def may_judge(self) -> bool:
        """Saying whether documents fit; a pooled step is claimed first."""
        return self.may_work and not self.must_claim

    @property
    def is_being_checked(self) -> bool:
        """Whether papers are looked through now: the office has the step, and no letter answers the request yet."""
        return self.may_judge and self.pause is None and self.run.led_by == "position" and self.letter is None

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
        run = self.run
        return bool(run and not run.finished_at and run.led_by == "position" and run.due_at and run.due_at < self.at)

    @cached_property
    def answers_to_applicant(self) -> set:
        """Answers of the decision that lead back to the applicant."""
        if self.step is None or self.step.shape != "decision":
            return set()
        return {each for each in ("yes", "no") if decisions.leads_to_applicant(self.flow, self.step, each)}

    @property
    def reasons_explained(self) -> str:
        """Which answers need a reason, and which of them the applicant reads."""
        found = []
        if self.step is None:
            return ""
        for answer, label in (("yes", self.step.yes_label), ("no", self.step.no_label)):
            if not decisions.reason_is_due(self.flow, self.step, answer):
                continue
            read = answer in self.answers_to_applicant or decisions.refuses(self.flow, self.step, answer)
            words = _("Wajib untuk “%(answer)s”; dibaca pemohon.") if read else _("Wajib untuk “%(answer)s”.")
            found.append(words % {"answer": label[:1].upper() + label[1:]})
        return " ".join(found)

    @property
    def returns_by(self) -> str:
        """The answer by which the open decision returns papers to the applicant, as the SOP has it; else empty."""
        return next(iter(sorted(self.answers_to_applicant)), "") if self.action == "decide" else ""

    @property
    def return_label(self) -> str:
        label = {"yes": self.step.yes_label, "no": self.step.no_label}.get(self.returns_by, "")
        return label[:1].upper() + label[1:]

    @property
    def away(self) -> str:
        """Why the step is done in another's place, or ""."""
        return away_note(self.run) if self.run and self.request.is_open else ""

    @cached_property
    def due(self):
        return deadlines.explain(self.request, to_applicant=False)

    @cached_property
    def times(self):
        return times_of(self.request, self.runs, self.pauses, self.at)

    @cached_property
    def urgency(self):
        return urgency_of(self.run, self.request, self.at)

    @cached_property
    def newest_entry(self) -> int:
        return newest_entry(self.request)

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
        return lines_of(self)

    @property
    def rounds(self) -> int:
        """How often the open step was reached."""
        return sum(run.step_id == self.step.id for run in self.runs) if self.step else 0

    @cached_property
    def papers(self):
        return papers_of(self.request)

    @property
    def marked(self) -> list:
        """Papers that the applicant must mend."""
        return [paper for paper in self.papers if paper.to_mend]

    @property
    def mend_words(self) -> str:
        """What the marks say and what is not there, in words for the applicant; empty without either."""
        lines = [f"- {paper.label}: {paper.document.verdict_note}".removesuffix(": ") for paper in self.marked]
        missing = [paper.label for paper in self.papers if paper.required and not paper.document]
        lines += [_("- %(label)s: belum ada") % {"label": label} for label in missing]
        return "\n".join([_("Mohon perbaiki atau lengkapi berkas berikut:"), *lines]) if lines else ""

    @property
    def document_choices(self) -> list[tuple[str, str]]:
        """Documents that the applicant may be asked to mend: id and what it is."""
        return [(str(paper.document.pk), paper.label) for paper in self.papers if paper.document]

    @cached_property
    def colleagues(self):
        return colleagues_of(self.request)

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

    def form(self, verb, data=None, **more):
        """The form of a verb, bound when data are given; ids on the page do not clash."""
        return FORMS[verb](data, page=self, **{"auto_id": f"{verb}_%s", **more})


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
    "catatan": forms.NoteForm,
    "pesan": forms.MessageForm,
    "tutup": forms.ReasonForm,
    "tarik": forms.VerbForm,
}
