"""Finishing the open step, shared by all verbs that do: checks, going on to the next step, journal entry."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from services.models import Letter, Request, StepRun
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part

from . import completeness, flow, taking_back
from .flow import Case
from .report import StepReport, must_give_reasons


@dataclass(frozen=True)
class StepResult:
    """Result of a verb: the finished run, and the run that is open now (None when the case is closed)."""

    request: Request
    run: StepRun
    next_run: StepRun | None


@part
def complete_current(
    case: Case, step: FlowStep, outcome: str, *, by: Actor, report: StepReport, **columns: Any
) -> StepResult:
    """Finish the open run of a locked case on behalf of a member of staff and go on; the caller writes the journal.

    ``columns``: as in ``flow.finish_run``. Every verb that ends here is subject to ``completeness.must_be_judged``.

    Raises: Refused (``field``) for missing reasons and impossible days.
    """
    note, happened_on = (report.note or "").strip(), report.happened_on
    _end_pause_of_applicant(case, step, note)
    if step.lead_kind != "position":
        happened_on = happened_on or clock.today()
    if happened_on:
        columns |= _real_days(case, step, report.sent_on, happened_on)
    late = _is_late(case, happened_on)
    unfit = must_give_reasons(case, step, outcome, report, late=late)
    if step.lead_kind == "applicant" and step.shape == "end":
        _mark_letters_collected(case)
    snapshot = taking_back.undo_snapshot(case)
    case.begin()
    if late:
        columns |= {"deviation": "overrun", "reason": report.deviation_reason.strip()}
    run = flow.finish_run(case, outcome, by=by, note=note, **columns)
    completeness.accept_unfit_papers(case, run, unfit, report.papers_reason, by=by)
    completeness.declare_by_answer(case, step, outcome, run, by=by)
    flow.go_on(case, step, run, by=by)
    case.save()
    taking_back.store_undo(case, run, snapshot)
    return StepResult(case.request, run, case.run)


def _is_late(case: Case, happened_on: date | None) -> bool:
    """Whether an office step was finished past its alarm. Work done on paper in time and recorded later was not."""
    run = case.open_run
    if run.due_at is None or not run.missed_alarm(case.at):
        return False
    return happened_on is None or happened_on > clock.local(run.due_at).date()


def _end_pause_of_applicant(case: Case, step: FlowStep, note: str) -> None:
    """End the open pause if the step is the applicant's: completing it is their answer.

    Raises: Refused while the applicant has been asked for something in a step of the office.
    """
    pause = case.open_pause()
    if pause is None:
        return
    if step.lead_kind != "applicant":
        raise Refused(_("Permohonan sedang menunggu kelengkapan dari pemohon. Catat dahulu jawabannya."))
    flow.end_pause(case, pause, answer=note)


def _real_days(case: Case, step: FlowStep, sent_on: date | None, happened_on: date) -> dict[str, date]:
    """The real days of a step that is recorded later, as columns of the run; ``sent_on`` defaults to the offer's day.

    Raises: Refused (``field``) for days in the future, before the request, or in the wrong order.
    """
    assert case.request.received_at, "a case was received"
    # The server's clock may have been set back since, even past midnight.
    received, days = min(clock.local(case.request.received_at).date(), clock.today()), {"happened_on": happened_on}
    if step.lead_kind == "external":
        offered = clock.local(case.open_run.offered_at).date()
        days = {"sent_on": sent_on or min(offered, happened_on), **days}
    for field, day in days.items():
        if day > clock.today():
            raise Refused(_("Tanggal ini belum tiba."), field=field)
        if day < received:
            raise Refused(_("Tanggal ini mendahului permohonan."), field=field)
    if "sent_on" in days and days["sent_on"] > happened_on:
        raise Refused(_("Tanggal selesai mendahului tanggal dikirim."), field="happened_on")
    return days


def _mark_letters_collected(case: Case) -> None:
    letters = Letter.objects.filter(request=case.request, state=Letter.State.ISSUED, collected_at__isnull=True)
    letters.update(collected_at=case.at)


@part
def record_step(
    case: Case, moved: StepResult, step: FlowStep, *, by: Actor, verb: str = "complete_step", **more: object
) -> None:
    """Write the journal entry of a finished step, including its deviation. ``more``: further data of the entry."""
    next_no = case.flow.step(moved.next_run.step_id).no if moved.next_run else None
    if moved.run.deviation:
        more["deviation"] = moved.run.deviation
    journal.record(
        verb,
        "request",
        case.request.pk,
        by,
        run=moved.run.pk,
        step=step.no,
        outcome=moved.run.outcome,
        next=next_no,
        **more,
    )
