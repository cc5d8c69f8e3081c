"""Recomputing open due dates and step alarms after office hours or holidays changed.

Source: standards 7.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.deadlines import rules as deadlines
from services.models import Request, StepRun
from services.models.request import NOT_CLOSED
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.verbs.transactions import verb

from . import timeline

BATCH_SIZE = 200


def recompute_due_dates(after: int = 0) -> int | None:
    """Recompute up to AT_ONCE open requests with an id greater than ``after``.

    Returns the last id handled, or None when no further requests are left. Each request has its own transaction.

    Effects: a due date that changes is written to the timeline and the journal, with both dates. Alarms of open steps
    change without an entry.
    """
    waiting = Request.objects.filter(NOT_CLOSED, pk__gt=after, due_at__isnull=False).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:BATCH_SIZE])
    for pk in ids:
        _recompute(pk)
    return ids[-1] if len(ids) == BATCH_SIZE else None


@verb
def _recompute(pk: int) -> None:
    request = Request.objects.select_for_update(of=["self"]).select_related("service").get(pk=pk)
    if request.closed_at or not (request.due_at and request.complete_at):
        return
    pauses = [(pause.from_at, pause.to_at) for pause in request.pauses.all() if pause.to_at is not None]
    run = request.runs.select_for_update().filter(finished_at__isnull=True, due_at__isnull=False).first()
    if run is not None:
        _set_alarm(run, pauses)
    days = sum(deadlines.pause_days(begin, end, request.complete_at) for begin, end in pauses)
    due = deadlines.due_at(request.complete_at, request.service.working_days or 0, days)
    if due == request.due_at:
        return
    before, request.due_at = request.due_at, due
    request.save(update_fields=["due_at"])
    dates: dict[str, Any] = {"before": before.isoformat(), "now": due.isoformat()}
    timeline.add_entry(request, "due_recomputed", by=SYSTEM, **dates)
    journal.record("recompute_due_date", "request", request.pk, SYSTEM, **dates)


def _set_alarm(run: StepRun, pauses: Iterable[tuple[datetime, datetime]]) -> None:
    alarm = deadlines.step_alarm(run.offered_at, run.step.seconds)
    for begin, end in pauses:
        if begin >= run.offered_at:
            alarm = deadlines.alarm_after_pause(alarm, begin, end)
    if alarm != run.due_at:
        run.due_at = alarm
        run.save(update_fields=["due_at"])
