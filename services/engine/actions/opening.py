"""A case begins with the submission of its request."""

from django.utils.translation import gettext as _

from services.models import Request, StepRun
from sop.rules.flow import FlowStep
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused

from ..queries.recording import flow_of_case
from . import flow, timeline
from .flow import Case


def open_case(request: Request, *, actor: Actor, official: User | None = None) -> Request:
    """Open the case of a request that is being submitted; called inside ``submit_request``'s transaction.

    ``official``: whom a rule of routing gives the case to at once, or None. The request is saved with its number,
    ``sop_version``, dates and the state "submitted". Finishes an applicant's start step at once and offers the step
    that follows. Writes timeline and notices; the journal entry is the submission's. Raises Refused when the SOP has no
    start.
    """
    # From the moment it came in, so that no time lies between the two.
    assert request.received_at, "it was just received"
    case = Case(request, flow_of_case(request), None, at=request.received_at, last_ordinal=0)
    if case.flow.start is None:
        raise Refused(_("SOP layanan ini belum dapat dijalankan: langkah mulai tidak ada."))
    if official:
        case.set(responsible=official)
        # A rule gave it, whoever sent it in.
        timeline.note(request, "routed", actor=SYSTEM, audience="internal", user=official.pk, by_rule=True)
    start = case.flow.start
    if start.lead_kind == "applicant":
        _start_by_submitting(case, start, actor)
    else:
        flow.enter(case, start, actor=actor)
    case.save()
    return request


def _start_by_submitting(case: Case, start: FlowStep, actor: Actor) -> None:
    """Submitting is the applicant's start step."""
    done = {"started_at": case.at, "finished_at": case.at, "outcome": StepRun.Outcome.DONE}
    run = flow.new_run(case, start, **done)
    flow.follow(case, start, run, actor=actor)
