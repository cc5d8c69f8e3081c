"""Verbs on one step: claim, start, complete, decide."""

import dataclasses

from django.utils.translation import gettext as _

from services import permissions
from services.models import StepRun
from sop.rules.flow import FlowStep
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from . import flow, timeline
from .finishing import StepResult, complete_current, record_step
from .flow import Case
from .report import StepReport

NOTHING_TO_REPORT = StepReport()


def workable_step(case: Case, run: StepRun, user: User) -> FlowStep:
    """The step of the open run, after checking that the user may work it.

    Raises: Outdated when the run is no longer open or the case is closed, NotAllowed.
    """
    flow.must_be_current(case, run)
    case.must_be_open()
    if not permissions.may_work(user, case.open_run, case.unit_id):
        raise NotAllowed(
            _("Langkah ini bukan tugas Anda. Yang mengerjakannya: %(name)s.") % {"name": case.open_step.lead_name}
        )
    return case.open_step


def must_be_able_to_finish(case: Case, user: User) -> None:
    """Check that the user may also finish the open step (``permissions.may_finish``).

    Raises: NotAllowed, saying what to do, for a deputy where the step needs a holder of its position.
    """
    step = case.open_step
    if permissions.may_finish(user, case.open_run, step, case.unit_id):
        return
    raise NotAllowed(signing_words(step) if step.issues_letter else deciding_words(step))


def signing_words(step: FlowStep) -> str:
    """Sentence for a deputy who may not sign: who signs the letter of the step."""
    return _(
        "Surat ini ditandatangani %(name)s, Plh., atau Plt. jabatan itu. Pengganti tidak menandatangani. Minta "
        "sekretariat atau administrator mencatat surat perintahnya."
    ) % {"name": step.lead_name}


def deciding_words(step: FlowStep) -> str:
    """Sentence for a deputy who may not decide: who takes the decision of the step."""
    return _(
        "Keputusan ini hanya diambil %(name)s, Plh., atau Plt. jabatan itu. Kantor tidak mengizinkan pengganti "
        "memutuskan."
    ) % {"name": step.lead_name}


@verb
def claim_step(run: StepRun, *, by: Actor) -> StepRun:
    """Take a step from the pool: the user becomes its assignee, and its working time starts.

    Allowed: whoever may work the step and finish it.
    Effects: internal timeline entry, journal. Claiming one's own step does nothing.
    Raises: Outdated when somebody else has the step or it is done, NotAllowed, Refused for a step of the applicant.
    """
    user = by.staff_member
    case = Case.lock_of_run(run)
    flow.must_be_current(case, run)
    run = case.open_run
    # Checked before the permission, which ends with somebody else's claim: naming the new assignee says more.
    if run.assignee_id not in (None, user.pk) and permissions.is_assignee_entitled(run):
        raise Outdated(_("Langkah ini sudah diambil oleh %(name)s.") % {"name": run.assignee})
    workable_step(case, run, user)
    if run.assignee_id == user.pk:
        return run
    must_be_able_to_finish(case, user)
    if run.led_by == "applicant":
        raise Refused(_("Langkah ini menunggu pemohon. Tidak ada yang perlu diambil."))
    _take(case, user)
    timeline.add_entry(case.request, "step_claimed", by=by, audience="internal", run=run, step=case.open_step.no)
    journal.record("claim_step", "request", case.request.pk, by, run=run.pk, step=case.open_step.no)
    return run


@verb
def start_step(run: StepRun, *, by: Actor) -> StepRun:
    """Begin work on a step: its working time starts. A step that nobody has is taken from the pool.

    Allowed: whoever may work the step.
    Effects: journal; when it is taken from the pool, an internal timeline entry. Calling it again does nothing.
    Raises: Outdated, NotAllowed.
    """
    user = by.staff_member
    case = Case.lock_of_run(run)
    workable_step(case, run, user)
    run = case.open_run
    if run.started_at or run.led_by == "applicant":
        return run
    if run.assignee_id is None:
        must_be_able_to_finish(case, user)
    other = run.assignee if run.assignee_id != user.pk and permissions.is_assignee_entitled(run) else None
    new = other is None and run.assignee_id != user.pk
    _take(case, other or user)
    if new:
        timeline.add_entry(case.request, "step_claimed", by=by, audience="internal", run=run, step=case.open_step.no)
    journal.record("start_step", "request", case.request.pk, by, run=run.pk, step=case.open_step.no)
    return run


def _take(case: Case, user: User) -> None:
    """Assign the open step and start its working time.

    A step taken by somebody who does not hold its position counts as taken from the unit's pool.
    """
    run, standing = case.open_run, permissions.standing_of(user)
    run.assignee, run.started_at = user, run.started_at or case.at
    if run.unit_id is None and run.position and not permissions.reassigned_outside(run):
        holds = run.position_id in standing.position_ids or run.position.unit_id in standing.led_unit_ids
        run.unit_id = None if holds else case.unit_id
    run.save(update_fields=["assignee", "started_at", "unit"])
    case.begin()
    case.save()


@verb
def complete_step(run: StepRun, *, by: Actor, report: StepReport = NOTHING_TO_REPORT, key: str = "") -> StepResult:
    """Complete a step that is neither a decision nor issues a letter; the case goes on to the next step.

    Repeating the same ``key`` returns the earlier result.

    Allowed: whoever may work the step and finish it.
    Effects: the next step opens or the case closes; timeline, notices, journal. A step of the applicant ends its
    pause; at the end of the SOP the letter counts as handed over.
    Raises: NotAllowed, Outdated, Refused (``field`` names the missing input).
    """
    return _complete(run, "done", by, report, key)


@verb
def decide_step(
    run: StepRun, *, by: Actor, yes: bool, report: StepReport = NOTHING_TO_REPORT, key: str = ""
) -> StepResult:
    """Answer a decision step with yes or no; otherwise like ``complete_step``.

    The note is the reason. It is required where ``decisions.reason_is_due`` says so, and the applicant reads it when
    they are asked for something or the request is refused. An answer that finds nothing missing declares the file
    complete.
    """
    return _complete(run, "yes" if yes else "no", by, report, key)


def _complete(run: StepRun, outcome: str, by: Actor, report: StepReport, key: str) -> StepResult:
    user = by.staff_member
    case = Case.lock_of_run(run)
    claimed = idempotency.claim(by.key, key)
    if claimed.earlier_id:
        return earlier_result(case, claimed.earlier_id)
    step = workable_step(case, run, user)
    must_be_able_to_finish(case, user)
    must_accept_outcome(step, outcome)
    if step.lead_kind == "position":
        report = dataclasses.replace(report, happened_on=None, sent_on=None)
    moved = complete_current(case, step, outcome, by=by, report=report)
    claimed.record("step_run", moved.run.pk)
    record_step(case, moved, step, by=by)
    return moved


def must_accept_outcome(step: FlowStep, outcome: str) -> None:
    """Check that the outcome suits the step: "yes" and "no" are for decisions only.

    Raises: Refused if it does not, and for a letter step, which ends by issuing its letter.
    """
    if (step.shape == "decision") != (outcome in ("yes", "no")):
        raise Refused(
            _("Langkah ini sebuah keputusan: pilih salah satu jawabannya.")
            if step.shape == "decision"
            else _("Langkah ini bukan keputusan.")
        )
    if step.issues_letter and step.lead_kind == "position":
        raise Refused(_("Langkah ini selesai dengan menerbitkan surat."))


def earlier_result(case: Case, run_id: int | str) -> StepResult:
    """The result of an earlier submission of the same form, which finished the run ``run_id``.

    Raises: Outdated when that step was taken back meanwhile.
    """
    run = StepRun.objects.get(pk=run_id)
    if run.taken_back_at:
        raise Outdated(flow.who_was_faster(run))
    return StepResult(case.request, run, case.run)
