"""Background tasks of the core floor, run by ``manage.py worker``."""

import datetime

from django_tasks import task

from . import clock
from .actions import journal, notices

SWEEP_SECONDS = 60


@task()
def deliver_notice(notice_id: int) -> str:
    """Send one notice; the row, not the task, knows what became of it."""
    return notices.deliver(notice_id)


@task()
def sweep() -> int:
    """Enqueue what a killed worker left behind, seal the past day, and come back in a minute."""
    count = notices.enqueue_stale()
    journal.seal_day(clock.today() - datetime.timedelta(days=1))
    notices.schedule_sweep()
    return count
