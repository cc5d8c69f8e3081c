"""Ringing alarms: reminders before and at a due date, escalation after it. A chore of the worker."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from services.engine.actions import timeline
from services.models import Alarm, AlarmCall, AlarmStep, StepRun
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.transactions import verb

from ..queries import due as alarms
from ..queries.people import OrganisationChart
from ..times import window

# The rest follows in the next sweep, a minute later.
MAX_PER_SWEEP = 200
DIGEST = "alarms_rang"


@verb
def ring_alarms() -> int:
    """Ring the alarms that have come due, at most ``MAX_PER_SWEEP``, and return their number. Called by the worker.

    Nothing rings outside working hours. An alarm step rings once per run, or once per request if it follows the
    request's due date; the database refuses a second row. If two workers call it, only one of them rings.

    Effects: one notice to each person for all their alarms; timeline (internal) and journal of escalations.
    """
    at = clock.now()
    spans = [(step, span) for step in alarms.active_steps() if (span := window(step, at))]
    if not spans or not _lock_ringing():
        return 0
    ringing: list[Alarm] = []
    for step, (first, last) in spans:
        ringing += _due(step, first, last, at)[: MAX_PER_SWEEP - len(ringing)]
    if ringing:
        _tell(ringing)
    return len(ringing)


def _lock_ringing() -> bool:
    """Take the lock for ringing until the end of the transaction; False if another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('case-alarms'))")
        return bool(cursor.fetchone()[0])


def _due(step: AlarmStep, first: datetime, last: datetime, at: datetime) -> list[Alarm]:
    """The unsaved alarms of a step that ring now, each with its request and run."""
    if step.kind == AlarmStep.Kind.STEP:
        runs = alarms.runs_to_ring(step, first, last)[:MAX_PER_SWEEP]
        return [
            Alarm(step=step, request=run.request, run=run, due_at=run.due_at, rang_at=at) for run in runs if run.due_at
        ]
    requests = alarms.requests_to_ring(step, first, last)[:MAX_PER_SWEEP]
    return [Alarm(step=step, request=each, due_at=each.due_at, rang_at=at) for each in requests if each.due_at]


def _tell(ringing: list[Alarm]) -> None:
    Alarm.objects.bulk_create(ringing)
    runs = alarms.open_runs({alarm.request_id for alarm in ringing if alarm.run_id is None})
    runs |= {alarm.request_id: alarm.run for alarm in ringing if alarm.run}
    user_ids = {run.assignee_id for run in runs.values()} | {alarm.request.responsible_id for alarm in ringing}
    chart = OrganisationChart(clock.today(), {pk for pk in user_ids if pk})
    by_person: dict[User, list[Alarm]] = defaultdict(list)
    for alarm in ringing:
        people_called = chart.people_to_call(alarm.step, alarm.request, runs.get(alarm.request_id))
        for user in people_called:
            by_person[user].append(alarm)
        if alarm.step.escalates and people_called:
            _note(alarm, runs.get(alarm.request_id), people_called)
    for user, their_alarms in by_person.items():
        notice = outbox.tell(DIGEST, "user", user.pk, user=user, path="/petugas/kasus/?tab=late")
        AlarmCall.objects.bulk_create(AlarmCall(alarm=alarm, user=user, notice=notice) for alarm in their_alarms)
    # Journal chains are locked last, as in every verb.
    for alarm in sorted((alarm for alarm in ringing if alarm.step.escalates), key=lambda alarm: alarm.request_id):
        journal.record("escalate", "request", alarm.request_id, SYSTEM, step=alarm.step_id, run=alarm.run_id)


def _note(alarm: Alarm, run: StepRun | None, people_called: Iterable[User]) -> None:
    """Write an escalation into the timeline: whom it reached, in which role, and about which due date."""
    more: dict[str, Any] = {}
    if alarm.run is not None:
        more["step"] = alarm.run.step.no
    if alarm.step.whom == AlarmStep.Whom.SUPERIOR:
        more["levels"] = alarm.step.levels
    users, whom, due = sorted(user.pk for user in people_called), alarm.step.whom, alarm.step.kind
    timeline.add_entry(
        alarm.request,
        "escalated",
        by=SYSTEM,
        audience="internal",
        run=run,
        users=users,
        whom=whom,
        due=due,
        **more,
    )
