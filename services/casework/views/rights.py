"""What one person may do with a case now: the conditions of the buttons on its page."""

from datetime import datetime
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.urls import reverse

from services import permissions
from services.conversation.actions.asking import unanswered_since
from services.engine.actions.steps import deciding_words, signing_words
from services.engine.queries import cases
from services.engine.queries.recording import is_plain, may_record_open_run, previous_unit_of, unit_of_case
from services.models import Letter, Request
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock

from ..queries.disposition import is_disposition


class CaseForPerson:
    """A case with its state, and what one person may do with it now.

    ``run_id``: the run for which a form was shown. The open run is used if it is None or unknown.
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
        self.unit_id = unit_of_case(request)
        # Prefetched, so that every reader shares one query.
        prefetch_related_objects([request], "pauses")
        self.pauses = list(request.pauses.all())
        self.pause = next((pause for pause in self.pauses if pause.to_at is None), None)

    @property
    def address(self) -> str:
        """The page's own address. Links that say only ``?tab=…`` break when the page shows a refused form."""
        return reverse("case_detail", args=[self.request.number])

    @cached_property
    def letters(self):
        return cases.letters_of(self.request)

    @cached_property
    def letter(self):
        return next((each for each in self.letters if each.state == Letter.State.ISSUED), None)

    # What the person may do

    @property
    def is_open(self) -> bool:
        return bool(self.run and self.request.is_open)

    @cached_property
    def may_work(self) -> bool:
        return self.is_open and permissions.may_work(self.user, self.run, self.unit_id)

    @cached_property
    def blocked_reason(self) -> str:
        """Why the person may work on the open step but not finish it, and what to do then; "" otherwise.

        A deputy may not sign letters, and may decide only where the office allows it.
        """
        if not self.may_work or permissions.may_finish(self.user, self.run, self.step, self.unit_id):
            return ""
        return signing_words(self.step) if self.step.issues_letter else deciding_words(self.step)

    @property
    def awaits_signer(self) -> bool:
        """Whether the open step is a letter that the person, a deputy, may not sign. The inbox marks it as well."""
        return bool(self.blocked_reason and self.step.issues_letter)

    @cached_property
    def may_serve(self) -> bool:
        return permissions.may_serve_applicant(self.user, self.unit_id)

    @cached_property
    def may_reassign(self) -> bool:
        return self.is_open and permissions.may_reassign(self.user, self.run, self.unit_id)

    @property
    def is_anothers(self) -> bool:
        """Whether the open step is assigned to somebody else. Their head is then offered reassigning first."""
        return bool(self.run and self.run.assignee_id and self.run.assignee_id != self.user.pk)

    @cached_property
    def may_lead(self) -> bool:
        """Whether the person decides on exceptions: continuing at any step, reassigning to anybody."""
        return permissions.may_lead(self.user, self.unit_id)

    @cached_property
    def may_record(self) -> bool:
        """Whether the open step may be recorded from paper, alone or with the steps after it."""
        if not self.is_open or self.pause:
            return False
        recordable = self.step.shape == "decision" or is_plain(self.step)
        previous_unit_id = previous_unit_of(self.runs, self.run)
        return recordable and may_record_open_run(self.user, self.request, self.run, previous_unit_id)

    @property
    def records_for_official(self) -> bool:
        """Whether the person is the secretariat of the open step's official and may record the step from paper."""
        return self.may_record and not self.may_work and permissions.is_secretariat_for(self.user, self.run)

    @property
    def offers_sheet(self) -> bool:
        """Whether the person is offered the disposition sheet for the open step."""
        if not self.may_record or self.run.led_by != "position":
            return False
        return self.records_for_official or is_disposition(self.step, self.run.position)

    @cached_property
    def may_skip(self) -> bool:
        """Whether the person may skip the open step. A pooled step has to be claimed first, except by the head."""
        return self.is_open and (self.may_lead or (self.may_work and not self.must_claim and not self.blocked_reason))

    @cached_property
    def steps_to_go_on_at(self) -> list:
        """The steps at which the person may continue instead of the following one."""
        others = [each for each in self.flow.steps if each.shape != "start" and each != self.step]
        return [each for each in others if permissions.may_go_on_at(self.user, each, self.unit_id)]

    @property
    def must_claim(self) -> bool:
        """Whether the person has to claim the step first, so that two people do not do the same work."""
        return self.may_work and self.run.led_by == "position" and self.run.assignee_id is None

    # The next action of this person in the open step, at most one

    @property
    def is_collected(self) -> bool:
        """Whether the case only waits for the applicant to collect the letter."""
        return self.is_open and not self.pause and self.step.lead_kind == "applicant" and self.step.shape == "end"

    @cached_property
    def has_turn(self) -> bool:
        """Whether the person may continue with the step and finish it."""
        return self.may_work and self.pause is None and not self.is_collected and not self.blocked_reason

    @cached_property
    def in_hand(self) -> bool:
        return self.has_turn and not self.must_claim

    @property
    def writes_letter(self) -> bool:
        return self.in_hand and self.step.issues_letter and self.step.lead_kind == "position"

    @property
    def decides(self) -> bool:
        return self.in_hand and not self.writes_letter and self.step.shape == "decision"

    @property
    def records_answer(self) -> bool:
        return self.is_open and self.pause is not None and self.may_serve

    @property
    def hands_over(self) -> bool:
        return self.is_collected and self.may_serve and self.letter is not None

    @property
    def is_yours(self) -> bool:
        """Whether the step waits for this person. Recording what the applicant brings does not count."""
        return self.has_turn or self.hands_over

    @property
    def may_ask(self) -> bool:
        return self.may_work and self.pause is None and self.run.led_by != "applicant" and not self.must_claim

    @property
    def may_judge(self) -> bool:
        """Whether the person may judge documents. A pooled step has to be claimed first."""
        return self.may_work and not self.must_claim

    @property
    def is_being_checked(self) -> bool:
        """Whether the papers are being checked: the office has the step, and no letter was issued yet."""
        return self.may_judge and self.pause is None and self.run.led_by == "position" and self.letter is None

    @property
    def may_complete(self) -> bool:
        """Whether the person may enter answers and scans for the applicant."""
        return self.request.is_open and self.may_serve

    @property
    def may_close_unanswered(self) -> bool:
        return self.may_work and self.pause is not None and unanswered_since(self.pause)

    @property
    def may_declare_complete(self) -> bool:
        return self.request.is_open and not self.request.complete_at and (self.may_work or self.may_serve)
