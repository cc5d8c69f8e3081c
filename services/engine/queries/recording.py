"""Steps that are done on paper or all at once: which may be recorded now, by whom, and how it is told afterwards."""

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

# Longer ways are recorded in parts.
MOST_IN_ROW = 12


def assignee_among(request: Request, holders: Sequence[User]) -> User | None:
    """Whose step it becomes: the responsible official's, else the only holder's, else nobody's (the pool claims)."""
    if request.responsible_id in {user.pk for user in holders}:
        return request.responsible
    return holders[0] if len(holders) == 1 else None


def unit_of_case(request: Request) -> int | None:
    """Unit whose pool a case belongs to: the service's, else the SOP's (``InboxEntry.unit_id``)."""
    if request.service.unit_id:
        return request.service.unit_id
    return request.sop_version.sop.unit_id if request.sop_version else None


def flow_of_case(request: Request) -> Flow:
    """The flow of the SOP version to which a request was pinned when it was submitted."""
    assert request.sop_version_id is not None, "a draft has no case"
    return flow_of(request.sop_version_id)


def may_record_paper(user: User, request: Request, run: StepRun, giver_unit_id: int | None) -> bool:
    """``permissions.may_record_paper`` of a case's open run; ``giver_unit_id`` from ``giver_unit_of``."""
    named = {actor.position_id for actor in flow_of_case(request).actors if actor.position_id}
    return permissions.may_record_paper(
        user,
        run,
        unit_of_case(request),
        responsible_id=request.responsible_id,
        giver_unit_id=giver_unit_id,
        named_position_ids=named,
    )


def giver_unit_of(runs: Iterable[StepRun], run: StepRun) -> int | None:
    """The unit that gave the open step in: of the last position that finished a step before it.

    ``runs``: those of the request, with their positions.
    """
    done = [each for each in runs if each.finished_at and each.taken_back_at is None]
    before = [(each.ordinal, each.position) for each in done if each.position and each.ordinal < run.ordinal]
    return max(before, key=lambda each: each[0])[1].unit_id if before else None


def runs_before(run: StepRun) -> list[StepRun]:
    """Runs of the request that a position did, for ``giver_unit_of``. One query."""
    runs = StepRun.objects.filter(request_id=run.request_id, position__isnull=False, finished_at__isnull=False)
    return list(runs.filter(COUNTED).select_related("position").order_by("ordinal"))


def row_from(flow: Flow, step: FlowStep) -> list[FlowStep]:
    """Steps that may be completed in a row from an open one: plain steps of the office or of an agency.

    The row ends before a decision, a letter, a step of the applicant and a step that it has passed. Empty where the
    open step is one of these.
    """
    row: list[FlowStep] = []
    following: FlowStep | None = step
    while following and is_plain(following) and following not in row and len(row) < MOST_IN_ROW:
        row.append(following)
        following = flow.step(following.next_id) if following.next_id else None
    return row


@dataclass(frozen=True)
class RowStep:
    """A step that somebody may complete now; ``own``: as their own work."""

    step: FlowStep
    own: bool

    @property
    def from_paper(self) -> bool:
        """Whether it is told as recorded from a sheet: what others in the office did, and every decision."""
        return self.step.lead_kind == "position" and (not self.own or self.step.shape == "decision")


def row_for(user: User, request: Request, runs: Sequence[StepRun]) -> list[RowStep]:
    """The way from the open step that a person may complete at once, each step judged as it would be offered then.

    ``runs``: all of the request, with positions and assignees, the open one last. A decision is a row of its own.
    Empty when the person may not record the open step, or it ends with a letter. A few queries for each step.
    """
    run, flow, unit_id = runs[-1], flow_of_case(request), unit_of_case(request)
    step, giver = flow.step(run.step_id), giver_unit_of(runs, run)
    row: list[RowStep] = []
    steps = row_from(flow, step) or ([step] if step.shape == "decision" else [])
    positions = Position.objects.in_bulk({each.lead_position_id for each in steps if each.lead_position_id})
    holders = holders_of(positions)
    for each in steps:
        position = positions.get(each.lead_position_id or 0)
        offered = _as_offered(request, each, position, holders, unit_id) if row else run
        if not may_record_paper(user, request, offered, giver):
            break
        row.append(RowStep(each, permissions.may_work(user, offered, unit_id)))
        giver = position.unit_id if position else giver
    return row


def _as_offered(
    request: Request, step: FlowStep, position: Position | None, holders: Mapping[int, list[User]], unit_id: int | None
) -> StepRun:
    """The run that would open at a step now; not saved."""
    here = holders.get(step.lead_position_id or 0, [])
    run = StepRun(led_by=step.lead_kind, position=position, unit_id=None if here else unit_id)
    run.assignee = assignee_among(request, here)
    return run


def is_plain(step: FlowStep) -> bool:
    """Whether a step is done by saying so: no question, no letter, nobody outside the portal's reach."""
    letter = step.issues_letter and step.lead_kind == "position"
    return step.shape != "decision" and step.lead_kind != "applicant" and not letter


def writer_of(run: StepRun, day: datetime.date) -> User | None:
    """Who held the run's position on a day, where that was one person; None otherwise."""
    if run.position_id is None:
        return None
    holders = holders_of([run.position_id], day)[run.position_id]
    return holders[0] if len(holders) == 1 else None


def done_by_words(run: StepRun) -> str:
    """Who did a finished step: a name, or who recorded it, from which paper or of another agency; "" for the applicant.

    ``run.finished_by`` is read.
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
