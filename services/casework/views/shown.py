"""What the page of a case shows to one person. What that person may do is in ``rights``."""

from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from services import permissions
from services.applying.receipt import renewal_url
from services.conversation.queries import asked_items
from services.conversation.queries.colleagues import readers_of
from services.deadlines import rules as deadlines
from services.deadlines.queries.times import times_of
from services.deadlines.urgency import urgency_of
from services.engine import decisions
from services.engine.badges import badge_of
from services.engine.queries import cases
from services.engine.queries.returned import answered_of, returned_of
from services.engine.queries.undoing import undoable_run
from services.letters.actions.issuing import draft_body
from services.letters.queries import missing_values, template_of, verification_code
from services.models import Letter
from services.papers.queries.judged import papers_of
from services.tracking.absence_words import away_note
from ula_portal.core.notices.whatsapp import whatsapp_url
from ula_portal.core.office.queries import ids_in_office
from ula_portal.core.text.badges import Badge

from ..queries.history import newest_entry
from .checklist import CheckLine, lines_of
from .rights import CaseForPerson


class ShownCase(CaseForPerson):
    """A case as its page shows it to one person, without the forms."""

    @cached_property
    def undoable(self):
        """The run that the person finished within the last minute and may take back, or None."""
        return undoable_run(self.user, self.runs)

    @cached_property
    def returned(self):
        """Who sent the case back to the open step, and why; None if nobody did."""
        return returned_of(self.flow, self.runs) if self.request.is_open else None

    @cached_property
    def answered(self):
        """The outcome of an earlier return or question by the open step, or None."""
        if self.pause is not None:
            return None
        documents = [paper.document for paper in self.papers if paper.document]
        return answered_of(self.flow, self.runs, self.pauses, documents)

    @property
    def step_is_late(self) -> bool:
        """Whether the open step is past its alarm. A letter that the person may not sign is not counted as late."""
        return self.run is not None and not self.awaits_signer and self.run.missed_alarm(self.at)

    @cached_property
    def answers(self) -> dict[str, str]:
        """The labels of the open step's answers "yes" and "no"."""
        return {"yes": capfirst(self.step.yes_label), "no": capfirst(self.step.no_label)} if self.step else {}

    @cached_property
    def answers_to_applicant(self) -> set:
        """The answers of the open decision that lead back to the applicant."""
        if self.step is None or self.step.shape != "decision":
            return set()
        return {each for each in ("yes", "no") if decisions.leads_to_applicant(self.flow, self.step, each)}

    @property
    def reasons_explained(self) -> str:
        """A text that says which answers need a reason and which reasons the applicant reads."""
        found = []
        for answer, label in self.answers.items():
            if not decisions.reason_is_due(self.flow, self.step, answer):
                continue
            if answer in self.answers_to_applicant:
                words = _(
                    "“%(answer)s”: dibaca pemohon. Bila kosong, sistem menuliskan berkas yang kurang. Tanpa berkas "
                    "kurang, alasan wajib."
                )
            elif decisions.refuses(self.flow, self.step, answer):
                words = _("Wajib untuk “%(answer)s”. Dibaca pemohon.")
            else:
                words = _("Wajib untuk “%(answer)s”.")
            found.append(words % {"answer": label})
        return " ".join(found)

    @property
    def returns_by(self) -> str:
        """The answer by which the open decision returns papers to the applicant, or ""."""
        return next(iter(sorted(self.answers_to_applicant)), "") if self.decides else ""

    @property
    def return_label(self) -> str:
        return self.answers.get(self.returns_by, "")

    @property
    def absence_note(self) -> str:
        """Why the step is done in somebody's place, or ""."""
        return away_note(self.run) if self.run and self.request.is_open else ""

    @property
    def renewal_whatsapp(self) -> str:
        """Address that opens WhatsApp with the link for a new code, if an applicant without e-mail asked for one."""
        is_wanted = self.request.renewal_until is not None and self.request.renewal_until > self.at
        if not is_wanted or self.request.applicant_email or not self.may_serve:
            return ""
        text = _("Tautan untuk membuat kode pelacakan baru permohonan %(number)s: %(url)s Jangan teruskan pesan ini.")
        values = {"number": self.request.number, "url": renewal_url(self.request)}
        return whatsapp_url(self.request.applicant_phone, text % values)

    @cached_property
    def due(self):
        return deadlines.explain_due_date(self.request, to_applicant=False)

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
    def badge(self) -> Badge:
        return badge_of(self.request, self.run)

    @cached_property
    def checklist(self) -> list[CheckLine]:
        return lines_of(self)

    @property
    def steps_done(self) -> int:
        return sum(line.state in ("done", "skipped") for line in self.checklist)

    @property
    def rounds(self) -> int:
        """How often the case came to the open step."""
        return sum(run.step_id == self.step.id for run in self.runs) if self.step else 0

    @cached_property
    def papers(self):
        return papers_of(self.request)

    @property
    def marked(self) -> list:
        """The papers that the applicant has to correct."""
        return [paper for paper in self.papers if paper.to_mend]

    @property
    def missing(self) -> list[str]:
        """Labels of the required papers that are missing."""
        return [paper.label for paper in self.papers if paper.required and not paper.document]

    @cached_property
    def things_asked(self) -> list:
        """What the applicant was asked for and the state of each, for those who record the answer."""
        return asked_items.asked_items(self.request, self.pause) if self.records_answer else []

    @cached_property
    def completing_answer(self) -> str:
        """The answer ("yes" or "no") by which the open decision declares an incomplete file complete, or ""."""
        if not self.decides or self.request.complete_at:
            return ""
        return next((each for each in ("yes", "no") if decisions.finds_complete(self.flow, self.step, each)), "")

    @property
    def completing_label(self) -> str:
        return self.answers.get(self.completing_answer, "")

    @property
    def mend_words(self) -> str:
        """A text for the applicant about papers to correct and missing ones; "" if there are none."""
        lines = [f"- {paper.label}: {paper.document.verdict_note}".removesuffix(": ") for paper in self.marked]
        lines += [_("- %(label)s: belum ada") % {"label": label} for label in self.missing]
        return "\n".join([_("Mohon perbaiki atau lengkapi berkas berikut:"), *lines]) if lines else ""

    @property
    def document_choices(self) -> list[tuple[str, str]]:
        """The documents that the applicant may be asked to correct, as pairs (id, label)."""
        return [(str(paper.document.pk), paper.label) for paper in self.papers if paper.document]

    @cached_property
    def colleagues(self):
        return readers_of(self.request)

    @property
    def letter_code(self) -> str:
        return verification_code(self.letter) if self.letter else ""

    @cached_property
    def reserved(self):
        return next((each for each in self.letters if each.state == Letter.State.RESERVED), None)

    @cached_property
    def letter_body(self) -> str:
        """The letter's text to be checked: from an earlier failed attempt, else from the template."""
        if self.reserved:
            return self.reserved.body
        return draft_body(self.request, self.letter_template) if self.letter_template else ""

    @cached_property
    def letter_step(self) -> tuple:
        """The step that makes the letter being prepared, and how many steps ahead it is; (None, 0) without one."""
        if self.writes_letter:
            return self.step, 0
        if self.in_hand:
            return decisions.letter_ahead(self.flow, self.step)
        return None, 0

    @cached_property
    def letter_template(self):
        step, _away = self.letter_step
        return template_of(self.request.service, self.flow, step) if step else None

    @property
    def lacks_template(self) -> bool:
        """Whether the letter to be prepared has no template. It is shown before anybody writes."""
        return self.letter_step[0] is not None and self.letter_template is None

    @cached_property
    def letter_lacks(self) -> list:
        """Data that the letter needs and nobody has filled in; empty after an earlier attempt."""
        return missing_values(self.request, self.letter_template) if self.letter_template and not self.reserved else []

    @property
    def may_edit_services(self) -> bool:
        return self.user.has_perm("services.change_service")

    @property
    def may_add_template(self) -> bool:
        return self.user.has_perm("services.add_lettertemplate")

    @cached_property
    def draft_ahead(self) -> tuple[str, bool]:
        """The text of a letter that a later step will make, and whether that step is near; ("", False) without one."""
        _step, away = self.letter_step
        if self.writes_letter or self.letter_template is None:
            return "", False
        return draft_body(self.request, self.letter_template), away <= 2

    @cached_property
    def takers(self) -> list:
        """People who may be assigned the open step by their position or pool; for a letter, those who may sign it."""
        people = [user for user in cases.candidates_for(self.run) if user.pk != self.run.assignee_id]
        if self._is_signed_by_position:
            signing = ids_in_office([self.run.position_id])
            return [user for user in people if user.pk in signing]
        return people

    @property
    def _is_signed_by_position(self):
        return self.step.issues_letter and self.run.led_by == "position" and self.run.position_id is not None

    @cached_property
    def other_takers(self) -> list:
        """Other people to whom the person may reassign the open step with a reason; empty if they may not."""
        if not self.may_reassign or not permissions.may_reassign_outside(self.user, self.unit_id):
            return []
        if self._is_signed_by_position:
            return []
        known = {self.run.assignee_id, *(user.pk for user in self.takers)}
        return [user for user in cases.outside_candidates_for(self.run, self.unit_id) if user.pk not in known]
