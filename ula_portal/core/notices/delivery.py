"""Deliver a notice: lease it, send it, and schedule the next try if that fails."""

import datetime
import logging
import smtplib

from django.core.mail import EmailMessage
from django.db.models import Q

from ula_portal.core import clock
from ula_portal.core.models import Notice
from ula_portal.core.models.outbox import NOTICE
from ula_portal.core.notices import kinds, mail

logger = logging.getLogger(__name__)
LEASE = datetime.timedelta(minutes=5)
# Waiting times between tries; after the last try the notice has failed and is listed in the admin panel.
WAITS = [datetime.timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]


def deliver(notice: Notice) -> str:
    """Send a notice if it is due and no other worker is sending it; returns its state afterwards, or "not due".

    A notice that is still waiting has to be tried again at its ``next_try_at``. The lease is committed before sending,
    so that the notice of a worker killed while sending is tried again after LEASE.
    """
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    leased = Notice.objects.filter(free, pk=notice.pk, state=Notice.State.WAITING, next_try_at__lte=now).update(
        leased_until=now + LEASE
    )
    if not leased:
        return "not due"
    notice = Notice.objects.select_related("user").get(pk=notice.pk)
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


def _send(notice: Notice) -> None:
    kind = kinds.kind_of(notice.kind)
    message = kind.compose(notice) if kind and mail.is_sent() else None
    if message is None or not message.to:
        NOTICE.make(notice, "suppress")
        return
    EmailMessage(message.subject, mail.addressed(message.body), to=[message.to]).send()
    notice.attempts += 1
    NOTICE.make(notice, "send")
    notice.sent_at, notice.last_error = clock.now(), ""


def _try_later(notice: Notice, error: str) -> None:
    notice.attempts += 1
    # Only the type, since messages of mail servers contain addresses.
    notice.last_error = error
    if notice.attempts > len(WAITS):
        NOTICE.make(notice, "give_up")
        return
    notice.next_try_at = clock.now() + WAITS[notice.attempts - 1]
