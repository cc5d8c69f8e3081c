"""Taking back a finished step within a minute: the run stays on record, but counts nowhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from services import states
from services.models import Alarm, Letter, Pause, Request, StepRun, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import outbox
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.undoing import MAIL_WAITS, UNDO
from . import timeline
from .flow import Case

# Timeline verbs of other people that do not prevent taking a step back.
UNRELATED_VERBS = ("noted", "message_sent", "message_received", "code_wanted", "code_renewed", "due_recomputed")


def undo_snapshot(case: Case, *, pause: Pause | None = None) -> dict[str, Any] | None:
    """Snapshot of the open run and its request before the run is finished, for ``store_undo``.

    From here on, the verb's notices wait until the step can no longer be taken back. ``pause``: a pause that the verb
    is about to end. Returns None when the step cannot be taken back: it is the applicant's, one of several completed
    on one form, or a letter has been issued.
    """
    run, request = case.open_run, case.request
    if run.led_by == "applicant" or not case.undoable or _has_letter(request):
        return None
    case.notice_delay = MAIL_WAITS
    moments = {
        "started_at": run.started_at,
        "due_at": run.due_at,
        "complete_at": request.complete_at,
        "request_due_at": request.due_at,
        "fulfilled_at": request.fulfilled_at,
    }
    snapshot = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return snapshot | {"state": request.state, "deviation": run.deviation, "ended_pause": pause.pk if pause else None}


@part
def store_undo(case: Case, run: StepRun, snapshot: dict[str, Any] | None) -> None:
    """Store on the finished run what ``take_back_step`` needs; call it after the case has gone on."""
    if snapshot is None:
        return
    after = case.run or case.finished_run
    pause = case.open_pause() if case.request.state == Request.State.WAITING_APPLICANT else None
    run.undo = snapshot | {
        "entry": case.finish_entry and case.finish_entry.pk,
        "next": after.pk if after and after.pk != run.pk else None,
        "open": case.run is not None,
        "assignee": case.run.assignee_id if case.run else None,
        "pause": pause.pk if pause else None,
        "notices": case.notice_ids,
    }
    run.save(update_fields=["undo"])


def _has_letter(request: Request) -> bool:
    return Letter.objects.filter(request=request, state=Letter.State.ISSUED).exists()


@verb
def take_back_step(run: StepRun, *, by: Actor) -> StepRun | None:
    """Take back a finished step within a minute (*urungkan*). Returns the step's new run, with its times restored.

    Allowed: whoever finished the step, while nobody has gone on and no letter is issued. Steps of the applicant, and
    several steps recorded on one form, cannot be taken back.
    Effects: the finished run stays on record but counts nowhere. What it opened is cancelled: the next run, a pause
    (which then lasted no time), the closing, the declared completeness; a pause that a skip ended is open again.
    Waiting notices are dropped. Internal timeline entry, journal. Calling it again does nothing.
    Raises: NotAllowed, Refused, Outdated.
    """
    own_run = StepRun.objects.filter(pk=run.pk, finished_by=by.staff_member).first()
    if own_run is None:
        raise NotAllowed(_("Langkah hanya dapat diurungkan oleh yang menyelesaikannya."))
    case = Case.lock(own_run.request_id)
    run = StepRun.objects.select_related("assignee").get(pk=run.pk)
    if run.taken_back_at:
        return case.run
    after = list(case.request.runs.filter(ordinal__gt=run.ordinal, taken_back_at=None).order_by("ordinal"))
    undo = _checked_snapshot(case, run, by, after)
    case.at = max(case.at, run.finished_at or case.at)
    outbox.drop(undo["notices"])
    for later_run in after:
        _cancel(case, later_run)
    case.run = None
    _restore(case, undo)
    run.taken_back_at = case.at
    run.save(update_fields=["taken_back_at"])
    new = _reopen(case, run, undo, after)
    case.save()
    no = case.flow.step(run.step_id).no
    timeline.add_entry(case.request, "step_taken_back", by=by, audience="internal", run=new, step=no)
    journal.record("take_back_step", "request", case.request.pk, by, run=run.pk, step=no, new=new.pk)
    return new


def _checked_snapshot(case: Case, run: StepRun, by: Actor, after: Sequence[StepRun]) -> dict[str, Any]:
    """The snapshot stored when the run was finished, after checking that the step can still be taken back.

    Raises: Refused when it never could be or a letter is issued, Outdated when it is too late.
    """
    undo: dict[str, Any] | None = run.undo
    if undo is None:
        raise Refused(_("Langkah ini tidak dapat diurungkan. Mintalah petugas berikutnya mengembalikannya."))
    if clock.now() > run.undo_until:
        raise Outdated(_("Waktu %(time)s untuk mengurungkan langkah ini sudah lewat.") % {"time": duration_text(UNDO)})
    if _has_letter(case.request):
        raise Refused(_("Surat sudah terbit, sehingga langkah ini tidak dapat diurungkan."))
    others = TimelineEntry.objects.filter(request=case.request, pk__gt=undo["entry"]).exclude(verb__in=UNRELATED_VERBS)
    others = others.filter(actor_kind__in=["staff", "applicant"]).exclude(actor_kind=by.kind, actor_id=by.id)
    if (
        [each.pk for each in after] != [undo["next"]] * bool(undo["next"])
        or _has_gone_on(case, undo)
        or others.exists()
    ):
        raise Outdated(_("Permohonan ini sudah dilanjutkan, sehingga langkahnya tidak dapat diurungkan."))
    return undo


def _has_gone_on(case: Case, undo: dict[str, Any]) -> bool:
    """Whether the next run was started, claimed, reassigned, recorded, paused or closed since the step was finished."""
    run, pause = case.run, case.open_pause()
    if (run is not None) != undo["open"] or (pause.pk if pause else None) != undo["pause"]:
        return True
    return run is not None and bool(run.started_at or run.paper_id or run.assignee_id != undo["assignee"])


def _cancel(case: Case, run: StepRun) -> None:
    """Mark a run that the finished step opened as taken back; a run that ended by itself keeps its outcome."""
    run.taken_back_at, changed = case.at, ["taken_back_at"]
    if run.finished_at is None:
        run.started_at, run.finished_at = run.started_at or run.offered_at, case.at
        states.RUN.make(run, "undone")
        changed += ["started_at", "finished_at", "outcome"]
    run.save(update_fields=changed)


def _restore(case: Case, undo: dict[str, Any]) -> None:
    """Restore pauses and the request's state and dates; whatever the step did not change stays as it is now."""
    request = case.request
    if undo["pause"]:
        pause = Pause.objects.get(pk=undo["pause"])
        # The pause counts as having lasted no time.
        pause.to_at = pause.from_at
        pause.save(update_fields=["to_at"])
    case.move("take_back")
    if undo.get("state") == Request.State.SUBMITTED:
        case.move("rest_again")
    case.set(closed_at=None, fulfilled_at=_parsed(undo["fulfilled_at"]))
    if undo["complete_at"] is None and request.complete_at:
        case.set(complete_at=None, due_at=None)
    if undo["ended_pause"]:
        Pause.objects.filter(pk=undo["ended_pause"]).update(to_at=None)
        case.move("ask_again")
        case.set(due_at=_parsed(undo["request_due_at"]))


def _reopen(case: Case, run: StepRun, undo: dict[str, Any], after: Sequence[StepRun]) -> StepRun:
    """Create the step's new run with the assignee and the times that it had before it was finished."""
    new = StepRun(
        request=case.request,
        step_id=run.step_id,
        ordinal=max([run.ordinal, *(each.ordinal for each in after)]) + 1,
        led_by=run.led_by,
        position_id=run.position_id,
        unit_id=run.unit_id,
        assignee=run.assignee,
        offered_at=run.offered_at,
        started_at=_parsed(undo["started_at"]),
        due_at=_parsed(undo["due_at"]),
    )
    if undo["deviation"]:
        given = run.deviations.filter(kind=undo["deviation"]).order_by("pk").last()
        new.deviation, new.deviation_reason = undo["deviation"], given.reason if given else run.deviation_reason
    new.save(force_insert=True)
    # Alarms that were sent for this step are not sent again.
    Alarm.objects.filter(run=run).update(run=new)
    # The applicant's questions and answers of this step are shown with the new run.
    run.pauses.update(run=new)
    case.run = new
    return new


def _parsed(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
