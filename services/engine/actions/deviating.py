"""Deviating from the SOP with a reason: skip a step, continue at another one, reassign a step."""

from typing import Any

from django.utils.translation import gettext as _

from services import permissions
from services.models import Message, StepRun
from sop.rules.flow import FlowStep
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb

from . import flow, taking_back, timeline
from .finishing import StepResult, record_step
from .flow import Case
from .steps import earlier_result, must_be_able_to_finish


@verb
def skip_step(
    run: StepRun, *, by: Actor, reason: str, to_step_no: int | str | None = None, key: str = ""
) -> StepResult:
    """Skip the open step, or continue at another one, with a reason: a deviation from the SOP.

    ``to_step_no``: the number of the step at which to continue; required when the open step is a decision.

    Allowed: ``permissions.may_skip``, and ``may_go_on_at`` for a step out of order.
    Effects: as ``complete_step``, with a ``Deviation``; an open pause ends.
    Raises: NotAllowed, Outdated, and Refused without a reason, for an unknown step and for the start step.
    """
    user = by.staff_member
    case = Case.lock_of_run(run)
    claimed = idempotency.claim(by.key, key)
    if claimed.earlier_id:
        return earlier_result(case, claimed.earlier_id)
    flow.must_be_current(case, run)
    case.must_be_open()
    step = case.open_step
    if not permissions.may_skip(user, case.open_run, case.unit_id):
        raise NotAllowed(_("Langkah ini bukan tugas Anda. Yang mengerjakannya: %(name)s.") % {"name": step.lead_name})
    if not permissions.may_lead(user, case.unit_id):
        # Skipping a step that one may not sign or decide would amount to deciding it.
        must_be_able_to_finish(case, user)
    if not (reason or "").strip():
        raise Refused(_("Tulis alasan pengecualian dari SOP."), field="reason")
    to = _target(case, step, to_step_no)
    if to is not None and not permissions.may_go_on_at(user, to, case.unit_id):
        raise Refused(
            _("Langkah %(no)d bukan langkah Anda. Mintalah kepala bidang atau administrator.") % {"no": to.no},
            field="to_step_no",
        )
    pause = case.open_pause()
    snapshot = taking_back.undo_snapshot(case, pause=pause)
    if pause:
        flow.end_pause(case, pause)
    case.begin()
    deviation = "reordered" if to else "skipped"
    run = flow.finish_run(case, "skipped", by=by, deviation=deviation, reason=reason.strip())
    flow.go_on(case, step, run, by=by, to=to)
    case.save()
    taking_back.store_undo(case, run, snapshot)
    moved = StepResult(case.request, run, case.run)
    claimed.record("step_run", run.pk)
    record_step(case, moved, step, by=by, verb="skip_step")
    return moved


def _target(case: Case, step: FlowStep, no: int | str | None) -> FlowStep | None:
    if no in (None, ""):
        if step.shape == "decision":
            raise Refused(_("Sebuah keputusan tidak dapat dilewati. Pilih langkah tujuan."), field="to_step_no")
        return None
    try:
        to = case.flow.by_no(int(no))
    except (KeyError, ValueError) as error:
        raise Refused(_("Langkah tujuan ini tidak ada pada SOP."), field="to_step_no") from error
    if to.shape == "start" or to.id == step.id:
        raise Refused(_("Langkah tujuan ini tidak dapat dipilih."), field="to_step_no")
    return to


@verb
def reassign(run: StepRun, *, by: Actor, to_user: User, note: str = "", reason: str = "") -> StepRun:
    """Give the open step to another holder of its position or member of its pool.

    Giving it to anybody else who holds a position is a deviation and needs a ``reason``.

    Allowed: ``permissions.may_reassign``; for anybody else, ``may_reassign_outside``.
    Effects: notices to the new and the former assignee, except to whoever does it; ``note`` becomes an internal note;
    internal timeline entry, journal.
    Raises: NotAllowed, Outdated, and Refused (``field``) for somebody who cannot have the step or is away, or
    without the required reason.
    """
    user = by.staff_member
    case = Case.lock_of_run(run)
    flow.must_be_current(case, run)
    case.must_be_open()
    run, reason = case.open_run, (reason or "").strip()
    if not permissions.may_reassign(user, run, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat mengalihkan langkah ini."))
    if run.assignee_id == to_user.pk:
        return run
    inside = may_be_given(case, to_user)
    _must_be_possible(case, to_user, user, inside, reason)
    earlier_assignee, run.assignee, run.started_at = run.assignee, to_user, None
    if inside:
        run.deviation, run.deviation_reason = "", ""
    else:
        flow.record_deviation(case, "reassigned", reason, by=by)
    run.save(update_fields=["assignee", "started_at", "deviation", "deviation_reason"])
    store_note(case, note, by=by)
    more: dict[str, Any] = {} if inside else {"deviation": "reassigned"}
    timeline.add_entry(case.request, "step_reassigned", by=by, audience="internal", run=run, user=to_user.pk, **more)
    if to_user.pk != user.pk:
        flow.notify_official(case.request, "step_offered", to_user)
    flow.notify_former_assignee(case.request, "step_given_away", earlier_assignee, by=by)
    journal.record("reassign_step", "request", case.request.pk, by, run=run.pk, user=to_user.pk, **more)
    return run


def _must_be_possible(case: Case, to_user: User, user: User, inside: bool, reason: str) -> None:
    if not to_user.is_active or not permissions.standing_of(to_user).position_ids:
        raise Refused(_("%(name)s tidak memegang jabatan hari ini.") % {"name": to_user}, field="to_user")
    if presence_of([to_user.pk]):
        raise Refused(_("%(name)s sedang tidak di kantor.") % {"name": to_user}, field="to_user")
    is_letter_step = case.open_step.issues_letter and case.open_run.led_by == "position"
    if is_letter_step and not permissions.may_sign(to_user, case.open_run, case.unit_id):
        raise Refused(
            _("%(name)s tidak menandatangani surat jabatan ini. Diperlukan Plh. atau Plt. dengan surat perintah.")
            % {"name": to_user},
            field="to_user",
        )
    if inside:
        return
    if not permissions.may_reassign_outside(user, case.unit_id):
        raise Refused(
            _("%(name)s tidak memegang jabatan pelaksana langkah ini. Mintalah kepala bidang atau administrator.")
            % {"name": to_user},
            field="to_user",
        )
    if not reason:
        raise Refused(
            _("%(name)s tidak memegang jabatan pelaksana langkah ini. Tulis alasan pengecualian dari SOP.")
            % {"name": to_user},
            field="reason",
        )


def may_be_given(case: Case, user: User) -> bool:
    """Whether the user holds the open step's position or belongs to its pool, so that reassigning is no deviation."""
    run = case.run
    if run is None or run.led_by == "applicant" or not user.is_active:
        return False
    standing = permissions.standing_of(user)
    if run.position_id and run.position_id in standing.position_ids:
        return True
    pool = bool(run.unit_id) or not run.position_id or not holders_of([run.position_id])[run.position_id]
    return pool and (run.unit_id or case.unit_id) in standing.unit_ids


@part
def store_note(case: Case, text: str, *, by: Actor) -> Message | None:
    """Store an internal note that goes with a verb; None when the text is empty."""
    if not (text or "").strip():
        return None
    return case.request.messages.create(at=case.at, author=by.staff_member, internal=True, text=text.strip()[:4000])
