"""The counter's screen: every button as a plain form."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from tests.factories.services import make_request, make_service
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from visitors.counter.actions import calling, sessions
from visitors.models import CounterSession, QueueRule, Ticket

PAGE = "/petugas/loket/"


@pytest.fixture
def service():
    return make.service("A", name="Legalisasi contoh")


@pytest.fixture
def page(client, cast, counter):
    client.force_login(cast.counter)
    return client


@pytest.fixture
def act(page):
    def act(do, **values):
        return page.post(PAGE, {"do": do, **values}, follow=True).content.decode()

    return act


def test_choose_call_serve_finish(act, page, cast, counter, service):
    ticket = make.ticket(service=service, user=cast.frontdesk)
    assert "Loket 1" in page.get(PAGE).content.decode()
    assert ticket.label in act("open", counter=counter.pk)
    html = act("call_next")
    assert f'<p class="called">{ticket.label}</p>' in html
    assert ticket.visit.visitor.name in html
    act("start_serving", ticket=ticket.pk)
    act("finish", ticket=ticket.pk, result="Berkas diterima")
    assert Ticket.objects.get().result == "Berkas diterima"
    act("close")
    assert not CounterSession.objects.filter(closed_at__isnull=True).exists()


def test_the_waiting_list_holds_labels_and_no_names(act, cast, counter, service):
    ticket = make.ticket(service=service, user=cast.frontdesk)
    html = act("open", counter=counter.pk)
    assert ticket.label in html and ticket.visit.visitor.name not in html


def test_nobody_waits_is_said(act, counter):
    act("open", counter=counter.pk)
    assert "Tidak ada yang menunggu loket ini." in act("call_next")


def test_the_loser_of_a_race_is_told_and_gets_the_next(act, page, cast, counter, service):
    first, second = (make.ticket(service=service, user=cast.frontdesk) for _n in range(2))
    act("open", counter=counter.pk)
    other = sessions.open_session(make.counter(service, name="Loket 9"), by=staff(cast.frontdesk))
    calling.call_next(other, by=staff(cast.frontdesk))
    assert f"{first.label} sudah dipanggil di Loket 9" in act("call_particular", ticket=first.pk)
    assert f'<p class="called">{second.label}</p>' in act("call_next")


def test_hold_resume_no_show_report_back_transfer_pause(act, cast, counter, service):
    ticket = make.ticket(service=service, user=cast.frontdesk)
    act("open", counter=counter.pk)
    act("call_next")
    act("hold", ticket=ticket.pk)
    act("resume", ticket=ticket.pk)
    assert "Panggil 1 kali lagi sebelum menandai tidak hadir." in act("no_show", ticket=ticket.pk)
    ticket.refresh_from_db()
    make.missed(ticket, cast.counter)
    act("report_back", ticket=ticket.pk)
    act("call_next")
    other = make.counter(service, name="Loket 2")
    assert "dialihkan" in act("transfer", ticket=ticket.pk, target=f"counter-{other.pk}")
    assert Ticket.objects.get().target == other
    assert "Loket sedang jeda." in act("pause")
    assert "Panggil berikutnya" in act("unpause")


def test_the_counter_is_told_when_the_rules_calls_are_done(act, page, cast, counter, service):
    QueueRule.objects.create(location=counter.location, calls_before_no_show=2)
    ticket = make.ticket(service=service, user=cast.frontdesk)
    act("open", counter=counter.pk)
    assert "Tandai tidak hadir" not in act("call_next")
    with clock.at(clock.now() + timedelta(seconds=15)):
        assert "Sudah dipanggil 2 kali. Tandai tidak hadir" in act("recall", ticket=ticket.pk)


def test_finish_and_call_the_next_in_one(act, cast, counter, service):
    first, second = (make.ticket(service=service, user=cast.frontdesk) for _n in range(2))
    act("open", counter=counter.pk)
    act("call_next")
    assert f'<p class="called">{second.label}</p>' in act("finish_next", ticket=first.pk)


def test_recall_too_soon_is_refused_in_words(act, cast, counter, service):
    ticket = make.ticket(service=service, user=cast.frontdesk)
    act("open", counter=counter.pk)
    act("call_next")
    assert "Baru saja dipanggil" in act("recall", ticket=ticket.pk)


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "delete_everything"},
        {},
        {"do": "call_next"},
        {"do": "finish", "ticket": "x"},
        {"do": "recall", "ticket": "9" * 30},
        {"do": "transfer", "ticket": "1", "target": "counter-"},
        {"do": "open", "counter": "-1"},
        {"do": "open", "counter": "٣"},
    ],
)
def test_tampered_forms_are_answered_in_words(page, sent):
    answer = page.post(PAGE, sent, follow=True)
    assert answer.status_code == 200
    assert "notice" in answer.content.decode()


def test_a_session_left_open_yesterday_asks_to_open_again(page, cast, counter):
    with clock.at(clock.now() - timedelta(days=1)):
        sessions.open_session(counter, by=staff(cast.counter))
    assert "Pilih loket" in page.get(PAGE).content.decode()


def test_an_official_sees_the_room_and_the_visitors_request(client, cast):
    post = cast.positions["KABID-DIKDAS"]
    service = make_service(cast)
    make.counter(service)
    room = make.counter(kind="room", position=post, name="Ruang Kabid")
    request = make_request(service)
    ticket = make.issue(make.visit(request=request, purpose="follow_up"), target=room)
    client.force_login(cast.section_head)
    page = client.get(PAGE).content.decode()
    assert "Ruang Kabid" in page and "Loket" not in page.split("<h1>")[1].split("Ruang Kabid")[1].split("</ul>")[0]
    html = client.post(PAGE, {"do": "open", "counter": room.pk}, follow=True).content.decode()
    assert ticket.label in html and request.number in html


@pytest.mark.parametrize("person", ["official", "head", "admin", "outsider"])
def test_the_page_is_not_for_others(client, cast, counter, person):
    client.force_login(getattr(cast, person))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"do": "open", "counter": counter.pk}).status_code == 403


def test_the_pieces_come_alone_for_the_live_refresh(act, page, counter):
    act("open", counter=counter.pk)
    piece = page.get(PAGE + "?bagian=1").content.decode()
    assert 'data-region="now"' in piece and "<html" not in piece


def test_the_number_of_queries_does_not_grow_with_the_line(act, page, cast, counter, service):
    act("open", counter=counter.pk)
    make.ticket(service=service, user=cast.frontdesk)
    page.get(PAGE)
    one = count_queries(lambda: page.get(PAGE))
    for _n in range(4):
        make.ticket(service=service, user=cast.frontdesk)
    assert count_queries(lambda: page.get(PAGE)) == one <= 9
