"""Declaring the file of a request complete, from which moment the promised processing time counts."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from services.deadlines import rules as deadlines
from services.models import Deviation, Request, StepRun
from services.papers.queries.judged import Paper, unfit_papers, unfit_words
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part

from .. import decisions
from . import timeline
from .locked import Case


def must_be_judged(case: Case, step: FlowStep, outcome: str, reason: str) -> list[Paper]:
    """Documents that are not in order although the answer finds the file complete; empty for any other answer.

    Raises: as ``must_have_reason``.
    """
    if not decisions.finds_complete(case.flow, step, outcome):
        return []
    return must_have_reason(case.request, reason)


def must_have_reason(request: Request, reason: str) -> list[Paper]:
    """Documents of a request that must be corrected or have not been judged.

    Raises: Refused (``field`` is ``papers_reason``), naming them, if there are any and no reason is given.
    """
    unfit = unfit_papers(request)
    if unfit and not (reason or "").strip():
        what_to_do = _("Nilai dahulu berkasnya, atau tulis alasan tetap melanjutkan.")
        raise Refused(f"{unfit_words(unfit)} {what_to_do}", field="papers_reason")
    return unfit


@part
def accept_unfit_papers(case: Case, run: StepRun, unfit: Sequence[Paper], reason: str, *, by: Actor) -> None:
    """Record why the file counts as complete despite these documents; does nothing when there are none.

    Effects: a ``Deviation`` of kind ``papers``, the only place where the reason is stored; internal timeline entry,
    journal.
    """
    if not unfit:
        return
    user, kind = by.staff_member, Deviation.Kind.PAPERS
    Deviation.objects.create(request=case.request, run=run, kind=kind, reason=reason.strip(), by=user, at=case.at)
    ids = sorted(paper.document.pk for paper in unfit if paper.document)
    timeline.add_entry(case.request, "papers_passed", by=by, audience="internal", run=run, documents=ids)
    journal.record("pass_papers", "request", case.request.pk, by, run=run.pk, documents=ids)


@part
def declare(case: Case, *, by: Actor, run: StepRun | None, on: date | None = None) -> None:
    """Declare the file complete and start the promised processing time; the caller saves the case.

    ``run``: the step in which it was declared. ``on``: the day written on paper (default: now); a day before the
    request was received counts as the moment of receipt.

    Effects: timeline, journal.
    """
    request, at = case.request, case.at
    if on and on < clock.local(at).date():
        begin = datetime.combine(on, time(), clock.OFFICE_ZONE)
        at = max(request.received_at or begin, begin)
    case.changed_fields.update(deadlines.start_clock(request, at))
    timeline.add_entry(request, "declared_complete", by=by, run=run)
    journal.record("declare_complete", "request", request.pk, by)


@part
def declare_by_answer(case: Case, step: FlowStep, outcome: str, run: StepRun, *, by: Actor) -> None:
    """Declare the file complete if this answer finds nothing missing and nobody has declared it before."""
    if case.request.complete_at is None and decisions.finds_complete(case.flow, step, outcome):
        declare(case, by=by, run=run, on=run.happened_on)
