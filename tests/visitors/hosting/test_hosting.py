"""Visitors of officials: notified, answered, delegated; and the desk's lists of who is in the building."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.live import changes
from ula_portal.core.models import Absence, Notice, Role
from ula_portal.core.notices import delivery
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.checkin.actions import checkin, correcting
from visitors.counter.actions import calling, serving, sessions
from visitors.hosting.actions import hosts, leaving
from visitors.hosting.queries import presence
from visitors.hosting.queries.guests import host_calls_for, host_calls_waiting, host_topics_for, host_topics_of
from visitors.models import HostCall, QueueEvent, Visit
from visitors.queue.queries.events import Cursor, events_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def position():
    make.counter(make.service())
    return make.position("Kepala Bidang Contoh")


@pytest.fixture
def official(position):
    return make.person(Role.OFFICIAL, position=position, name="Pejabat Contoh")


@pytest.fixture
def colleague():
    return make.person(Role.OFFICIAL, position=make.position("Analis Contoh"), name="Rekan Contoh")


@pytest.fixture
def receive(desk):
    def receive(position, name="Siti Contoh", **more):
        return make.check_in(desk, purpose="meet", name=name, host_id=position.pk, **more).visit

    return receive


def test_the_official_is_told_at_once_and_answers(receive, position, official, client, desk):
    visit = receive(position, head_count=3, note="Mengantar undangan")
    assert host_calls_waiting(official).count() == 1
    notice = Notice.objects.get(kind="visitor_for_you")
    assert (notice.user, notice.path) == (official, "/petugas/tamu-anda/")
    delivery.deliver(notice)
    assert "Siti Contoh menunggu Anda" in mail.outbox[0].body

    client.force_login(official)
    html = client.get(reverse("guests")).content.decode()
    assert "Siti Contoh" in html and "3 orang" in html and "Mengantar undangan" in html
    call = HostCall.objects.get()
    client.post(reverse("guests"), {"call": call.pk, "answer": "five_minutes"})
    assert host_calls_waiting(official).count() == 0
    client.force_login(desk)
    assert "Mohon tunggu 5 menit" in client.get(reverse("checkin")).content.decode()
    events = QueueEvent.objects.filter(location=visit.location, ticket=None).order_by("pk")
    kinds = events.values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith("host")] == ["host_called", "host_answered"]


def test_open_pages_of_those_whom_it_concerns_are_told(receive, position, official, colleague, client):
    """Any open page: the stream's topics, and what the page requests then."""
    receive(position)
    told = host_topics_of(events_after(Cursor(1))[0])
    assert told & host_topics_for(official) and not told & host_topics_for(colleague)
    for user, badge in ((official, "1"), (colleague, "")):
        client.force_login(user)
        found = client.get(reverse("staff_rail")).json()
        assert found["badges"][reverse("guests")] == {"badge": badge, "news": "Ada tamu untuk Anda."}
        assert changes.topics_of(found["live"].removeprefix("/live/pekerjaan/")) == host_topics_for(user)
        assert 'data-live="/live/pekerjaan/' in client.get("/petugas/").content.decode()


def test_events_concern_holders_of_positions_and_people_by_themselves():
    events = [QueueEvent(data={"positions": [1], "people": [2]}), QueueEvent(data={})]
    assert host_topics_of(events) == {"h1", "g2"}


def test_what_can_appear_no_more_is_not_remembered():
    assert events_after(Cursor(1, frozenset({(0, 1)})))[1].seen == frozenset()


def test_no_event_names_anybody(receive, position, official):
    receive(position)
    hosts.answer_host(HostCall.objects.get(), by=staff(official), answer="coming")
    assert "Siti" not in str(list(QueueEvent.objects.values_list("data", flat=True)))


def test_handing_on_needs_a_colleague_who_is_here(receive, position, official, colleague):
    receive(position)
    call = HostCall.objects.get()
    with pytest.raises(Refused, match="Pilih siapa"):
        hosts.answer_host(call, by=staff(official), answer="delegated")
    with pytest.raises(Refused):
        hosts.answer_host(call, by=staff(official), answer="delegated", delegate_id=make.person(Role.OFFICIAL).pk)
    hosts.answer_host(call, by=staff(official), answer="delegated", delegate_id=colleague.pk)
    assert [row.visit for row in host_calls_for(colleague)] == [call.visit]
    assert Notice.objects.filter(user=colleague, kind="visitor_for_you").count() == 1
    hosts.answer_host(call, by=staff(colleague), answer="coming")
    call.refresh_from_db()
    assert (call.answer, call.delegate) == ("coming", None)
    today = clock.today()
    Absence.objects.create(user=colleague, kind="leave", from_date=today, to_date=today)
    with pytest.raises(Refused):
        hosts.answer_host(call, by=staff(official), answer="delegated", delegate_id=colleague.pk)


def test_only_who_is_meant_answers_and_only_while_the_visitor_is_here(receive, position, official, colleague, desk):
    visit = receive(position)
    call = HostCall.objects.get()
    for other in (colleague, desk):
        with pytest.raises(NotAllowed):
            hosts.answer_host(call, by=staff(other), answer="coming")
    with pytest.raises(Refused, match="jawaban"):
        hosts.answer_host(call, by=staff(official), answer="besok")
    leaving.check_out(visit, by=staff(desk))
    assert host_calls_for(official) == []
    with pytest.raises(Outdated):
        hosts.answer_host(call, by=staff(official), answer="coming")
    notice = Notice.objects.get()
    delivery.deliver(notice)
    assert mail.outbox == []


def test_a_deputy_is_told_instead(receive, position, official, colleague):
    today = clock.today()
    Absence.objects.create(user=official, kind="leave", from_date=today, to_date=today, deputy=colleague)
    receive(position)
    assert list(Notice.objects.values_list("user", flat=True)) == [colleague.pk]
    assert host_calls_waiting(colleague).count() == 1


def test_the_database_keeps_answers_whole(receive, position, official):
    receive(position)
    for values in ({"answer": "coming"}, {"answer": "delegated", "answered_by": official, "answered_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HostCall.objects.update(**values)


def test_the_same_check_in_again_tells_nobody_twice(receive, position, official):
    receive(position, key="k")
    receive(position, key="k")
    assert Notice.objects.count() == HostCall.objects.count() == 1


def test_the_page_needs_few_queries(receive, position, official, client):
    client.force_login(official)
    receive(position)
    client.get(reverse("guests"))
    one = count_queries(lambda: client.get(reverse("guests")))
    for n in range(2):
        receive(position, name=f"Tamu {n}")
    assert count_queries(lambda: client.get(reverse("guests"))) == one <= 9


def test_the_host_notes_that_a_guest_has_left_and_takes_it_back_for_a_minute(
    receive, position, official, colleague, client
):
    visit, page = receive(position), reverse("guests")
    client.force_login(official)
    assert "Catat pulang" not in client.get(page).content.decode()
    call = HostCall.objects.get()
    hosts.answer_host(call, by=staff(official), answer="coming")
    assert "Catat pulang" in client.get(page).content.decode()
    client.force_login(colleague)
    client.post(page, {"do": "leave", "visit": visit.pk})
    assert Visit.objects.get(left_at=None) == visit
    client.force_login(official)
    html = client.post(page, {"do": "leave", "visit": visit.pk}, follow=True).content.decode()
    assert "Siti Contoh dicatat pulang." in html and Visit.objects.get().left_at
    assert QueueEvent.objects.filter(kind="guest_left", data__positions=[position.pk]).count() == 1
    html = client.post(page, {"do": "undo", "visit": visit.pk}, follow=True).content.decode()
    assert "Tamu masih di sini." in html and Visit.objects.get().left_at is None
    client.post(page, {"do": "leave", "visit": visit.pk})
    with clock.at(clock.now() + timedelta(seconds=61)):
        html = client.get(page).content.decode()
        assert "dicatat pulang" not in html and "Tidak ada tamu" in html
        client.post(page, {"do": "undo", "visit": visit.pk})
        assert Visit.objects.get().left_at


def test_whom_it_was_handed_to_and_whose_room_they_were_in_are_hosts_too(
    receive, position, official, colleague, desk, client
):
    handed = receive(position)
    hosts.answer_host(HostCall.objects.get(), by=staff(official), answer="delegated", delegate_id=colleague.pk)
    assert leaving.check_out(handed, by=staff(colleague)).left_at
    room, clerk = make.counter(kind="room", position=position), make.person(Role.COUNTER)
    official = type(official).objects.get(pk=official.pk)
    service = make.service("B")
    ticket = make.ticket(service=service, user=desk)
    session = sessions.open_session(make.counter(service), by=staff(clerk))
    serving.transfer(calling.call_next(session, by=staff(clerk)), by=staff(clerk), counter_id=room.pk)
    with pytest.raises(NotAllowed):
        leaving.check_out(ticket.visit, by=staff(official))
    own = sessions.open_session(room, by=staff(official))
    serving.finish_serving(calling.call_next(own, by=staff(official)), by=staff(official))
    client.force_login(official)
    assert "Catat pulang" in client.get(reverse("guests")).content.decode()
    with pytest.raises(NotAllowed):
        leaving.check_out(ticket.visit, by=staff(colleague))
    client.post(reverse("guests"), {"do": "leave", "visit": ticket.visit_id})
    assert Visit.objects.get(pk=ticket.visit_id).left_at


def test_by_power_of_attorney_only_with_the_paper(desk):
    who = {"user": desk, "purpose": "consult", "name": "Siti", "represents": "Budi, Ani"}
    with pytest.raises(Refused, match="surat kuasanya") as refusal:
        make.check_in(**who)
    assert refusal.value.field == "proxy_seen"
    visit = make.check_in(**who, proxy_seen=True).visit
    assert (visit.represents, visit.proxy_seen) == ("Budi, Ani", True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(proxy_seen=False)


def test_who_went_straight_in_is_entered_afterwards(client, desk, position):
    client.force_login(desk)
    came = clock.local(clock.now()).replace(second=0, microsecond=0)
    typed = {"do": "check_in", "key": "k", "name": "Siti", "purpose": "meet", "host": position.pk, "head_count": 1}
    client.post(reverse("checkin"), typed | {"came_at": came.strftime("%H:%M")})
    visit = Visit.objects.get()
    assert visit.recorded_late_at and visit.checked_in_at == came and not visit.tickets.exists()


def test_collective_files_stay_off_the_queue(client, desk, position):
    client.force_login(desk)
    typed = {"do": "check_in", "key": "k", "name": "Operator Contoh", "purpose": "consult", "head_count": 1}
    answer = client.post(reverse("checkin"), typed | {"off_queue": "on"}, follow=True)
    assert "Kunjungan tercatat." in answer.content.decode()
    assert not Visit.objects.get().tickets.exists()


def test_a_second_purpose_gets_a_second_number_and_counts_once(client, desk, position):
    client.force_login(desk)
    place = make.location()
    first = checkin.check_in(
        place,
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Contoh", phone="081234567890"),
        errand=checkin.Errand(purpose="consult"),
    )
    visitor = first.visit.visitor_id
    page = client.post(reverse("checkin"), {"do": "choose", "visitor": visitor}).content.decode()
    assert "Siti Contoh" in page
    second = checkin.check_in(
        place,
        by=staff(desk),
        arrival=checkin.Arrival(visitor_id=visitor, head_count=2, companion="Budi"),
        errand=checkin.Errand(purpose="complaint"),
    )
    assert second.ticket.number == first.ticket.number + 1
    guests, gone = presence.in_the_building(desk, place)
    assert [(g.name, g.people, g.where, g.helpers) for g in guests] == [("Siti Contoh", 2, "Ruang tunggu", "Budi")]
    assert gone == []
    html = client.get(reverse("inside_print")).content.decode()
    assert "Siti Contoh" in html and "2 orang" in html
    with clock.at(clock.now() + timedelta(days=1)):
        assert presence.in_the_building(desk, place) == ([], [])


def test_the_badge_is_for_who_is_inside(client, desk, position):
    client.force_login(desk)
    visit = checkin.check_in(
        make.location(),
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Contoh"),
        errand=checkin.Errand(purpose="consult"),
    ).visit
    assert "Kartu tamu" in client.get(reverse("badge_print", args=[visit.pk])).content.decode()
    leaving.check_out(visit, by=staff(desk))
    assert client.get(reverse("badge_print", args=[visit.pk])).status_code == 404


def test_the_list_says_who_is_not_there_today(client, desk, position, official):
    client.force_login(desk)
    vacant = make.position("Jabatan Kosong")
    html = client.get(reverse("checkin")).content.decode()
    assert "Jabatan Kosong (tidak di tempat hari ini)" in html
    assert f"{position} (tidak di tempat" not in html
    today = clock.today()
    Absence.objects.create(user=official, kind="leave", from_date=today, to_date=today)
    assert f"{position}, Pejabat Contoh (tidak di tempat hari ini)" in client.get(reverse("checkin")).content.decode()
    answer = client.post(
        reverse("checkin"),
        {"do": "check_in", "key": "k", "name": "Siti", "purpose": "meet", "host": vacant.pk, "head_count": 1},
    )
    assert answer.status_code == 302


def test_an_official_told_in_error_sees_nobody(receive, position, official, desk):
    visit = receive(position)
    assert host_calls_for(official)
    correcting.correct_visit(visit, by=staff(desk), errand=checkin.Errand(purpose="consult"))
    assert host_calls_for(official) == []
    assert Visit.objects.get().host is None
