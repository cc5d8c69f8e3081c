"""Background tasks of the services floor, run by ``manage.py worker``."""

from django_tasks import task

from services.models import Request
from services.models.request import NOT_CLOSED
from ula_portal.core import workdays

from .actions.recomputing import recompute_due_dates


def when_the_calendar_changes() -> None:
    """Enqueue the recomputing of due dates if any open request has one.

    Called inside the transaction that changed office hours or holidays.
    """
    if Request.objects.filter(NOT_CLOSED, due_at__isnull=False).exists():
        follow_the_calendar.enqueue()


@task()
def follow_the_calendar(after: int = 0) -> None:
    """Recompute open due dates in batches, beginning with the first request id greater than ``after``."""
    # This worker process may still have the old calendar cached.
    workdays.clear_cache()
    last = recompute_due_dates(after)
    if last is not None:
        follow_the_calendar.enqueue(last)
