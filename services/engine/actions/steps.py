"""Verbs on one step: claim, start, complete, decide."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from services import permissions
from services.models import Letter, Request, StepRun
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from . import completeness, flow, reasons, taking_back, timeline
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


def must_be_able_to_finish(case: Case, user):
    """Raise NotAllowed, with what to do, for who stands in where the step asks for a holder of its position."""
    if permissions.may_finish(user, case.run, case.step, case.unit_id):
        return
    raise NotAllowed(signing_words(case.step) if case.step.issues_letter else deciding_words(case.step))


def signing_words(step) -> str:
    """Who signs the letter of a step, for whoever stands in and does not."""
    return _(
        "Surat ini ditandatangani %(name)s, Plh., atau Plt. jabatan itu. Pengganti tidak menandatangani. Minta "
        "sekretariat atau administrator mencatat surat perintahnya."
    ) % {"name": step.lead_name}


def deciding_words(step) -> str:
    """Who takes the decision of a step, for whoever stands in and may not."""
    return _(
        "Keputusan ini hanya diambil %(name)s, Plh., atau Plt. jabatan itu. Kantor tidak mengizinkan pengganti "
        "memutuskan."
    ) % {"name": step.lead_name}


@transaction.atomic
def claim_step(run_id, user) -> StepRun:
    """Take a step from the pool: the person becomes its assignee, and work on it begins.

    Raises Outdated when somebody else has it or it is done, NotAllowed.
    """
    case = Case.lock_of_run(run_id)
    flow.must_be_current(case, run_id)
    run = case.run
    # Before the right is asked: it ends with somebody else's claim, and who has it now is the better answer.
    if run.assignee_id not in (None, user.pk) and permissions.still_has_it(run):
        raise Outdated(_("Langkah ini sudah diambil oleh %(name)s.") % {"name": run.assignee})
    workable(case, run_id, user)
    if run.assignee_id == user.pk:
        return run
    must_be_able_to_finish(case, user)
    if run.led_by == "applicant":
        raise Refused(_("Langkah ini menunggu pemohon; tidak ada yang perlu diambil."))
    _take(case, user)
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
    if run.assignee_id is None:
        must_be_able_to_finish(case, user)
    taken = run.assignee_id not in (None, user.pk) and permissions.still_has_it(run)
    new = not taken and run.assignee_id != user.pk
    _take(case, run.assignee if taken else user)
    if new:
        timeline.note(case.request, "step_claimed", actor=staff(user), audience="internal", run=run, step=case.step.no)
    journal.record("start_step", "request", case.request.pk, staff(user), run=run.pk, step=case.step.no)
    return run


def _take(case, user):
    """Make the open step somebody's and let their time count; taken for want of a holder, it is the unit's pool's."""
    run, standing = case.run, permissions.standing_of(user)
    run.assignee, run.started_at = user, run.started_at or case.at
    if run.position_id and run.unit_id is None and not permissions.given_outside(run):
        holds = run.position_id in standing.position_ids or run.position.unit_id in standing.led_unit_ids
        run.unit_id = None if holds else case.unit_id
    run.save(update_fields=["assignee", "started_at", "unit"])
    case.begin()
    case.save()


def complete_step(run_id, user, *, note="", idempotency_key="", happened_on=None, sent_on=None, deviation_reason=""):
    """Complete a step that is no decision and makes no letter; the case goes on to the next. Returns Moved.

    For another agency's step ``sent_on`` and ``happened_on`` are the days it got and did it (default: the day of the
    offer, today); the applicant's ends the pause (at the end of the SOP: the letter was handed over). Past its alarm
    an office step needs ``deviation_reason``. Raises NotAllowed, Outdated, Refused (``field`` names what is missing).
    The same key again gives the earlier result.
    """
    days = {"happened_on": happened_on, "sent_on": sent_on}
    return _complete(run_id, user, "done", note=note, key=idempotency_key, reason=deviation_reason, **days)


def decide_step(
    run_id,
    user,
    yes: bool,
    *,
    note="",
    idempotency_key="",
    happened_on=None,
    sent_on=None,
    deviation_reason="",
    papers_reason="",
) -> Moved:
    """Answer a decision with yes or no; otherwise as ``complete_step``.

    ``note`` is the reason; where ``decisions.reason_is_due`` it must be given, and the applicant reads it when they
    are asked for something or the request is refused. An answer that finds nothing missing declares the file complete;
    while a document must be mended or is not judged, it needs ``papers_reason``, which is kept.
    """
    outcome, days = "yes" if yes else "no", {"happened_on": happened_on, "sent_on": sent_on}
    days["papers_reason"] = papers_reason
    return _complete(run_id, user, outcome, note=note, key=idempotency_key, reason=deviation_reason, **days)


@transaction.atomic
def _complete(run_id, user, outcome, *, note, key, reason, papers_reason="", **days):
    case = Case.lock_of_run(run_id)
    claimed = idempotency.claim(staff(user).key, key)
    if claimed.earlier_id:
        return earlier(case, claimed.earlier_id)
    step = workable(case, run_id, user)
    must_be_able_to_finish(case, user)
    must_fit(step, outcome)
    if step.lead_kind == "position":
        days = {}
    reasons = {"reason": reason, "papers_reason": papers_reason}
    moved = complete_current(case, step, outcome, user=user, note=note, **reasons, **days)
    claimed.record("step_run", moved.run.pk)
    record_step(case, moved, step, staff(user))
    return moved


def must_fit(step, outcome):
    """Raise Refused when a step does not end in this way: "yes" and "no" belong to decisions, letters to their step."""
    if (step.shape == "decision") != (outcome in ("yes", "no")):
        raise Refused(
            _("Langkah ini sebuah keputusan: pilih salah satu jawabannya.")
            if step.shape == "decision"
            else _("Langkah ini bukan keputusan.")
        )
    if step.issues_letter and step.lead_kind == "position":
        raise Refused(_("Langkah ini selesai dengan menerbitkan surat."))


def earlier(case: Case, run_id) -> Moved:
    """What the same form did before. Raises Outdated when that was taken back."""
    run = StepRun.objects.get(pk=run_id)
    if run.taken_back_at:
        raise Outdated(flow.who_was_faster(run))
    return Moved(case.request, run, case.run)


def complete_current(
    case: Case,
    step,
    outcome,
    *,
    user,
    note="",
    happened_on=None,
    sent_on=None,
    reason="",
    papers_reason="",
    **written,
) -> Moved:
    """Finish the open run of a locked case by a member of staff and go on (no journal entry yet).

    ``happened_on``, ``sent_on``: days of a step that is recorded afterwards; ``written``: as ``flow.finish``. Whatever
    calls it, what ``completeness.must_be_judged`` asks holds.
    """
    actor, note = staff(user), (note or "").strip()
    _end_what_waits(case, step, note)
    if step.lead_kind != "position":
        happened_on = happened_on or clock.today()
    if happened_on:
        written |= _days(case, step, sent_on, happened_on)
    late = _is_late(case, happened_on)
    unfit = reasons.must_be_given(case, step, outcome, note, papers_reason, late=late, reason=reason)
    if step.lead_kind == "applicant" and step.shape == "end":
        _collected(case)
    kept = taking_back.before_finishing(case)
    case.begin()
    if late:
        written |= {"deviation": "overrun", "reason": reason.strip()}
    run = flow.finish(case, outcome, actor=actor, user=user, note=note, **written)
    completeness.pass_over(case, run, unfit, papers_reason, user)
    completeness.declare_by_answer(case, step, outcome, user, run)
    flow.follow(case, step, run, actor=actor)
    case.save()
    taking_back.keep(case, run, kept)
    return Moved(case.request, run, case.run)


def _is_late(case, happened_on):
    """Whether an office step passed its alarm; what was done on paper in time and recorded later did not."""
    run = case.run
    if not run.missed_alarm(case.at):
        return False
    return happened_on is None or happened_on > clock.local(run.due_at).date()


def _end_what_waits(case, step, note):
    """An ask must be answered before the office goes on; a step of the applicant is answered by completing it."""
    pause = case.open_pause()
    if pause is None:
        return
    if step.lead_kind != "applicant":
        raise Refused(_("Permohonan sedang menunggu kelengkapan dari pemohon. Catat dahulu jawabannya."))
    flow.end_pause(case, pause, answer=note)


def _days(case, step, sent_on, happened_on):
    """The real days of a step that is recorded afterwards, in order; sent on the day of the offer unless told."""
    # A server's clock may have been set back since, past midnight too.
    received, days = min(clock.local(case.request.received_at).date(), clock.today()), {"happened_on": happened_on}
    if step.lead_kind == "external":
        offered = clock.local(case.run.offered_at).date()
        days = {"sent_on": sent_on or min(offered, happened_on), **days}
    for field, day in days.items():
        if day > clock.today():
            raise Refused(_("Tanggal ini belum tiba."), field=field)
        if day < received:
            raise Refused(_("Tanggal ini mendahului permohonan."), field=field)
    if "sent_on" in days and days["sent_on"] > happened_on:
        raise Refused(_("Tanggal selesai mendahului tanggal dikirim."), field="happened_on")
    return days


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
