"""What everybody may see of the queue: the display, the load, one's own ticket."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from tests.factories.pages import text
from ula_portal.core import clock, ports
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.checkin.actions import checkin
from visitors.counter.actions import calling, sessions
from visitors.counter.actions.serving import finish_serving, start_serving
from visitors.display.queries.board import board_of
from visitors.models import QueueRule, ScreenNotice, ScreenRule
from visitors.own_ticket import queries as own_ticket
from visitors.queue.actions import tickets
from visitors.queue.queries import waiting

# Tuesday 09.00 and Friday 12.00 at the office.
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FRIDAY_NOON = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make.person(Role.COUNTER, name="Andi Rahasia")


@pytest.fixture
def service():
    return make.service("A", name="Legalisasi contoh")


@pytest.fixture
def counter(service):
    return make.counter(service, name="Loket 2")


@pytest.fixture
def session(counter, clerk):
    return sessions.open_session(counter, by=staff(clerk))


def own_page(ticket):
    return reverse("ticket_own", args=[tickets.ticket_token(ticket)])


def test_display_shows_the_call_the_counters_and_the_next(client, session, clerk, service):
    first, second = (make.ticket(service=service, user=clerk) for _n in range(2))
    calling.call_next(session, by=staff(clerk))
    html = text(client.get("/layar/ula/"))
    assert f'data-label="{first.label}" data-counter="Loket 2"' in html
    assert second.label in html and "Sedang dipanggil" in html


def test_the_order_of_calls_is_explained(client, service, counter):
    QueueRule.objects.create(location=counter.location, priority_in_a_row=3, ages_after_minutes=45)
    html = client.get("/antrean/").content.decode()
    assert "paling banyak 3 nomor prioritas" in html and "sudah menunggu 45 menit" in html


def test_display_names_nobody(client, session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    calling.call_next(session, by=staff(clerk))
    for path in ("/layar/ula/", "/layar/ula/data/"):
        html = client.get(path).content.decode()
        assert ticket.visit.visitor.name not in html and "Rahasia" not in html


def test_display_keeps_five_counters_with_the_newest_calls(service):
    place = make.location()
    clerks = [make.person(Role.COUNTER) for _n in range(7)]
    for n, clerk in enumerate(clerks):
        session = sessions.open_session(make.counter(service, name=f"Loket {n + 1}"), by=staff(clerk))
        if n >= 2:
            make.ticket(service=service, user=clerk)
            calling.call_next(session, by=staff(clerk))
    board = board_of(place.pk)
    assert [counter.name for counter in board.counters] == [f"Loket {n}" for n in range(3, 8)]
    assert [call.name for call in board.calls] == ["Loket 7", "Loket 6"]


def test_two_calls_share_the_panel_and_news_wait_for_it(client, session, clerk, service):
    ScreenNotice.objects.create(text="Semua layanan gratis.", from_date=clock.today())
    first, second = (make.ticket(service=service, user=clerk) for _n in range(2))
    calling.call_next(session, by=staff(clerk))
    alone = client.get("/layar/ula/").content.decode()
    assert "d-now--beside" in alone and "Semua layanan gratis." in alone
    colleague = make.person(Role.COUNTER)
    other = sessions.open_session(make.counter(service, name="Loket 3"), by=staff(colleague))
    calling.call_next(other, by=staff(colleague))
    both = client.get("/layar/ula/").content.decode()
    assert "d-now--shared" in both and "Semua layanan gratis." not in both
    assert re.findall(r'data-label="(.+?)" data-counter="(.+?)"', both) == [
        (second.label, "Loket 3"),
        (first.label, "Loket 2"),
    ]
    # Who is being served leaves the panel to the other call.
    start_serving(second, by=staff(colleague))
    assert [call.label for call in board_of(make.location().pk).calls] == [first.label]


def test_display_of_a_place_that_is_not_there(client):
    assert client.get("/layar/tidak-ada/").status_code == 404
    assert client.get("/layar/tidak-ada/data/").status_code == 404


def test_data_for_a_display_without_stream(client, counter):
    with clock.at(MORNING):
        answer = client.get("/layar/ula/data/").json()
    assert answer["at"] == int(MORNING.timestamp() * 1000)
    assert "Selamat datang" in answer["html"]
    assert answer["calls"] == []


def test_a_display_without_stream_is_told_the_calls_it_missed(client, session, clerk, service):
    cursor = client.get("/layar/ula/data/").json()["cursor"]
    make.ticket(service=service, user=clerk)
    calling.call_next(session, by=staff(clerk))
    answer = client.get(f"/layar/ula/data/?sejak={cursor}").json()
    assert [call["label"] for call in answer["calls"] if call["kind"] == "called"] == ["A-001"]
    assert client.get("/layar/ula/data/?sejak=x").json()["calls"] == []


def test_an_open_display_learns_that_its_page_is_an_old_one(client, counter):
    data, page = client.get("/layar/ula/data/").json(), client.get("/layar/ula/").content.decode()
    assert f'data-version="{data["version"]}"' in page
    assert client.get("/layar/ula/data/").json()["version"] == data["version"]
    ScreenRule.objects.create(location=counter.location, voice=False)
    assert client.get("/layar/ula/data/").json()["version"] != data["version"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (FRIDAY_NOON, "Istirahat dan salat Jumat. Pelayanan dilanjutkan pukul 13.00 WIB. Nomor Anda tetap berlaku."),
        (MORNING + timedelta(hours=3, minutes=30), "Istirahat. Pelayanan dilanjutkan pukul 13.00 WIB."),
        (MORNING - timedelta(hours=2), "Pelayanan dibuka pukul 07.30 WIB."),
        (MORNING + timedelta(hours=9), "Pelayanan hari ini sudah selesai."),
        (MORNING + timedelta(days=5), "Hari ini tidak ada pelayanan."),
    ],
)
def test_hours_are_said_on_the_display(client, counter, moment, words):
    with clock.at(moment):
        assert words in client.get("/layar/ula/data/").json()["html"]


def test_load_per_service(client, session, clerk, service, counter):
    twin, far = make.service("A", name="Kembaran contoh"), make.service("B", name="Tempat lain")
    counter.services.add(twin)
    make.counter(far)
    with clock.at(clock.now() - timedelta(hours=1)):
        for _n in range(5):
            make.ticket(service=service, user=clerk)
            called = calling.call_next(session, by=staff(clerk))
            with clock.at(clock.now() + timedelta(minutes=10)):
                finish_serving(called, by=staff(clerk))
    for each in (service, twin, twin, far):
        make.ticket(service=each, user=clerk)
    loads = {load.name: load for load in own_ticket.halls_now()[0].services}
    assert [loads[name].waiting for name in ("Legalisasi contoh", "Kembaran contoh", "Tempat lain")] == [1, 2, 1]
    assert loads["Legalisasi contoh"].wait == loads["Kembaran contoh"].wait == (30, 35)
    assert loads["Tempat lain"].wait is None and not loads["Tempat lain"].counters
    html = client.get("/antrean/").content.decode()
    assert "menunggu sekitar 30–35 menit" in html and "belum ada loket yang memanggil" in html
    assert "Tamu Contoh" not in html and "Rahasia" not in html


def test_an_officials_room_is_no_counter_that_is_open_or_pauses(session, counter, clerk):
    post = make.position()
    official, room = make.person(Role.OFFICIAL, position=post), make.counter(kind="room", position=post)
    open_room = sessions.open_session(room, by=staff(official))
    assert own_ticket.halls_now()[0].counters_open == 1
    sessions.pause(open_room, by=staff(official))
    assert not own_ticket.halls_now()[0].paused
    sessions.pause(session, by=staff(clerk))
    (hall,) = own_ticket.halls_now()
    assert (hall.counters_open, hall.paused) == (0, True)


@pytest.mark.parametrize("serving", [False, True])
def test_somebody_in_a_room_is_seen_as_service(clerk, serving):
    post = make.position()
    official, room = make.person(Role.OFFICIAL, position=post), make.counter(kind="room", position=post)
    desk = make.person(Role.FRONT_DESK)
    checkin.check_in(
        room.location,
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Contoh"),
        errand=checkin.Errand(purpose="meet", host_id=post.pk),
    )
    session = sessions.open_session(room, by=staff(official))
    assert not waiting.queue_at(room.location).is_open
    ticket = calling.call_next(session, by=staff(official))
    if serving:
        start_serving(ticket, by=staff(official))
    assert waiting.queue_at(room.location).is_open


def test_nobody_waits_once_the_day_is_over(client, counter, clerk, service):
    with clock.at(MORNING):
        make.ticket(service=service, user=clerk)
    with clock.at(MORNING + timedelta(hours=9)):
        html = client.get("/antrean/").content.decode()
    assert "sedang tutup" in html and "menunggu sekitar" not in html and "orang sedang menunggu" not in html


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        (MORNING, "break", "Belum ada loket yang buka"),
        (FRIDAY_NOON, "break", "Pelayanan dilanjutkan pukul 13.00 WIB."),
        (MORNING - timedelta(hours=2), "closed", "Tutup · buka hari ini 07.30 WIB"),
        (MORNING + timedelta(hours=9), "closed", "Tutup · buka Rabu 07.30 WIB"),
        (MORNING + timedelta(days=5), "closed", "Tutup · buka Senin 07.30 WIB"),
    ],
)
def test_a_closed_hall_says_when_it_opens_again(client, counter, moment, state, words):
    with clock.at(moment):
        assert own_ticket.halls_now()[0].state == state
        assert words in text(client.get("/antrean/"))


def test_an_open_counter_opens_the_hall_whatever_the_hour(session, clerk):
    with clock.at(MORNING + timedelta(hours=9)):
        assert own_ticket.halls_now()[0].state == "open"


def test_load_says_who_was_called(client, session, clerk, service):
    for _n in range(3):
        make.ticket(service=service, user=clerk)
    calling.call_next(session, by=staff(clerk))
    html = client.get("/antrean/").content.decode()
    assert "2 orang sedang menunggu." in html and "Legalisasi contoh" in html and "A-001" in html


def test_load_without_counters(client):
    assert "Belum ada loket yang melayani." in client.get("/antrean/").content.decode()


def test_own_ticket_counts_who_is_in_front(client, session, clerk, service):
    first, second, third = (make.ticket(service=service, user=clerk) for _n in range(3))
    other = make.service("B")
    make.counter(other)
    make.ticket(service=other, user=clerk)
    assert "Di depan Anda 2 orang" in client.get(own_page(third)).content.decode()
    priority = make.ticket(service=service, user=clerk, lane="priority")
    assert "Di depan Anda 3 orang" in client.get(own_page(third)).content.decode()
    assert "Anda berikutnya" in client.get(own_page(priority)).content.decode()
    calling.call_next(session, by=staff(clerk))
    html = client.get(own_page(priority)).content.decode()
    assert "Silakan menuju Loket 2." in html and "is-called" in html
    assert first.label not in html and second.label not in html


def test_own_ticket_is_given_back_once(client, clerk, service, counter):
    ticket = make.ticket(service=service, user=clerk)
    answer = client.post(own_page(ticket), follow=True).content.decode()
    assert "sudah dikembalikan" in answer and "tidak berlaku lagi" in answer
    assert "sudah berubah" in client.post(own_page(ticket), follow=True).content.decode()


def test_who_missed_the_call_reads_after_how_many_numbers_the_rule_lets_them_in_again(client, session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    make.missed(calling.call_next(session, by=staff(clerk)), clerk)
    assert "setelah 3 nomor berikutnya" in client.get(own_page(ticket)).content.decode()
    QueueRule.objects.create(location=ticket.location, numbers_before_return=12)
    assert "setelah 12 nomor berikutnya" in client.get(own_page(ticket)).content.decode()
    answer = client.post(own_page(ticket), {"do": "back"}, follow=True).content.decode()
    assert "Terima kasih. Anda dipanggil lagi setelah 12 nomor berikutnya." in answer
    with clock.at(clock.now() + timedelta(days=1)):
        assert "tidak berlaku lagi" in client.get(own_page(ticket)).content.decode()


def test_a_look_changes_nothing(client, clerk, service, counter):
    ticket = make.ticket(service=service, user=clerk)
    client.get(own_page(ticket))
    client.head(own_page(ticket))
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_a_wrong_token_is_no_ticket(client, clerk, service, counter):
    ticket = make.ticket(service=service, user=clerk)
    for token in ("salah", tickets.ticket_token(ticket)[:-1] + "x", ticket.nonce, ticket.token_hash):
        assert client.get(reverse("ticket_own", args=[token])).status_code == 404


def test_yesterdays_ticket_has_ended(client, clerk, service, counter):
    with clock.at(clock.now() - timedelta(days=1)):
        ticket = make.ticket(service=service, user=clerk)
    assert "tidak berlaku lagi" in client.get(own_page(ticket)).content.decode()


def test_ports_answer_how_busy_it_is(session, clerk, service):
    other = make.service("B")
    make.counter(other)
    for each in (service, service, other):
        make.ticket(service=each, user=clerk)
    assert ports.queue_now() == {"waiting": 3, "open": True, "stopped": ""}
    assert ports.queue_now([service.pk]) == {"waiting": 2, "open": True, "stopped": ""}
    assert ports.queue_now([other.pk]) == {"waiting": 1, "open": False, "stopped": ""}
    assert count_queries(lambda: ports.queue_now([service.pk])) == 1
    sessions.pause(session, by=staff(clerk))
    assert ports.queue_now()["open"] is False
    with clock.at(clock.now() + timedelta(days=1)):
        assert ports.queue_now() == {"waiting": 0, "open": False, "stopped": ""}


@pytest.mark.parametrize(
    ("path", "bound"),
    [("/antrean/", 4), ("/layar/ula/", 5), ("/layar/ula/data/", 6), ("/layar/ula/data/?sejak=1", 7)],
)
def test_pages_need_few_queries_however_long_the_line(client, session, clerk, service, path, bound):
    # At one moment: at every full five minutes the times of the last visitors are read again.
    with clock.at(clock.now()):
        make.ticket(service=service, user=clerk)
        client.get(path)
        one = count_queries(lambda: client.get(path))
        for _n in range(4):
            make.ticket(service=service, user=clerk)
        assert count_queries(lambda: client.get(path)) == one == bound


def test_own_ticket_needs_few_queries(client, session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    client.get(own_page(ticket))
    assert count_queries(lambda: client.get(own_page(ticket))) <= 3
