"""Opening a case when its request is submitted, or taken over from paper."""

from django.utils.translation import gettext as _

from services.models import Request, StepRun
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part

from ..queries.recording import flow_of_case
from . import flow, timeline
from .flow import Case


@part
def open_case(request: Request, *, by: Actor, official: User | None = None) -> Request:
    """Open the case of a request that is being submitted; called inside ``submit_request``'s transaction.

    The request is already saved with its number, ``sop_version``, dates and state "submitted". ``official``: the
    official to whom an automatic routing rule gives the case, or None.

    Effects: finishes a start step of the applicant and offers the step that follows; timeline, notices. The journal
    entry is that of the submission.
    Raises: Refused when the SOP has no start step.
    """
    # The case begins at the moment of receipt, so that no time is lost between the two.
    assert request.received_at, "it was just received"
    case = Case(request, flow_of_case(request), None, at=request.received_at, last_ordinal=0)
    if case.flow.start is None:
        raise Refused(_("SOP layanan ini belum dapat dijalankan: langkah mulai tidak ada."))
    if official:
        case.set(responsible=official)
        # The actor is the system: a rule assigned the case, not the person who submitted it.
        timeline.add_entry(request, "routed", by=SYSTEM, audience="internal", user=official.pk, by_rule=True)
    start = case.flow.start
    if start.lead_kind == "applicant":
        _start_by_submitting(case, start, by)
    else:
        flow.enter_step(case, start, by=by)
    case.save()
    return request


def _start_by_submitting(case: Case, start: FlowStep, by: Actor) -> None:
    flow.go_on(case, start, _done_by_applicant(case, start), by=by)


def _done_by_applicant(case: Case, start: FlowStep) -> StepRun:
    """Store the applicant's start step as done: submitting was that step."""
    done = {"started_at": case.at, "finished_at": case.at, "outcome": StepRun.Outcome.DONE}
    return flow.new_run(case, start, **done)


@part
def open_case_from_paper(request: Request, step: FlowStep, *, by: Actor) -> Request:
    """Open the case of a request that was running on paper, at the step that it has reached.

    The request is already saved, as for ``open_case``. Steps before are not recorded, because the portal does not know
    who did them when; the alarm of the step counts from now.

    Effects: the applicant's start step counts as done on the day of receipt; timeline. Nobody is notified: whoever has
    the paper knows of it.
    """
    assert request.received_at, "it was received on paper"
    case = Case(request, flow_of_case(request), None, at=request.received_at, last_ordinal=0, skips_notices=True)
    start = case.flow.start
    if start and start.lead_kind == "applicant":
        _done_by_applicant(case, start)
    case.at = max(clock.now(), case.at)
    timeline.add_entry(request, "recorded_from_paper", by=by, step=step.no)
    case.begin()
    flow.enter_step(case, step, by=by)
    case.save()
    return request
