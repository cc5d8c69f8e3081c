"""The file of a request is complete: from then on the promised time counts."""

from datetime import datetime, time

from ula_portal.core import clock
from ula_portal.core.actions import journal
from ula_portal.core.actors import staff

from .. import deadlines, decisions
from . import timeline
from .locked import Case


def declare(case: Case, user, *, run, on=None):
    """Let the promised time count; the caller saves the case.

    ``run``: the step in which it was said; ``on``: the day it was found on paper (default: now), never before the
    request came in.
    """
    request, at = case.request, case.at
    if on and on < clock.local(at).date():
        at = max(request.received_at, datetime.combine(on, time(), clock.OFFICE_ZONE))
    case.set(complete_at=at, due_at=deadlines.due_at(at, request.service.working_days or 0))
    timeline.note(request, "declared_complete", actor=staff(user), run=run)
    journal.record("declare_complete", "request", request.pk, staff(user))


def declare_by_answer(case: Case, step, outcome, user, run):
    """Declare it by an answer of the SOP that finds nothing missing, where nobody has declared it before."""
    if case.request.complete_at is None and decisions.finds_complete(case.flow, step, outcome):
        declare(case, user, run=run, on=run.happened_on)
