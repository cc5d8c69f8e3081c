"""Background tasks of the core floor, run by ``manage.py worker``."""

import datetime
import logging
from collections.abc import Callable

from django.db import transaction
from django_tasks import task

from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal

from . import actions as notices

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 60
# Small chores of the apps above, run at each sweep; each bounds its own work.
_chores: list[Callable[[], object]] = []


def at_sweep(chore: Callable[[], object]) -> None:
    """Let a function run with every sweep of the worker, in a transaction of its own."""
    if chore not in _chores:
        _chores.append(chore)


# What the apps above enqueue when hours or holidays change.
_calendar_followers: list[Callable[[], object]] = []


def at_calendar_change(enqueue: Callable[[], object]) -> None:
    """Let a function enqueue a task within each transaction that changes hours or days."""
    if enqueue not in _calendar_followers:
        _calendar_followers.append(enqueue)


def calendar_changed() -> None:
    """Hours or days were changed: call it inside the verb's transaction."""
    transaction.on_commit(workdays.clear_cache)
    for enqueue in _calendar_followers:
        enqueue()


@task()
def deliver_notice(notice_id: int) -> str:
    """Send one notice; the row, not the task, knows what became of it."""
    return notices.deliver(notice_id)


@task()
def sweep() -> int:
    """Enqueue what a killed worker left behind, seal the past day, do the chores, and come back in a minute."""
    count = notices.enqueue_stale()
    journal.seal_day(clock.today() - datetime.timedelta(days=1))
    for chore in _chores:
        _do(chore)
    notices.schedule_sweep()
    return count


def _do(chore):
    """One chore that fails must not keep the others, nor the next sweep, from happening."""
    try:
        chore()
    except Exception:
        logger.exception("chore %s failed", getattr(chore, "__name__", chore))
