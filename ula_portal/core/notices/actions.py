"""Deliver notices: lease, send, try again later."""

import datetime
import logging
import smtplib

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django_tasks_db.models import DBTaskResult

from ula_portal.core import clock
from ula_portal.core.models import Notice

from . import mail, notify

logger = logging.getLogger(__name__)
LEASE = datetime.timedelta(minutes=5)
# Waits before each new try; after the last one the notice counts as failed and stands in the admin.
WAITS = [datetime.timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]


def deliver(notice_id: int) -> str:
    """Send one notice if it is due and nobody else holds it; returns its state afterwards.

    The lease is taken in a transaction of its own, so that a worker killed while sending is noticed after LEASE.
    """
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    taken = Notice.objects.filter(free, pk=notice_id, state=Notice.State.WAITING, next_try_at__lte=now).update(
        leased_until=now + LEASE
    )
    if not taken:
        return "not due"
    notice = Notice.objects.select_related("user").get(pk=notice_id)
    try:
        _send(notice)
    except (OSError, smtplib.SMTPException) as error:
        _try_later(notice, type(error).__name__)
    except Exception as error:
        logger.exception("notice %s could not be composed", notice.pk)
        _try_later(notice, type(error).__name__)
    notice.leased_until = None
    notice.save()
    return notice.state


def _send(notice):
    kind = notify.kind_of(notice.kind)
    message = kind.compose(notice) if kind and mail.is_sent() else None
    if message is None or not message.to:
        notice.state = Notice.State.SUPPRESSED
        return
    EmailMessage(message.subject, message.body, to=[message.to]).send()
    notice.attempts += 1
    notice.state, notice.sent_at, notice.last_error = Notice.State.SENT, clock.now(), ""


def _try_later(notice, error):
    notice.attempts += 1
    # The type only: messages of mail servers repeat addresses.
    notice.last_error = error
    if notice.attempts > len(WAITS):
        notice.state = Notice.State.FAILED
        return
    notice.next_try_at = clock.now() + WAITS[notice.attempts - 1]
    from .tasks import deliver_notice

    deliver_notice.using(run_after=notice.next_try_at).enqueue(notice.pk)


@transaction.atomic
def retry(notice_ids) -> int:
    """Let failed notices be tried again at once, with all their tries; returns how many. Administrators only."""
    from .tasks import deliver_notice

    failed = Notice.objects.select_for_update().filter(pk__in=list(notice_ids), state=Notice.State.FAILED)
    count = 0
    for notice in failed:
        notice.state, notice.attempts, notice.next_try_at = Notice.State.WAITING, 0, clock.now()
        notice.save(update_fields=["state", "attempts", "next_try_at"])
        deliver_notice.enqueue(notice.pk)
        count += 1
    return count


def drop(notice_ids) -> int:
    """Let notices of an act that was undone never go out; returns how many were still here. In the verb's transaction.

    One that a worker is sending at this moment is not caught: whoever lets an act be undone keeps its notice back for
    longer than that.
    """
    waiting = Notice.objects.filter(pk__in=list(notice_ids), state=Notice.State.WAITING, leased_until__isnull=True)
    return waiting.update(state=Notice.State.SUPPRESSED)


def enqueue_stale() -> int:
    """Enqueue notices that are long due and whose task was lost; returns how many."""
    from .tasks import deliver_notice

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
    from .tasks import SWEEP_SECONDS, sweep

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notice-sweep'))")
    waiting = DBTaskResult.objects.filter(status="READY", task_path=sweep.module_path)
    if not waiting.exists():
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=SWEEP_SECONDS)
        sweep.using(run_after=later).enqueue()
