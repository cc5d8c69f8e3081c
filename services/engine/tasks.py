"""Background tasks of the services floor, run by ``manage.py worker``."""

from django_tasks import task

from services.models import Request
from services.models.request import NOT_CLOSED
from ula_portal.core import workdays

from .actions.recomputing import recompute_due_dates


def when_the_calendar_changes() -> None:
    """Enqueue the work within the transaction that changed hours or days, where any request is on the clock."""
    if Request.objects.filter(NOT_CLOSED, due_at__isnull=False).exists():
        follow_the_calendar.enqueue()


@task()
def follow_the_calendar(after: int = 0) -> None:
    """Recompute open due dates, some hundred at a time."""
    # This process may still keep the calendar of a minute ago.
    workdays.clear_cache()
    last = recompute_due_dates(after)
    if last is not None:
        follow_the_calendar.enqueue(last)
