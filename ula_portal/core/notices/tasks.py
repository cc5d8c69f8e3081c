"""Background tasks of the core floor, run by ``manage.py worker``."""

import datetime
import logging
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Q
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.models import Notice

from . import delivery

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 60
# Small chores of the apps above, run at each sweep; each bounds its own work.
_chores: list[Callable[[], object]] = []


def at_sweep(chore: Callable[[], object]) -> None:
    """Let a function run with every sweep of the worker, in a transaction of its own."""
    if chore not in _chores:
        _chores.append(chore)


@task()
def deliver_notice(notice_id: int) -> str:
    """Send one notice, and come back when it is to be tried again; the row, not the task, knows what became of it."""
    state = delivery.deliver(notice_id)
    if state == Notice.State.WAITING:
        again_at = Notice.objects.values_list("next_try_at", flat=True).get(pk=notice_id)
        deliver_notice.using(run_after=again_at).enqueue(notice_id)
    return state


@task()
def sweep() -> int:
    """Enqueue what a killed worker left behind, seal the past day, do the chores, and come back in a minute."""
    count = enqueue_stale()
    journal.seal_day(clock.today() - datetime.timedelta(days=1))
    for chore in _chores:
        _do(chore)
    schedule_sweep()
    return count


def _do(chore: Callable[[], object]) -> None:
    """One chore that fails must not keep the others, nor the next sweep, from happening."""
    try:
        chore()
    except Exception:
        logger.exception("chore %s failed", getattr(chore, "__name__", chore))


def enqueue_stale() -> int:
    """Enqueue notices that are long due and whose task was lost; returns how many."""
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


@transaction.atomic
def schedule_sweep() -> None:
    """Make sure that exactly one sweep waits, whatever the number of workers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notice-sweep'))")
    waiting = DBTaskResult.objects.filter(status="READY", task_path=sweep.module_path)
    if not waiting.exists():
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=SWEEP_SECONDS)
        sweep.using(run_after=later).enqueue()
