"""Notices: written in the verb's transaction, delivered once, retried, and never sent for a simulated past."""

import asyncio
import datetime
import socket
import threading
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.factories.concurrently import concurrently
from tests.factories.core import make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Notice, User
from ula_portal.core.notices import delivery, kinds, outbox
from ula_portal.core.notices import tasks as notices
from ula_portal.core.notices.tasks import deliver_notice

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 5, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def compose(notice):
    if notice.user is None:
        return None
    return kinds.NoticeText(notice.user.email, "Pekerjaan baru", f"Ada pekerjaan baru: {notice.path}")


kinds.register_kind("test_work", "Pekerjaan (uji)", compose)
kinds.register_kind("test_broken", "Rusak (uji)", lambda notice: 1 / 0)


def tell(kind="test_work", user=None, **more):
    return outbox.tell(kind, "request", 7, user=user or make_user(), path="/petugas/kasus/7/", **more)


class RefusingServer(asyncio.Protocol):
    """An SMTP server that answers every sender with a temporary failure."""

    def connection_made(self, transport):
        self.transport = transport
        transport.write(b"220 uji\r\n")

    def data_received(self, data):
        greeting = data[:4].upper() in (b"EHLO", b"HELO")
        self.transport.write(b"250 uji\r\n" if greeting else b"451 coba lagi nanti\r\n")


@contextmanager
def refusing_server(settings):
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(RefusingServer, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.sockets[0].getsockname()[:2]
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_notice_reaches_its_person_and_keeps_no_address():
    user = make_user(email="sri@example.id")
    notice = tell(user=user)
    assert delivery.deliver(notice) == "sent"
    assert mail.outbox[0].to == ["sri@example.id"]
    row = Notice.objects.filter(pk=notice.pk).values().get()
    assert row["sent_at"] and row["attempts"] == 1
    assert "sri" not in str(row)


def test_a_notice_is_sent_once():
    notice = tell()
    delivery.deliver(notice)
    assert delivery.deliver(notice) == "not due"
    assert len(mail.outbox) == 1


def test_the_task_is_written_with_the_notice_or_not_at_all():
    user = make_user()
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(user=user)
        raise RuntimeError
    assert not Notice.objects.exists()
    assert not DBTaskResult.objects.exists()
    tell(user=user)
    assert DBTaskResult.objects.count() == 1


def test_an_unknown_kind_is_found_by_the_first_call():
    with pytest.raises(KeyError):
        tell("salah_ketik")


def test_nobody_to_tell_is_not_a_failure():
    notice = outbox.tell("test_work", "request", 7)
    assert delivery.deliver(notice) == "suppressed"
    assert mail.outbox == []


def test_a_refusing_mail_server_is_tried_again_at_growing_distance(settings):
    with refusing_server(settings), clock.at(NOON):
        notice = tell()
    moment = NOON
    for attempt, wait in enumerate(delivery.WAITS, 1):
        with refusing_server(settings), clock.at(moment):
            assert delivery.deliver(notice) == "waiting"
        notice.refresh_from_db()
        assert (notice.attempts, notice.next_try_at, notice.leased_until) == (attempt, moment + wait, None)
        assert notice.last_error == "SMTPSenderRefused"
        with clock.at(moment + wait - MINUTE / 2):
            assert delivery.deliver(notice) == "not due"
        moment += wait
    with refusing_server(settings), clock.at(moment):
        assert delivery.deliver(notice) == "failed"


def test_a_mail_server_that_is_not_there_is_tried_again(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    notice = tell()
    assert delivery.deliver(notice) == "waiting"
    notice.refresh_from_db()
    assert notice.last_error == "ConnectionRefusedError"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(notice.next_try_at):
        assert delivery.deliver(notice) == "sent"


def test_each_new_try_has_a_task_of_its_own(settings):
    with refusing_server(settings), clock.at(NOON):
        notice = tell()
        deliver_notice.func(notice.pk)
    runs = DBTaskResult.objects.order_by("enqueued_at").values_list("run_after", flat=True)
    assert list(runs)[-1] == NOON + delivery.WAITS[0]


def test_a_notice_that_cannot_be_composed_does_not_stop_the_worker():
    notice = tell("test_broken")
    assert delivery.deliver(notice) == "waiting"
    notice.refresh_from_db()
    assert notice.last_error == "ZeroDivisionError"


def test_a_delayed_notice_waits():
    with clock.at(NOON):
        notice = tell(delay=MINUTE)
        assert delivery.deliver(notice) == "not due"
    with clock.at(NOON + MINUTE):
        assert delivery.deliver(notice) == "sent"


def test_what_a_killed_worker_held_is_sent_after_the_lease():
    with clock.at(NOON):
        notice = tell()
        # As if a worker had taken it and died while sending.
        Notice.objects.filter(pk=notice.pk).update(leased_until=NOON + delivery.LEASE)
        assert delivery.deliver(notice) == "not due"
    DBTaskResult.objects.all().delete()
    with clock.at(NOON + delivery.LEASE / 2):
        assert notices.enqueue_stale() == 0
    with clock.at(NOON + delivery.LEASE + MINUTE):
        assert notices.enqueue_stale() == 1
        assert DBTaskResult.objects.count() == 1
        assert delivery.deliver(notice) == "sent"
        assert notices.enqueue_stale() == 0


def test_to_somebody_without_an_address_nothing_is_sent():
    notice = tell()
    User.objects.filter(pk=notice.user_id).update(email="")
    assert delivery.deliver(notice) == Notice.State.SUPPRESSED


def test_a_played_past_is_never_sent():
    with outbox.never_sent():
        notice = tell()
    assert notice.state == Notice.State.SUPPRESSED
    assert not DBTaskResult.objects.exists()
    assert delivery.deliver(notice) == "not due"
    with clock.at(timezone.now() + datetime.timedelta(days=30)):
        assert notices.enqueue_stale() == 0
    assert tell().state == Notice.State.WAITING


def test_failed_notices_can_be_sent_again_by_hand():
    failed, sent = tell(), tell()
    Notice.objects.filter(pk=failed.pk).update(state="failed", attempts=6)
    Notice.objects.filter(pk=sent.pk).update(state="sent")
    assert outbox.retry([failed, sent], by=staff(make_user())) == 1
    assert delivery.deliver(failed) == "sent"
    assert delivery.deliver(sent) == "not due"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_one_notice_once():
    with transaction.atomic():
        notice = tell()
    states = concurrently(*[lambda: delivery.deliver(notice)] * 8)
    assert sorted(states) == ["not due"] * 7 + ["sent"]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_any_number_of_workers_keep_one_sweep():
    concurrently(*[notices.schedule_sweep] * 6)
    assert DBTaskResult.objects.filter(task_path__endswith=".sweep").count() == 1
