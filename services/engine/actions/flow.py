"""Moving a case along its pinned SOP version.

These functions are the inner parts of verbs and run inside the verb's transaction. ``Case.lock`` locks the request's
row first, so two verbs on one request run one after the other. A verb calls ``Case.save`` last, followed only by the
journal entry.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from services import states
from services.deadlines import rules as deadlines
from services.models import Deviation, Letter, Pause, Request, StepRun
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, Actor, staff
from ula_portal.core.models import Notice, User
from ula_portal.core.notices import outbox
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part

from ..queries.recording import assignee_among
from . import timeline
from .locked import Case, must_be_current, who_was_faster

__all__ = [
    "Case",
    "close_at_end",
    "end_pause",
    "enter_step",
    "finish_run",
    "go_on",
    "must_be_current",
    "new_run",
    "notify_applicant",
    "notify_former_assignee",
    "notify_official",
    "open_pause",
    "record_deviation",
    "who_was_faster",
]


@part
def finish_run(
    case: Case,
    outcome: str,
    *,
    by: Actor,
    note: str = "",
    deviation: str = "",
    reason: str = "",
    **columns: Any,
) -> StepRun:
    """Finish the open run: store its outcome and working time, and write the timeline entry.

    ``columns``: further columns of the run (``happened_on``, ``sent_on``, and those of a step done on paper).
    """
    run, step = case.open_run, case.open_step
    run.started_at = run.started_at or run.offered_at
    states.RUN.make(run, outcome)
    run.finished_at, run.finished_by = case.at, by.user
    run.note = note or run.note
    for name, value in columns.items():
        setattr(run, name, value)
    pauses = case.request.pauses.filter(from_at__lt=case.at).values_list("from_at", "to_at")
    # A step recorded at the very moment it was offered has no known working time.
    if run.led_by != "applicant" and not (run.happened_on and run.offered_at == run.finished_at):
        run.worked_seconds = deadlines.worked_seconds(*_work_period(run), pauses)
    if deviation:
        record_deviation(case, deviation, reason, by=by)
    run.save()
    verb = {"skipped": "step_skipped", "cancelled": "step_stopped"}.get(outcome, "step_done")
    more: dict[str, Any] = {}
    if run.recorded_from_paper and run.happened_on:
        more["paper"] = run.happened_on.isoformat()
    case.finish_entry = timeline.add_entry(case.request, verb, by=by, run=run, step=step.no, outcome=outcome, **more)
    case.run, case.finished_run = None, run
    return run


def _work_period(run: StepRun) -> tuple[datetime, datetime]:
    """When work on a finished run began and ended. A step recorded later ends with the day on which it was done."""
    assert run.started_at and run.finished_at, "it was just finished"
    begin, end = run.started_at, run.finished_at
    if run.sent_on:
        begin = max(begin, _midnight(run.sent_on))
    if run.happened_on:
        end = min(end, _midnight(run.happened_on + timedelta(days=1)))
    return min(begin, run.finished_at), max(begin, end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.OFFICE_ZONE)


@part
def record_deviation(case: Case, kind: str, reason: str, *, by: Actor) -> Deviation:
    """Record an exception from the SOP on the open run; the caller saves the run."""
    run = case.open_run
    run.deviation, run.deviation_reason = kind, reason
    return Deviation.objects.create(
        request=case.request, run=run, kind=kind, reason=reason, by=by.staff_member, at=case.at
    )


@part
def enter_step(case: Case, step: FlowStep | None, *, by: Actor) -> None:
    """Open the next run at a step. An end step without anything left to do closes the case immediately.

    Raises: Refused when ``step`` is None, because the SOP names no next step.
    """
    if step is None:
        raise Refused(_("SOP permohonan ini tidak menyebut langkah berikutnya. Hubungi administrator."))
    if case.request.fulfilled_at:
        # The case leaves its end step: the office has work again.
        case.set(fulfilled_at=None)
    if step.lead_kind == "applicant":
        _enter_applicant(case, step, by)
    else:
        _enter_office(case, step, by)


@part
def new_run(case: Case, step: FlowStep, **columns: Any) -> StepRun:
    """Create a run of a step, offered now. ``columns``: further columns of the run."""
    if case.last_ordinal is None:
        case.last_ordinal = case.request.runs.aggregate(last=Max("ordinal"))["last"] or 0
    case.last_ordinal += 1
    run = StepRun(
        request=case.request,
        step_id=step.id,
        ordinal=case.last_ordinal,
        led_by=step.lead_kind,
        position_id=step.lead_position_id,
        offered_at=case.at,
        **columns,
    )
    run.save(force_insert=True)
    return run


def _enter_office(case: Case, step: FlowStep, by: Actor) -> None:
    position_ids = {pk for pk in (step.lead_position_id, *step.other_position_ids) if pk}
    holders = holders_of(position_ids) if position_ids else {}
    leads = holders.get(step.lead_position_id or 0, [])
    # A step of a vacant position or of another agency goes to the unit's pool.
    pool_id = None if leads else case.unit_id
    assignee = assignee_among(case.request, leads)
    case.run = new_run(
        case, step, unit_id=pool_id, assignee=assignee, due_at=deadlines.step_alarm(case.at, step.seconds)
    )
    notified = [assignee] if assignee else leads
    _notify_staff(case, "step_offered", notified, by)
    others = {user.pk: user for pk in step.other_position_ids for user in holders.get(pk, ()) if user not in notified}
    _notify_staff(case, "step_shared", others.values(), by)


def _enter_applicant(case: Case, step: FlowStep, by: Actor) -> None:
    if step.shape == "end":
        _enter_applicant_end(case, step, by)
        return
    note = case.request.runs.order_by("-ordinal").values_list("note", flat=True).first()
    case.begin()
    case.run = new_run(case, step, unit_id=case.unit_id)
    open_pause(case, note or step.activity, by=SYSTEM)


def _enter_applicant_end(case: Case, step: FlowStep, by: Actor) -> None:
    """The applicant collects the letter; if no letter waits for collection, the case closes."""
    waiting = Letter.objects.filter(request=case.request, state=Letter.State.ISSUED, collected_at__isnull=True)
    case.begin()
    case.run = new_run(case, step, unit_id=case.unit_id)
    if waiting.exists():
        case.set(fulfilled_at=case.at)
        _notify_applicant_of_case(case, "letter_ready")
        return
    # The step was done by nobody: it ends by itself because no letter waits for collection.
    finish_run(case, StepRun.Outcome.DONE, by=by, finished_by=None)
    close_at_end(case, step, by=by)


@part
def go_on(case: Case, step: FlowStep, run: StepRun, *, by: Actor, to: FlowStep | None = None) -> None:
    """Go on after a finished run: enter the next step (or ``to``), or close the case if ``step`` is an end."""
    if to is None and step.shape == "end":
        close_at_end(case, step, by=by)
        return
    if to is None:
        following = {"yes": step.if_yes_id, "no": step.if_no_id}.get(run.outcome, step.next_id)
        to = case.flow.step(following) if following else None
    enter_step(case, to, by=by)


@part
def close_at_end(case: Case, step: FlowStep, *, by: Actor) -> None:
    """Close the case at a finished end step; the step's ``end_kind`` decides the final state."""
    case.begin()
    if case.request.state == Request.State.WAITING_APPLICANT:
        case.move("answer")
    verb = states.END_VERBS[step.end_kind or "completed"]
    case.close(verb, by=by)
    case.set(fulfilled_at=case.request.fulfilled_at or case.at)
    timeline.add_entry(case.request, f"{verb}_request", by=by, run=case.finished_run, end=step.end_kind)
    _notify_applicant_of_case(case, "request_rejected" if verb == "reject" else "request_closed")


@part
def open_pause(case: Case, wanted: str, *, by: Actor) -> Pause:
    """Ask the applicant for something and stop the clock. ``by``: the system when a step of the SOP asks."""
    pause = Pause.objects.create(
        request=case.request,
        run=case.run,
        from_at=case.at,
        wanted=wanted,
        opened_by=by.user,
    )
    case.move("ask")
    _notify_applicant_of_case(case, "applicant_asked")
    return pause


@part
def end_pause(case: Case, pause: Pause, *, answer: str = "") -> None:
    """End a pause: the clock runs again, and the due date and the open step's alarm move by its length."""
    pause.to_at, pause.answer = case.at, answer
    pause.save(update_fields=["to_at", "answer"])
    case.move("answer")
    request, run = case.request, case.run
    if request.due_at:
        days = deadlines.pause_days(pause.from_at, case.at, request.complete_at)
        case.set(due_at=deadlines.extended(request.due_at, days))
    if run is not None and run.due_at:
        run.due_at = deadlines.alarm_after_pause(run.due_at, pause.from_at, case.at)
        run.save(update_fields=["due_at"])


def notify_applicant(request: Request, kind: str, *, delay: timedelta = timedelta(0)) -> Notice | None:
    """Enqueue a notice to the applicant; None if they gave no e-mail address.

    The address itself is read from the request at delivery.
    """
    return outbox.tell(kind, "request", request.pk, delay=delay) if request.applicant_email else None


def _notify_applicant_of_case(case: Case, kind: str) -> None:
    """Notify the applicant in a verb that can be taken back: the notice waits until that is over."""
    if notice := notify_applicant(case.request, kind, delay=case.notice_delay):
        case.notice_ids.append(notice.pk)


def _notify_staff(case: Case, kind: str, people: Iterable[User], by: Actor) -> None:
    for user in () if case.skips_notices else people:
        if by != staff(user):
            case.notice_ids.append(notify_official(case.request, kind, user, delay=case.notice_delay).pk)


def notify_official(request: Request, kind: str, user: User, *, delay: timedelta = timedelta(0)) -> Notice:
    """Enqueue a notice about a case to a member of staff; ``delay`` as in ``outbox.tell``."""
    path = f"/petugas/kasus/{request.number}/"
    return outbox.tell(kind, "request", request.pk, user=user, path=path, delay=delay)


def notify_former_assignee(request: Request, kind: str, assignee: User | None, *, by: Actor) -> None:
    """Notify the former assignee that the open step is no longer theirs, unless they caused it themselves."""
    if assignee and by != staff(assignee):
        notify_official(request, kind, assignee)
