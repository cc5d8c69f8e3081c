"""What rings now: due dates that an alarm step has come to, and has not rung for."""

from django.db.models import Exists, OuterRef, QuerySet

from services.models import Alarm, AlarmStep, Request, StepRun

# The office's clock runs in these; a request that waits for its applicant never rings.
ON_THE_CLOCK = (Request.State.SUBMITTED, Request.State.IN_PROGRESS)


def active_steps() -> list[AlarmStep]:
    """One query."""
    return list(AlarmStep.objects.filter(active=True))


def runs_to_ring(step, first, last) -> QuerySet[StepRun]:
    """Open runs of the office and of agencies with an alarm in (first, last], with their request, oldest first.

    Locks run and request until the end of the transaction; what somebody is just moving is left for the next time.
    """
    rung = Alarm.objects.filter(step=step, run_id=OuterRef("pk"))
    return (
        StepRun.objects.select_for_update(of=("self", "request"), skip_locked=True, no_key=True)
        .select_related("request__service", "request__sop_version__sop", "request__responsible", "assignee", "step")
        .filter(~Exists(rung), finished_at__isnull=True, due_at__gt=first, due_at__lte=last)
        .filter(request__state__in=ON_THE_CLOCK)
        .order_by("due_at", "pk")
    )


def requests_to_ring(step, first, last) -> QuerySet[Request]:
    """Open requests, their office part not done, with a due date in (first, last], oldest first; locked as above."""
    rung = Alarm.objects.filter(step=step, request_id=OuterRef("pk"), run__isnull=True)
    return (
        Request.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("service", "sop_version__sop", "responsible")
        .filter(~Exists(rung), closed_at__isnull=True, fulfilled_at__isnull=True)
        .filter(due_at__gt=first, due_at__lte=last, state__in=ON_THE_CLOCK)
        .order_by("due_at", "pk")
    )


def open_runs(request_ids) -> dict[int, StepRun]:
    """The open run of each request. One query."""
    runs = StepRun.objects.filter(request_id__in=request_ids, finished_at__isnull=True)
    return {run.request_id: run for run in runs.select_related("assignee", "step")}
