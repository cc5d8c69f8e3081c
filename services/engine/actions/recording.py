"""Recording work done outside the portal: a step that an official did on paper, or several steps on one form."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from services import permissions
from services.models import StepRun
from sop.rules.flow import FlowStep
from ula_portal.core.data import idempotency
from ula_portal.core.files import uploads
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import StoredFile, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries import recording
from . import flow
from .finishing import StepResult, complete_current, record_step
from .flow import Case
from .report import StepReport
from .steps import earlier_result, must_accept_outcome


@dataclass(frozen=True)
class DoneStep:
    """A step to record: its number in the SOP, the day, a note, and for an agency's step the day it was sent."""

    no: int
    happened_on: datetime.date
    note: str = ""
    sent_on: datetime.date | None = None


def _recordable_step(case: Case, run: StepRun, user: User) -> FlowStep:
    """The step of the open run, after checking that the user may record it from paper.

    Raises: Outdated, NotAllowed.
    """
    flow.must_be_current(case, run)
    case.must_be_open()
    if not _may_record(case, user):
        raise NotAllowed(_("Lembar langkah ini dicatat oleh sekretariat pejabatnya atau unit yang meneruskannya."))
    return case.open_step


def _may_record(case: Case, user: User) -> bool:
    run = case.open_run
    previous_unit_id = recording.previous_unit_of(recording.runs_before(run), run)
    return recording.may_record_open_run(user, case.request, run, previous_unit_id)


@verb
def attach_paper(run: StepRun, *, by: Actor, upload: "UploadedFile[bytes]") -> StepRun:
    """Store the photo of the sheet with the open step, so that it survives even if the form is refused.

    Allowed: whoever may record the step from paper.
    Effects: replaces an earlier photo; journal.
    Raises: UploadRefused, NotAllowed, Outdated.
    """
    case = Case.lock_of_run(run)
    _recordable_step(case, run, by.staff_member)
    run, earlier_photo = case.open_run, case.open_run.paper
    run.paper = uploads.store_upload(upload)
    run.save(update_fields=["paper"])
    if earlier_photo:
        uploads.forget(earlier_photo)
    journal.record("attach_paper", "request", case.request.pk, by, run=run.pk, sha256=run.paper.sha256)
    return run


@verb
def detach_paper(run: StepRun, *, by: Actor) -> StepRun:
    """Remove the photo of the sheet from the open step, for example when the wrong sheet was photographed.

    Allowed: whoever may record the step from paper.
    Effects: journal. Without a photo it does nothing.
    Raises: NotAllowed, Outdated.
    """
    case = Case.lock_of_run(run)
    _recordable_step(case, run, by.staff_member)
    run, photo = case.open_run, case.open_run.paper
    if photo:
        run.paper = None
        run.save(update_fields=["paper"])
        uploads.forget(photo)
        journal.record("detach_paper", "request", case.request.pk, by, run=run.pk, sha256=photo.sha256)
    return run


@verb
def record_on_paper(
    run: StepRun,
    *,
    by: Actor,
    outcome: str,
    report: StepReport,
    photo: "UploadedFile[bytes] | None" = None,
    key: str = "",
) -> StepResult:
    """Record what the open step's official wrote on paper; it is shown as recorded by whoever does this.

    ``outcome``: "done", or "yes" or "no" for a decision. ``report.happened_on``, the day on the sheet, is required.
    ``photo``: an upload (default: the one stored by ``attach_paper``), required when an official of the office wrote
    the sheet. Reasons are required as in ``decide_step``, for being late only if the step was late on that day.

    Allowed: ``permissions.may_record_open_run``.
    Effects: as ``complete_step``.
    Raises: NotAllowed, Outdated, Refused (``field``), UploadRefused.
    """
    case = Case.lock_of_run(run)
    claimed = idempotency.claim(by.key, key)
    if claimed.earlier_id:
        return earlier_result(case, claimed.earlier_id)
    step = _recordable_step(case, run, by.staff_member)
    must_accept_outcome(step, outcome)
    if report.happened_on is None:
        raise Refused(_("Tulis tanggal yang tertulis pada lembar."), field="happened_on")
    columns = _paper_columns(case, report.happened_on, uploads.store_upload(photo) if photo else case.open_run.paper)
    moved = complete_current(case, step, outcome, by=by, report=report, **columns)
    claimed.record("step_run", moved.run.pk)
    _journal_paper(case, moved, step, by)
    return moved


def _paper_columns(case: Case, day: datetime.date, paper: StoredFile | None) -> dict[str, Any]:
    """Columns of a run done on paper. A step of another agency only gets the photo: it is theirs, whoever records it.

    Raises: Refused without a photo, because what is recorded in an official's place must be verifiable.
    """
    if case.open_run.led_by == "external":
        return {"paper": paper}
    if paper is None:
        raise Refused(_("Sertakan foto lembarnya: dari foto itu catatan ini dapat diperiksa."), field="photo")
    return {"recorded_from_paper": True, "done_by": recording.writer_of(case.open_run, day), "paper": paper}


def _journal_paper(case: Case, moved: StepResult, step: FlowStep, by: Actor) -> None:
    paper = {"sha256": moved.run.paper.sha256} if moved.run.paper else {}
    day = moved.run.happened_on
    assert day, "what is recorded from paper has its day"
    record_step(case, moved, step, by=by, verb="record_on_paper", day=day.isoformat(), **paper)


@verb
def complete_steps(
    run: StepRun,
    *,
    by: Actor,
    steps: list[DoneStep],
    photo: "UploadedFile[bytes] | None" = None,
    deviation_reason: str = "",
    key: str = "",
) -> list[StepResult]:
    """Complete several consecutive steps on one form, for work done on paper or by one officer without interruption.

    ``steps``: the open step first, then its followers as ``queries.recording.consecutive_steps`` lists them, with days
    in ascending order. Steps of the user's own positions count as their work; the others are recorded from paper, with
    the photo. Either all steps are completed or none.

    Allowed: whoever may work each step or record it (``permissions.may_record_open_run``).
    Effects: as ``complete_step``, with timeline and journal entries for each step; it cannot be taken back when there
    are several.
    Raises: NotAllowed, Outdated, Refused (``field`` is ``days`` for a wrong day).
    """
    case = Case.lock_of_run(run)
    claimed = idempotency.claim(by.key, key)
    if claimed.earlier_id:
        return [earlier_result(case, claimed.earlier_id)]
    flow.must_be_current(case, run)
    case.must_be_open()
    _must_be_consecutive(case, steps)
    case.undoable = len(steps) == 1
    paper = uploads.store_upload(photo) if photo else case.open_run.paper
    results = []
    for index, done_step in enumerate(steps):
        case.skips_notices = index < len(steps) - 1
        results.append(_complete_one(case, done_step, by, paper, "" if index else deviation_reason))
    claimed.record("step_run", results[-1].run.pk)
    return results


def _must_be_consecutive(case: Case, steps: Sequence[DoneStep]) -> None:
    possible = recording.consecutive_steps(case.flow, case.open_step)
    if not steps or [each.no for each in steps] != [step.no for step in possible[: len(steps)]]:
        raise Outdated(_("Langkah-langkah ini tidak lagi berurutan. Muat ulang halaman ini."))
    days = [each.happened_on for each in steps]
    if None in days:
        raise Refused(_("Tulis tanggal setiap langkah yang sudah selesai."), field="days")
    if days != sorted(days):
        raise Refused(_("Tanggal langkah harus berurutan."), field="days")


def _complete_one(case: Case, done: DoneStep, by: Actor, paper: StoredFile | None, reason: str) -> StepResult:
    step, run, user = case.open_step, case.open_run, by.staff_member
    own = permissions.may_work(user, run, case.unit_id)
    if not own and not _may_record(case, user):
        raise NotAllowed(_("Langkah %(no)d bukan tugas Anda.") % {"no": step.no})
    columns = {} if own and paper is None else _paper_columns(case, done.happened_on, paper)
    report = StepReport(done.note, done.happened_on, done.sent_on, reason)
    moved = complete_current(case, step, "done", by=by, report=report, **columns)
    if columns:
        _journal_paper(case, moved, step, by)
    else:
        record_step(case, moved, step, by=by, row=True)
    return moved
