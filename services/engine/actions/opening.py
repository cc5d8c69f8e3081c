"""A case begins with the submission of its request."""

from django.utils.translation import gettext as _

from services.models import Request, StepRun
from sop.rules.queries.flows import flow_of
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.verbs.errors import Refused

from . import flow, timeline
from .flow import Case


def open_case(request: Request, *, actor, official=None) -> Request:
    """Open the case of a request that is being submitted; called inside ``submit_request``'s transaction.

    ``official``: whom a rule of routing gives the case to at once, or None. The request is saved with its number,
    ``sop_version``, dates and the state "submitted". Finishes an applicant's start step at once and offers the step
    that follows. Writes timeline and notices; the journal entry is the submission's. Raises Refused when the SOP has no
    start.
    """
    # From the moment it came in, so that no time lies between the two.
    case = Case(request, flow_of(request.sop_version_id), None, at=request.received_at, last_ordinal=0)
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


def _start_by_submitting(case, start, actor):
    """Submitting is the applicant's start step."""
    done = {"started_at": case.at, "finished_at": case.at, "outcome": StepRun.Outcome.DONE}
    run = flow.new_run(case, start, **done)
    flow.follow(case, start, run, actor=actor)
