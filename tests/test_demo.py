"""The demo office, small: built only by verbs, completely or again from the start, with a consistent past."""

import datetime
import io
import json
import os

import pytest
from django.db import transaction
from django.db.models import Count, Max, Min
from django_tasks_db.models import DBTaskResult

from services.catalogue.queries.catalogue import published_services
from services.engine.tasks import follow_the_calendar
from services.models import Document, Letter, Request, Service, StepRun, TimelineEntry
from sop.models import SopVersion
from sop.rules.queries.validity import in_force
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import subjects
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Location, Notice, Position, Role, User
from ula_portal.core.office.queries import holders_of, secretariats_of
from ula_portal.demo import build, logins, sources, today, welcome
from ula_portal.demo.month import Scale
from visitors.appointments.tasks import slots_follow_the_calendar
from visitors.closing import actions as closing
from visitors.counter import queries as counter
from visitors.display.queries.board import board_of
from visitors.models import CounterSession, Ticket, Visit
from visitors.queue.actions.tickets import ticket_token

pytestmark = pytest.mark.django_db
# A Tuesday, half past ten at the office.
NOW = datetime.datetime(2026, 11, 24, 3, 30, tzinfo=datetime.UTC)
TINY = Scale(requests=12, visits=14, letters=2, days=3, codes=("MUT-K", "LEG-IJZ", "TAMU"))


@pytest.fixture(scope="module")
def past(django_db_setup, django_db_blocker):
    """Built once for all tests of this module, and rolled back after them."""
    around_all = transaction.atomic()
    # Marked like the transaction of Django's TestCase, so that durable transactions may be nested in it.
    around_all._from_testcase = True
    with (
        django_db_blocker.unblock(),
        around_all,
    ):
        with clock.at(NOW):
            play = build.build(TINY, stream=io.StringIO())
        yield play
        transaction.set_rollback(True)


def test_the_office_stands_as_it_is_described(past):
    source = sources.office()
    assert User.objects.count() == len(source["people"]) == 13
    found = holders_of(
        {position.pk for user in User.objects.all() for position in _positions(user)}, clock.local(NOW).date()
    )
    assert all(found.values())
    head = Position.objects.get(code="KADIS")
    assert {each.name for each in secretariats_of(head.pk)} == {"Pengadministrasi Persuratan", "Sekretaris Dinas"}
    assert {role for (role,) in User.objects.values_list("staff_roles__role")} == set(Role.values)


def _positions(user):
    return [tenure.position for tenure in user.tenures.select_related("position")]


def test_every_service_stands_on_an_sop_in_force_and_is_public(past):
    assert set(Service.objects.values_list("state", flat=True)) == {"published"}
    assert set(published_services()) == set(Service.objects.all())
    day = clock.local(NOW).date()
    for service in Service.objects.filter(kind="request"):
        assert SopVersion.objects.filter(in_force(day), sop=service.sop).count() == 1


def test_sops_went_their_whole_way(past):
    for version in SopVersion.objects.select_related("author", "verified_by", "approved_by"):
        assert version.state == "published"
        assert version.author_id != version.approved_by_id
        assert version.verified_at < version.approved_at < version.published_at
        assert not version.actors.filter(confirmed=False).exists()


def test_the_past_was_played_without_a_refusal(past):
    assert past.refused == 0
    assert Request.objects.count() == TINY.requests + 6
    assert Visit.objects.count() >= TINY.visits
    assert set(Request.objects.values_list("source", flat=True)) == {"online", "walk-in"}
    assert Letter.objects.filter(state="issued", file__isnull=False).count() >= 1
    assert Document.objects.filter(file__isnull=False).exists()


def test_nothing_happens_in_the_future(past):
    for model, field in (
        (Request, "created_at"),
        (StepRun, "offered_at"),
        (TimelineEntry, "at"),
        (Ticket, "issued_at"),
    ):
        assert model.objects.aggregate(last=Max(field))["last"] <= NOW, model
    assert Request.objects.aggregate(first=Min("created_at"))["first"] > NOW - datetime.timedelta(days=10)


def test_the_order_of_numbers_is_the_order_of_time(past):
    rows = Request.objects.exclude(number=None).order_by("received_at", "pk").values_list("number", flat=True)
    assert list(rows) == [f"ULA-2026-{number:06d}" for number in range(1, len(rows) + 1)]


def test_visitors_wait_now_and_one_counter_has_called(past):
    day = clock.local(NOW).date()
    assert Ticket.objects.filter(day=day, state="waiting").count() >= 5
    session = CounterSession.objects.get(closed_at__isnull=True)
    assert session.user.staff_roles.filter(role="counter").exists()
    assert Ticket.objects.get(state__in=("called", "serving")).session == session


@pytest.mark.parametrize(
    "moment",
    [
        # Sunday evening, days after the demo was built; Christmas at noon; a minute after midnight.
        datetime.datetime(2026, 11, 29, 13, 0, tzinfo=datetime.UTC),
        datetime.datetime(2026, 12, 25, 5, 0, tzinfo=datetime.UTC),
        datetime.datetime(2026, 11, 25, 17, 1, tzinfo=datetime.UTC),
    ],
)
def test_the_waiting_room_is_alive_whenever_somebody_looks(past, client, moment):
    place = Location.objects.get(code="ula")
    try:
        with clock.at(moment):
            today.open_waiting_room()
            made = Ticket.objects.count()
            board = board_of(place.pk)
            assert (board.calls[0].state, board.notice) == ("called", "")
            assert len(board.next) >= 3
            page = client.get("/antrean/").content.decode()
            assert "Contoh: pelayanan demo buka setiap saat." in page and "orang sedang menunggu" in page
            for path in ("/", f"/layar/{place.code}/"):
                assert "Contoh: pelayanan demo buka setiap saat." in client.get(path).content.decode(), path
            own = f"/antrean/tiket/{ticket_token(today.ticket_to_follow())}/"
            assert "Di depan Anda 1 orang" in client.get(own).content.decode()
            assert own in welcome.welcome_text("")
            clerk = User.objects.get(staff_roles__role="counter")
            work = counter.workplace_of(counter.session_of(clerk), clerk)
            assert (work.current.label, len(work.waiting)) == (board.calls[0].label, len(board.next))
            today.open_waiting_room()
            assert Ticket.objects.count() == made
            # Counters that have just been stopped are not described as always open.
            with transaction.atomic():
                closing.close_suddenly(place, by=staff(clerk), reason="listrik padam")
                for path in ("/", "/antrean/", f"/layar/{place.code}/"):
                    page = client.get(path).content.decode()
                    assert "istrik padam" in page and "setiap saat" not in page, path
                transaction.set_rollback(True)
    finally:
        workdays.clear_cache()


def test_some_requests_wait_for_routing(past):
    waiting = Request.objects.filter(responsible=None, source="walk-in", state__in=Request.OPEN_STATES)
    assert waiting.count() >= 3


def test_nothing_is_ever_sent_from_the_past(past):
    assert Notice.objects.exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {"suppressed"}
    # Entering the demo's hours updates due dates and appointments; that must not print messages.
    followers = [task.module_path for task in (follow_the_calendar, slots_follow_the_calendar)]
    assert not DBTaskResult.objects.exclude(task_path__in=followers).exists()


def test_the_journal_is_whole(past):
    assert journal.verify() == []
    assert JournalEntry.objects.filter(subject_kind="request").exists()


def test_every_verb_of_the_journal_has_words(past):
    for kind, verb in JournalEntry.objects.values_list("subject_kind", "verb").distinct():
        assert subjects.verb_label(verb) != verb, verb
        assert subjects.describe(kind).label != kind, kind


def test_everybody_is_made_up(past):
    assert all("Contoh" in name for name in Request.objects.values_list("applicant_name", flat=True))
    assert all("Contoh" in name for name in User.objects.values_list("full_name", flat=True))
    emails = Request.objects.exclude(applicant_email="").values_list("applicant_email", flat=True)
    assert all(email.endswith("@contoh.example") for email in emails)
    assert not Request.objects.filter(is_specimen=False).exists()


def test_the_log_ins_are_kept_for_the_owner_alone_and_work(past):
    assert os.stat(logins.path()).st_mode & 0o777 == 0o600
    kept = json.loads(logins.path().read_text())
    assert [login["role"] for login in kept[:6]] == [
        "frontdesk",
        "counter",
        "official",
        "section_head",
        "head",
        "admin",
    ]
    assert len({login["password"] for login in kept}) == 13
    for login in kept[:3]:
        assert User.objects.get(email=login["email"]).check_password(login["password"])
    for login in kept:
        assert User.objects.get(email=login["email"]).staff_roles.filter(role=login["role"]).exists()


def test_the_welcome_names_address_pages_and_log_ins(past):
    text = welcome.welcome_text("http://127.0.0.1:8123")
    kept = logins.read_logins()
    assert "http://127.0.0.1:8123/admin/penerusan/" in text
    assert all(login["email"] in text and login["password"] in text for login in kept)
    assert "kode pelacakan" in text


def test_people_have_appointments_ahead_and_some_came(past):
    from visitors.models import Booking

    states = dict(Booking.objects.order_by().values_list("state").annotate(Count("pk")))
    assert states["booked"] >= 5
    assert Booking.objects.filter(slot__starts_at__gt=NOW, state="booked").exists()
    assert not Booking.objects.filter(booked_at__gt=NOW).exists()
