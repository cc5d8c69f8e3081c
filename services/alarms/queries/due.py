"""The due dates for which an alarm step rings now."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from services.models import Alarm, AlarmStep, Request, StepRun
from services.models.inbox import CLOCK_RUNS
from services.models.request import NOT_CLOSED


def active_steps() -> list[AlarmStep]:
    return list(AlarmStep.objects.filter(active=True))


def runs_to_ring(step: AlarmStep, first: datetime, last: datetime) -> QuerySet[StepRun]:
    """Open runs on the clock that are due in (first, last] and for which the step has not rung, oldest first.

    Locks run, request and entry until the end of the transaction. Rows that a verb has locked are left for the next
    sweep.
    """
    already_rang = Alarm.objects.filter(step=step, run_id=OuterRef("pk"))
    return (
        StepRun.objects.select_for_update(of=("self", "request", "request__entry"), skip_locked=True, no_key=True)
        .select_related("request__service", "request__sop_version__sop", "request__responsible", "request__entry")
        .select_related("assignee", "step")
        .filter(~Exists(already_rang), finished_at__isnull=True, due_at__gt=first, due_at__lte=last)
        .filter(request__entry__place__in=CLOCK_RUNS)
        .order_by("due_at", "pk")
    )


def requests_to_ring(step: AlarmStep, first: datetime, last: datetime) -> QuerySet[Request]:
    """As ``runs_to_ring``, for requests and their own due dates."""
    already_rang = Alarm.objects.filter(step=step, request_id=OuterRef("pk"), run__isnull=True)
    return (
        Request.objects.select_for_update(of=("self", "entry"), skip_locked=True, no_key=True)
        .select_related("service", "sop_version__sop", "responsible", "entry")
        .filter(NOT_CLOSED, ~Exists(already_rang), entry__place__in=CLOCK_RUNS, due_at__gt=first, due_at__lte=last)
        .order_by("due_at", "pk")
    )


def open_runs(request_ids: Iterable[int]) -> dict[int, StepRun]:
    """The open runs of these requests, by request id. One query."""
    runs = StepRun.objects.filter(request_id__in=request_ids, finished_at__isnull=True)
    return {run.request_id: run for run in runs.select_related("assignee", "step")}
