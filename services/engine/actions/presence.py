"""Reassigning open steps when absences or tenures begin or end, so that they reach whoever holds the position today.

Permissions do not depend on this: ``permissions.may_work`` looks at the present day itself. This only changes whose
inbox shows the step, and who is notified.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from services import permissions
from services.models import StepRun
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.transactions import verb

from ..queries.recording import assignee_among
from . import flow, timeline
from .flow import Case

BATCH_SIZE = 200


def follow_presence() -> int:
    """Reassign up to ``BATCH_SIZE`` open steps whose assignee no longer fits; returns the number reassigned.

    A step of an absent official goes to the deputy or acting holder, or to the unit's pool when nobody holds the
    position. It moves again in the same way when the absence ends, a holder is appointed or a tenure ends. Each step is
    moved in its own short transaction. While nothing has changed, this costs a few queries over the open steps grouped
    by assignee.

    Effects: notices to the new assignee or holders, internal timeline entry, journal.
    """
    reassigned = 0
    for stale in _stale_filters():
        found = _open_runs_of_staff().filter(**stale).order_by("pk").values_list("request_id", flat=True)
        reassigned += sum(_reassign(pk) for pk in list(found[: BATCH_SIZE - reassigned]))
        if reassigned >= BATCH_SIZE:
            break
    return reassigned


def _open_runs_of_staff() -> QuerySet[StepRun]:
    return StepRun.objects.filter(finished_at__isnull=True).exclude(led_by="applicant")


def _stale_filters() -> Iterator[dict[str, Any]]:
    """Filters that select open steps whose assignee or pool no longer fits today.

    Open steps are grouped by assignee, position, pool and deviation; each stale group yields one filter.
    """
    columns = ("assignee_id", "position_id", "unit_id", "deviation")
    groups = list(_open_runs_of_staff().order_by().values(*columns).distinct())
    holders = holders_of({group["position_id"] for group in groups if group["position_id"]})
    people = User.objects.in_bulk({group["assignee_id"] for group in groups if group["assignee_id"]})
    absent = presence_of(people)
    for group in groups:
        holder_ids = {user.pk for user in holders.get(group["position_id"], ())}
        assignee = people.get(group["assignee_id"])
        if assignee is None:
            # An unclaimed step belongs to the holders of its position if there are any, else to the unit's pool.
            stale = group["position_id"] is not None and bool(holder_ids) == (group["unit_id"] is not None)
        elif assignee.pk in absent:
            stale = True
        else:
            run = StepRun(**{**group, "deviation": group["deviation"] or ""})
            run.assignee = assignee
            stale = assignee.pk not in holder_ids and not permissions.is_assignee_entitled(run)
        if stale:
            yield {
                f"{name}__isnull" if value is None else name: value is None or value for name, value in group.items()
            }


@verb
def _reassign(request_id: int) -> bool:
    """Offer the open step to those present today; False when it already fits or nobody better is found."""
    case = Case.lock(request_id)
    run = case.run
    if run is None or run.led_by == "applicant" or not case.request.is_open:
        return False
    if run.assignee_id and permissions.is_assignee_entitled(run):
        return False
    before = (run.assignee_id, run.unit_id)
    holders = holders_of([run.position_id])[run.position_id] if run.position_id else []
    run.assignee = assignee_among(case.request, holders)
    run.unit_id = None if holders else case.unit_id
    if (run.assignee_id, run.unit_id) == before:
        return False
    if permissions.reassigned_outside(run):
        run.deviation, run.deviation_reason = "", ""
    run.save(update_fields=["assignee", "unit", "deviation", "deviation_reason"])
    for user in [run.assignee] if run.assignee else holders:
        flow.notify_official(case.request, "step_offered", user)
    to: dict[str, Any] = {"user": run.assignee_id} if run.assignee_id else {"unit": run.unit_id}
    no = case.open_step.no
    timeline.add_entry(case.request, "step_passed_on", by=SYSTEM, audience="internal", run=run, step=no, **to)
    journal.record("pass_on_step", "request", case.request.pk, SYSTEM, run=run.pk, **to)
    return True
