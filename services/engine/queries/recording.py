"""Steps done on paper or several at a time: which a user may record now, and how they are described afterwards."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.models import Request, StepRun
from services.models.case import COUNTED
from sop.rules.flow import Flow, FlowStep
from sop.rules.queries.flows import flow_of
from ula_portal.core.models import Position, User
from ula_portal.core.office.queries import holders_of

# Longer sequences are recorded in parts.
MAX_STEPS_PER_FORM = 12


def assignee_among(request: Request, holders: Sequence[User]) -> User | None:
    """The assignee of a new step: the responsible official, else the only holder, else None (the pool claims it)."""
    if request.responsible_id in {user.pk for user in holders}:
        return request.responsible
    return holders[0] if len(holders) == 1 else None


def unit_of_case(request: Request) -> int | None:
    """Id of the unit to whose pool a case belongs: the service's, else the SOP's. Same as ``InboxEntry.unit_id``."""
    if request.service.unit_id:
        return request.service.unit_id
    return request.sop_version.sop.unit_id if request.sop_version else None


def flow_of_case(request: Request) -> Flow:
    """The flow of the SOP version to which the request was pinned when it was submitted."""
    assert request.sop_version_id is not None, "a draft has no case"
    return flow_of(request.sop_version_id)


def may_record_open_run(user: User, request: Request, run: StepRun, previous_unit_id: int | None) -> bool:
    """``permissions.may_record_paper`` for the open run of a case; ``previous_unit_id``: see ``previous_unit_of``."""
    named = {actor.position_id for actor in flow_of_case(request).actors if actor.position_id}
    return permissions.may_record_paper(
        user,
        run,
        unit_of_case(request),
        responsible_id=request.responsible_id,
        previous_unit_id=previous_unit_id,
        named_position_ids=named,
    )


def previous_unit_of(runs: Iterable[StepRun], run: StepRun) -> int | None:
    """Id of the unit whose position finished the last step before this run; None if there is none.

    ``runs``: runs of the request with their positions.
    """
    done = [each for each in runs if each.finished_at and each.taken_back_at is None]
    before = [(each.ordinal, each.position) for each in done if each.position and each.ordinal < run.ordinal]
    return max(before, key=lambda each: each[0])[1].unit_id if before else None


def runs_before(run: StepRun) -> list[StepRun]:
    """Finished runs of the request that belong to a position, for ``previous_unit_of``. One query."""
    runs = StepRun.objects.filter(request_id=run.request_id, position__isnull=False, finished_at__isnull=False)
    return list(runs.filter(COUNTED).select_related("position").order_by("ordinal"))


def consecutive_steps(flow: Flow, step: FlowStep) -> list[FlowStep]:
    """Consecutive steps, beginning with an open one, that can be completed on one form.

    The sequence ends before a decision, a letter, a step of the applicant, or a step it already contains. Empty if
    the open step itself is one of these.
    """
    steps: list[FlowStep] = []
    following: FlowStep | None = step
    while following and is_plain(following) and following not in steps and len(steps) < MAX_STEPS_PER_FORM:
        steps.append(following)
        following = flow.step(following.next_id) if following.next_id else None
    return steps


@dataclass(frozen=True)
class RecordableStep:
    """A step that a user may complete now; ``own``: as their own work, else recorded for somebody else."""

    step: FlowStep
    own: bool

    @property
    def from_paper(self) -> bool:
        """Whether it counts as recorded from a sheet: work of others in the office, and every decision."""
        return self.step.lead_kind == "position" and (not self.own or self.step.shape == "decision")


def recordable_steps(user: User, request: Request, runs: Sequence[StepRun]) -> list[RecordableStep]:
    """Consecutive steps, beginning with the open one, that the user may complete on one form.

    The permission for each step is judged as if the step had already been offered. ``runs``: all runs of the request,
    with positions and assignees, the open one last. A decision stands alone. Empty when the user may not record the
    open step, or it ends with a letter. A few queries for each step.
    """
    run, flow, unit_id = runs[-1], flow_of_case(request), unit_of_case(request)
    step, previous_unit_id = flow.step(run.step_id), previous_unit_of(runs, run)
    recordable: list[RecordableStep] = []
    steps = consecutive_steps(flow, step) or ([step] if step.shape == "decision" else [])
    positions = Position.objects.in_bulk({each.lead_position_id for each in steps if each.lead_position_id})
    holders = holders_of(positions)
    for each in steps:
        position = positions.get(each.lead_position_id or 0)
        offered = _run_if_offered(request, each, position, holders, unit_id) if recordable else run
        if not may_record_open_run(user, request, offered, previous_unit_id):
            break
        recordable.append(RecordableStep(each, permissions.may_work(user, offered, unit_id)))
        previous_unit_id = position.unit_id if position else previous_unit_id
    return recordable


def _run_if_offered(
    request: Request, step: FlowStep, position: Position | None, holders: Mapping[int, list[User]], unit_id: int | None
) -> StepRun:
    """The unsaved run that would open if the step were entered now."""
    here = holders.get(step.lead_position_id or 0, [])
    run = StepRun(led_by=step.lead_kind, position=position, unit_id=None if here else unit_id)
    run.assignee = assignee_among(request, here)
    return run


def is_plain(step: FlowStep) -> bool:
    """Whether a step is completed without any input: no decision, no letter, not the applicant's."""
    letter = step.issues_letter and step.lead_kind == "position"
    return step.shape != "decision" and step.lead_kind != "applicant" and not letter


def writer_of(run: StepRun, day: datetime.date) -> User | None:
    """The only holder of the run's position on a day; None if there was none or several."""
    if run.position_id is None:
        return None
    holders = holders_of([run.position_id], day)[run.position_id]
    return holders[0] if len(holders) == 1 else None


def done_by_words(run: StepRun) -> str:
    """Who did a finished step: a name, or who recorded it with the days of the paper or agency; "" for the applicant.

    Reads ``run.finished_by``.
    """
    if run.finished_by is None:
        return ""
    if run.led_by == "external":
        days = {"sent": _day(run.sent_on), "done": _day(run.happened_on), "name": run.finished_by.full_name}
        if run.outcome in ("skipped", "cancelled") or not run.happened_on:
            return run.finished_by.full_name
        if not run.sent_on:
            return _("selesai %(done)s, dicatat oleh %(name)s") % days
        return _("dikirim %(sent)s, selesai %(done)s, dicatat oleh %(name)s") % days
    if not run.recorded_from_paper:
        return run.finished_by.full_name
    return _("dicatat oleh %(name)s dari lembar disposisi bertanggal %(day)s") % {
        "name": run.finished_by.full_name,
        "day": _day(run.happened_on),
    }


def _day(day: datetime.date | None) -> str:
    return date_format(day, "j F Y") if day else ""
