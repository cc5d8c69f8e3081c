"""Background tasks of the core app, run by ``manage.py worker``."""

import datetime
import logging
from collections.abc import Callable

from django.db import connection
from django.db.models import Q
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.models import Notice
from ula_portal.core.verbs.transactions import verb

from . import delivery

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 60
# Chores of all apps that run at each sweep; each limits its own work.
_chores: list[Callable[[], object]] = []


def add_chore(chore: Callable[[], object]) -> None:
    """Register a function that runs at every sweep of the worker."""
    if chore not in _chores:
        _chores.append(chore)


@task()
def deliver_notice(notice_id: int) -> str:
    """Send a notice, and enqueue the next try if it failed. Its result is stored in the notice, not in the task."""
    # Only the id is needed: the row is read once it is leased.
    state = delivery.deliver(Notice(pk=notice_id))
    if state == Notice.State.WAITING:
        next_try_at = Notice.objects.values_list("next_try_at", flat=True).get(pk=notice_id)
        deliver_notice.using(run_after=next_try_at).enqueue(notice_id)
    return state


@task()
def sweep() -> int:
    """Enqueue what a killed worker left undone, seal the past day, run the chores, and schedule the next sweep."""
    count = enqueue_stale()
    journal.seal_day(clock.today() - datetime.timedelta(days=1))
    for chore in _chores:
        _run(chore)
    schedule_sweep()
    return count


def _run(chore: Callable[[], object]) -> None:
    """Run a chore; if it fails, the other chores and the next sweep still run."""
    try:
        chore()
    except Exception:
        logger.exception("chore %s failed", getattr(chore, "__name__", chore))


@verb
def enqueue_stale() -> int:
    """Enqueue notices that are overdue because their task was lost; returns how many."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    stale = Notice.objects.filter(
        free, state=Notice.State.WAITING, next_try_at__lt=now - datetime.timedelta(minutes=2)
    ).values_list("pk", flat=True)[:500]
    count = 0
    for pk in stale:
        deliver_notice.enqueue(pk)
        count += 1
    return count


@verb
def schedule_sweep() -> None:
    """Make sure that exactly one sweep is enqueued, however many workers run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notice-sweep'))")
    waiting = DBTaskResult.objects.filter(status="READY", task_path=sweep.module_path)
    if not waiting.exists():
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=SWEEP_SECONDS)
        sweep.using(run_after=later).enqueue()
