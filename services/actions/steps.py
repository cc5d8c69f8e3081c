"""Verbs on one step: claim, start, complete, decide, skip, hand to somebody else."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock, idempotency
from ula_portal.core.actions import journal
from ula_portal.core.actors import staff
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.queries import holders_of

from .. import permissions
from ..models import Letter, Request, StepRun
from . import flow, timeline
from .flow import Case


@dataclass(frozen=True)
class Moved:
    """What a verb did: the finished run, and the run that is open now (None when the case is closed)."""

    request: Request
    run: StepRun
    next_run: StepRun | None


def workable(case: Case, run_id, user):
    """The step of the open run, for whoever may work it. Raises Outdated, NotAllowed."""
    flow.must_be_current(case, run_id)
    case.must_be_open()
    if not permissions.may_work(user, case.run, case.unit_id):
        raise NotAllowed(
            _("Langkah ini bukan tugas Anda. Yang mengerjakannya: %(name)s.") % {"name": case.step.lead_name}
        )
    return case.step


@transaction.atomic
def claim_step(run_id, user) -> StepRun:
    """Take a step from the pool: the person becomes its assignee, and work on it begins.

    Raises Outdated when somebody else has it or it is done, NotAllowed.
    """
    case = Case.lock_of_run(run_id)
    workable(case, run_id, user)
    run = case.run
    if run.assignee_id == user.pk:
        return run
    if run.led_by == "applicant":
        raise Refused(_("Langkah ini menunggu pemohon; tidak ada yang perlu diambil."))
    if run.assignee_id and permissions.still_has_it(run):
        raise Outdated(_("Langkah ini sudah diambil oleh %(name)s.") % {"name": run.assignee})
    run.assignee, run.started_at = user, run.started_at or case.at
    run.save(update_fields=["assignee", "started_at"])
    case.begin()
    case.save()
    timeline.note(case.request, "step_claimed", actor=staff(user), audience="internal", run=run, step=case.step.no)
    journal.record("claim_step", "request", case.request.pk, staff(user), run=run.pk, step=case.step.no)
    return run


@transaction.atomic
def start_step(run_id, user) -> StepRun:
    """Begin work on a step; from now on its time counts. Takes it from the pool when nobody has it. Again: nothing."""
    case = Case.lock_of_run(run_id)
    workable(case, run_id, user)
    run = case.run
    if run.started_at or run.led_by == "applicant":
        return run
    run.started_at, run.assignee = case.at, run.assignee or user
    run.save(update_fields=["assignee", "started_at"])
    case.begin()
    case.save()
    journal.record("start_step", "request", case.request.pk, staff(user), run=run.pk, step=case.step.no)
    return run


def complete_step(run_id, user, *, note="", idempotency_key="", happened_on=None, deviation_reason="") -> Moved:
    """Complete a step that is no decision and makes no letter; the case goes on to the next.

    For another agency's step ``happened_on`` is the day it was really done (default today); for the applicant's it ends
    the pause (at the end of the SOP: the letter was handed over). Past its alarm an office step needs
    ``deviation_reason``. Raises NotAllowed, Outdated, Refused (``field`` names what is missing). The same key again
    gives the earlier result.
    """
    return _complete(
        run_id, user, "done", note=note, key=idempotency_key, happened_on=happened_on, reason=deviation_reason
    )


def decide_step(
    run_id, user, yes: bool, *, note="", idempotency_key="", happened_on=None, deviation_reason=""
) -> Moved:
    """Answer a decision with yes or no; otherwise as ``complete_step``. ``note`` is what the applicant is asked for,
    when the answer leads back to them."""
    outcome = "yes" if yes else "no"
    return _complete(
        run_id, user, outcome, note=note, key=idempotency_key, happened_on=happened_on, reason=deviation_reason
    )


@transaction.atomic
def _complete(run_id, user, outcome, *, note, key, happened_on, reason):
    case = Case.lock_of_run(run_id)
    claimed = idempotency.claim(staff(user).key, key)
    if claimed.earlier_id:
        return _earlier(case, claimed.earlier_id)
    step = workable(case, run_id, user)
    if (step.shape == "decision") != (outcome in ("yes", "no")):
        raise Refused(
            _("Langkah ini sebuah keputusan: pilih salah satu jawabannya.")
            if step.shape == "decision"
            else _("Langkah ini bukan keputusan.")
        )
    if step.issues_letter and step.lead_kind == "position":
        raise Refused(_("Langkah ini selesai dengan menerbitkan surat."))
    moved = complete_current(case, step, outcome, user=user, note=note, happened_on=happened_on, reason=reason)
    claimed.record("step_run", moved.run.pk)
    record_step(case, moved, step, staff(user))
    return moved


def _earlier(case, run_id):
    return Moved(case.request, StepRun.objects.get(pk=run_id), case.run)


def complete_current(case: Case, step, outcome, *, user, note="", happened_on=None, reason="") -> Moved:
    """Finish the open run of a locked case by a member of staff and go on (no journal entry yet)."""
    actor = staff(user)
    _end_what_waits(case, step, note)
    deviation = ""
    if case.run.led_by == "position" and case.run.due_at and case.run.due_at < case.at:
        if not reason.strip():
            raise Refused(_("Langkah ini melewati waktu bakunya. Tuliskan alasannya."), field="deviation_reason")
        deviation = "overrun"
    if step.lead_kind == "applicant" and step.shape == "end":
        _collected(case)
    case.begin()
    run = flow.finish(
        case,
        outcome,
        actor=actor,
        user=user,
        note=note,
        happened_on=_day(case, step, happened_on),
        deviation=deviation,
        reason=reason.strip() if deviation else "",
    )
    flow.follow(case, step, run, actor=actor)
    case.save()
    return Moved(case.request, run, case.run)


def _end_what_waits(case, step, note):
    """An ask must be answered before the office goes on; a step of the applicant is answered by completing it."""
    pause = case.open_pause()
    if pause is None:
        return
    if step.lead_kind != "applicant":
        raise Refused(_("Permohonan sedang menunggu kelengkapan dari pemohon. Catat dahulu jawabannya."))
    flow.end_pause(case, pause, answer=note)


def _day(case, step, happened_on):
    """The real day of a step that is recorded afterwards."""
    if step.lead_kind == "position":
        return None
    day = happened_on or clock.today()
    if day > clock.today():
        raise Refused(_("Tanggal ini belum tiba."), field="happened_on")
    if day < clock.local(case.request.received_at).date():
        raise Refused(_("Tanggal ini mendahului permohonan."), field="happened_on")
    return day


def _collected(case):
    waiting = Letter.objects.filter(request=case.request, state=Letter.State.ISSUED, collected_at__isnull=True)
    waiting.update(collected_at=case.at)


def record_step(case, moved, step, actor, verb="complete_step", **more):
    """The journal entry of a completed step; a deviation is named in it."""
    next_no = case.flow.step(moved.next_run.step_id).no if moved.next_run else None
    if moved.run.deviation:
        more["deviation"] = moved.run.deviation
    journal.record(
        verb,
        "request",
        case.request.pk,
        actor,
        run=moved.run.pk,
        step=step.no,
        outcome=moved.run.outcome,
        next=next_no,
        **more,
    )


@transaction.atomic
def skip_step(run_id, user, *, reason, to_step_no=None, idempotency_key="") -> Moved:
    """Leave the open step out, or go on at another one, with a reason: a deviation from the SOP.

    Who may work the step may skip it. A decision is only left by naming ``to_step_no``. Raises Refused without reason,
    for an unknown step and for the start step.
    """
    case = Case.lock_of_run(run_id)
    claimed = idempotency.claim(staff(user).key, idempotency_key)
    if claimed.earlier_id:
        return _earlier(case, claimed.earlier_id)
    step = workable(case, run_id, user)
    if not (reason or "").strip():
        raise Refused(_("Tuliskan alasan pengecualian dari SOP."), field="reason")
    to = _target(case, step, to_step_no)
    pause = case.open_pause()
    if pause:
        flow.end_pause(case, pause)
    case.begin()
    deviation = "reordered" if to else "skipped"
    run = flow.finish(case, "skipped", actor=staff(user), user=user, deviation=deviation, reason=reason.strip())
    flow.follow(case, step, run, actor=staff(user), to=to)
    case.save()
    moved = Moved(case.request, run, case.run)
    claimed.record("step_run", run.pk)
    record_step(case, moved, step, staff(user), "skip_step")
    return moved


def _target(case, step, no):
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


@transaction.atomic
def reassign(run_id, to_user, *, by, note="") -> StepRun:
    """Give the open step to another holder of its position (or member of the pool).

    Who may: its assignee, the section head of the unit, administrators. Raises NotAllowed, Outdated, and Refused when
    the other person does not hold the position.
    """
    case = Case.lock_of_run(run_id)
    flow.must_be_current(case, run_id)
    case.must_be_open()
    run = case.run
    if run.assignee_id != by.pk and not permissions.may_lead(by, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat mengalihkan langkah ini."))
    if not may_be_given(case, to_user):
        raise Refused(_("%(name)s tidak memegang jabatan pelaksana langkah ini.") % {"name": to_user}, field="to_user")
    run.assignee, run.started_at = to_user, None
    run.save(update_fields=["assignee", "started_at"])
    keep_note(case, by, note)
    timeline.note(case.request, "step_reassigned", actor=staff(by), audience="internal", run=run, user=to_user.pk)
    if to_user.pk != by.pk:
        flow.tell_official(case.request, "step_offered", to_user)
    journal.record("reassign_step", "request", case.request.pk, staff(by), run=run.pk, user=to_user.pk)
    return run


def may_be_given(case: Case, user) -> bool:
    """Whether the open step can be this person's: they hold its position, or belong to its pool."""
    run = case.run
    if run is None or run.led_by == "applicant" or not user.is_active:
        return False
    standing = permissions.standing_of(user)
    if run.position_id and run.position_id in standing.position_ids:
        return True
    pool = bool(run.unit_id) or not run.position_id or not holders_of([run.position_id])[run.position_id]
    return pool and (run.unit_id or case.unit_id) in standing.unit_ids


def keep_note(case, user, text):
    """An internal note beside what was done."""
    if (text or "").strip():
        case.request.messages.create(at=case.at, author=user, internal=True, text=text.strip()[:4000])
