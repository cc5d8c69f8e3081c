"""Background tasks of the services floor, run by ``manage.py worker``."""

from django_tasks import task

from ula_portal.core import workdays

from .actions.recomputing import recompute_due_dates


@task()
def follow_the_calendar(after: int = 0) -> None:
    """Recompute open due dates, some hundred at a time."""
    # This process may still keep the calendar of a minute ago.
    workdays.clear_cache()
    last = recompute_due_dates(after)
    if last is not None:
        follow_the_calendar.enqueue(last)
