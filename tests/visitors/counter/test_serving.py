"""The verbs at the counter: their effects, who may call them, and every wrong moment."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Absence, Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import states
from visitors.counter.actions import calling, serving, sessions
from visitors.counter.queries import session_of, waiting_for_rooms
from visitors.display.queries.screen import call_of_event
from visitors.hosting.actions import leaving
from visitors.models import Counter, QueueEvent, Ticket
from visitors.queue.actions.tickets import leave_queue

pytestmark = pytest.mark.django_db


def kinds(ticket):
    return list(QueueEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def test_the_ordinary_way(session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    assert calling.call_next(session, by=staff(clerk)) == ticket
    assert serving.start_serving(ticket, by=staff(clerk)).state == "serving"
    done = serving.finish_serving(ticket, by=staff(clerk), result="Berkas diterima.")
    done.refresh_from_db()
    assert (done.state, done.result) == ("finished", "Berkas diterima.")
    assert done.served_at and done.finished_at and done.visit.left_at is None
    assert kinds(ticket) == ["issued", "called", "serving", "finished"]
    call = QueueEvent.objects.get(ticket=ticket, kind="called")
    assert call.data == {
        "lane": "regular",
        "counter": "Loket 1",
        "turn": "next",
        "call": 1,
    }


def test_calling_the_next_is_one_statement_and_one_nudge(session, clerk, service):
    make.ticket(service=service, user=clerk)
    assert calling.call_next(session, by=staff(clerk))
    serving.finish_serving(Ticket.objects.get(), by=staff(clerk))
    make.ticket(service=service, user=clerk)
    with CaptureQueriesContext(connection) as queries:
        calling.call_next(session, by=staff(clerk))
    # The signal waits for the commit of the test's transaction.
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["SELECT"]


def test_nobody_waits(session, clerk):
    assert calling.call_next(session, by=staff(clerk)) is None


def test_only_served_services_transferred_ones_and_general_ones(session, clerk, service):
    other = make.service("B")
    make.counter(other)
    foreign = make.ticket(service=other, user=clerk)
    assert calling.call_next(session, by=staff(clerk)) is None
    general = make.ticket(user=clerk)
    assert calling.call_next(session, by=staff(clerk)) == general
    serving.finish_serving(general, by=staff(clerk))
    serving.transfer(foreign, by=staff(clerk), counter_id=session.counter_id)
    assert calling.call_next(session, by=staff(clerk)) == foreign


def test_a_service_that_no_counter_serves_goes_to_every_counter(session, clerk):
    ticket = make.ticket(service=make.service("F"), user=clerk)
    assert (ticket.letter, ticket.service) == ("F", None)
    assert calling.call_next(session, by=staff(clerk)) == ticket


def test_numbers_beyond_999_keep_all_their_digits(session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    Ticket.objects.filter(pk=ticket.pk).update(number=1234)
    calling.call_next(session, by=staff(clerk))
    called = call_of_event(ticket.location_id, QueueEvent.objects.get(kind="called").pk)
    assert (called.letter, called.number) == ("A", 1234)
    with clock.at(clock.now() + timedelta(seconds=3)), pytest.raises(Refused, match="A-1234"):
        calling.call_next(session, by=staff(clerk))


def test_the_called_one_has_to_be_finished_first(session, clerk, service, called):
    waiting = make.ticket(service=service, user=clerk)
    # A second click on the same button returns the same visitor.
    assert calling.call_next(session, by=staff(clerk)) == called
    with clock.at(called.called_at + timedelta(seconds=2)), pytest.raises(Refused, match="Selesaikan dahulu A-001"):
        calling.call_next(session, by=staff(clerk))
    with pytest.raises(Refused, match="Selesaikan dahulu A-001"):
        calling.call_particular(waiting, by=staff(clerk), session=session)
    with pytest.raises(Refused):
        sessions.close_session(session, by=staff(clerk))
    with pytest.raises(Refused):
        sessions.pause(session, by=staff(clerk))


def test_a_colleague_was_faster(session, clerk, service, called):
    other = make.person(Role.COUNTER)
    elsewhere = sessions.open_session(make.counter(service), by=staff(other))
    with pytest.raises(Outdated, match="A-001 sudah dipanggil di Loket 1"):
        calling.call_particular(called, by=staff(other), session=elsewhere)


def test_recall_cools_down_for_ten_seconds(called, clerk):
    with clock.at(called.called_at + timedelta(seconds=9)), pytest.raises(Refused, match="detik lagi"):
        calling.recall(called, by=staff(clerk))
    with clock.at(called.called_at + timedelta(seconds=10)):
        again = calling.recall(called, by=staff(clerk))
    assert again.calls == 2
    assert kinds(called) == ["issued", "called", "recalled"]


def test_reporting_back_waits_for_three_further_numbers(session, clerk, service, called):
    make.missed(called, clerk)
    others = [make.ticket(service=service, user=clerk) for _n in range(5)]
    serving.report_back(called, by=staff(clerk))
    order = []
    while ticket := calling.call_next(session, by=staff(clerk)):
        order.append(ticket.pk)
        serving.finish_serving(ticket, by=staff(clerk))
    assert order == [others[0].pk, others[1].pk, others[2].pk, called.pk, others[3].pk, others[4].pk]


def test_reporting_back_to_a_short_line_goes_to_its_end(session, clerk, service, called):
    make.missed(called, clerk)
    one = make.ticket(service=service, user=clerk)
    serving.report_back(called, by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)) == one
    serving.finish_serving(one, by=staff(clerk))
    back = calling.call_next(session, by=staff(clerk))
    assert (back.pk, back.calls) == (called.pk, 1)


def test_reporting_back_next_day_or_with_another_number_is_refused(called, clerk, service):
    make.missed(called, clerk)
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(Outdated):
        serving.report_back(called, by=staff(clerk))
    make.issue(called.visit, service=service)
    with pytest.raises(Refused, match="nomor lain"):
        serving.report_back(called, by=staff(clerk))


def test_hold_frees_the_counter_and_resume_calls_back(session, clerk, service, called):
    serving.start_serving(called, by=staff(clerk))
    serving.hold(called, by=staff(clerk))
    other = make.ticket(service=service, user=clerk)
    assert calling.call_next(session, by=staff(clerk)) == other
    serving.finish_serving(other, by=staff(clerk))
    assert calling.resume(called, by=staff(clerk), session=session).state == "called"


def test_transfer_to_a_room_keeps_number_and_waiting_time(session, clerk, service, called):
    post = make.position()
    official = make.person(Role.OFFICIAL, position=post)
    room = make.counter(kind="room", position=post)
    before = called.waiting_since
    serving.transfer(called, by=staff(clerk), counter_id=room.pk)
    waiting = Ticket.objects.get(pk=called.pk)
    assert (waiting.state, waiting.session, waiting.target, waiting.waiting_since) == ("waiting", None, room, before)
    assert calling.call_next(session, by=staff(clerk)) is None
    there = sessions.open_session(room, by=staff(official))
    assert calling.call_next(there, by=staff(official)).pk == called.pk


def test_transfer_to_a_service(session, clerk, called):
    other = make.service("B")
    elsewhere = make.counter(other)
    serving.transfer(called, by=staff(clerk), service_id=other.pk)
    colleague = make.person(Role.COUNTER)
    there = sessions.open_session(elsewhere, by=staff(colleague))
    assert calling.call_next(there, by=staff(colleague)).label == "A-001"


def test_transfers_that_lead_nowhere(session, clerk, called):
    closed = make.counter(name="Loket tutup")
    closed.active = False
    closed.save()
    abroad = make.counter(place=make.location("cabang"))
    for target in ({"counter_id": closed.pk}, {"counter_id": abroad.pk}, {"service_id": make.service("C").pk}, {}):
        with pytest.raises(Refused):
            serving.transfer(called, by=staff(clerk), **target)
    with pytest.raises(Refused, match="sudah berada"):
        serving.transfer(called, by=staff(clerk), counter_id=session.counter_id)
    assert Ticket.objects.get(pk=called.pk).state == "called"


def test_the_visitor_leaves_the_queue_once(clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    assert leave_queue(ticket, by=actors.visitor(ticket.visit_id)).state == "cancelled"
    with pytest.raises(Outdated):
        leave_queue(ticket, by=actors.visitor(ticket.visit_id))


def test_check_out_gives_the_number_back_and_is_refused_at_the_counter(clerk, service, session):
    ticket = make.ticket(service=service, user=clerk)
    called = calling.call_next(session, by=staff(clerk))
    with pytest.raises(Refused, match="sedang dilayani"):
        leaving.check_out(ticket.visit, by=staff(clerk))
    make.missed(called, clerk)
    serving.report_back(called, by=staff(clerk))
    assert leaving.check_out(ticket.visit, by=staff(clerk)).left_at
    assert Ticket.objects.get(pk=ticket.pk).state == "cancelled"
    left_at = leaving.check_out(ticket.visit, by=staff(clerk)).left_at
    assert left_at == leaving.check_out(ticket.visit, by=staff(clerk)).left_at


VERBS = {
    "recall": calling.recall,
    "no_show": serving.no_show,
    "start_serving": serving.start_serving,
    "hold": serving.hold,
    "finish": serving.finish_serving,
    "transfer": serving.transfer,
}


@pytest.mark.parametrize("verb", ["recall", "no_show", "start_serving", "hold", "finish"])
@pytest.mark.parametrize("state", [state for state in Ticket.State if state not in states.AT_COUNTER])
def test_verbs_of_the_counter_in_a_wrong_state_change_nothing(called, clerk, verb, state):
    session = None if state == "waiting" else called.session_id
    Ticket.objects.filter(pk=called.pk).update(state=state, session=session, finished_at=clock.now())
    with pytest.raises(Outdated):
        VERBS[verb](called, by=staff(clerk))
    assert Ticket.objects.get(pk=called.pk).state == state


@pytest.mark.parametrize("verb", ["recall", "no_show", "start_serving", "hold", "finish", "transfer"])
def test_a_colleagues_ticket_is_not_mine(called, service, verb):
    other = make.person(Role.COUNTER)
    target = {"counter_id": make.counter(service).pk} if verb == "transfer" else {}
    with pytest.raises(NotAllowed):
        VERBS[verb](called, by=staff(other), **target)
    assert Ticket.objects.get(pk=called.pk).state == "called"


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.HEAD, Role.ADMINISTRATOR, Role.SECTION_HEAD])
def test_others_neither_open_a_counter_nor_check_out(counter, role, service):
    person = make.person(role)
    with pytest.raises(NotAllowed):
        sessions.open_session(counter, by=staff(person))
    with pytest.raises(NotAllowed):
        leaving.check_out(make.visit(), by=staff(person))


def test_a_room_is_its_officials_and_their_deputys_only(clerk):
    post = make.position()
    holder = make.person(Role.OFFICIAL, position=post)
    deputy, stranger = make.person(Role.OFFICIAL), make.person(Role.OFFICIAL)
    room = make.counter(kind="room", position=post)
    for person in (stranger, clerk, deputy):
        with pytest.raises(NotAllowed):
            sessions.open_session(room, by=staff(person))
    today = clock.today()
    Absence.objects.create(user=holder, kind="leave", from_date=today, to_date=today, deputy=deputy)
    del deputy._portal_rooms
    assert sessions.open_session(room, by=staff(deputy))


def test_an_official_whose_position_ended_no_longer_calls(clerk):
    post = make.position()
    holder = make.person(Role.OFFICIAL, position=post)
    room = make.counter(kind="room", position=post)
    session = sessions.open_session(room, by=staff(holder))
    holder.tenures.update(to_date=clock.today() - timedelta(days=1))
    fresh = type(holder).objects.get(pk=holder.pk)
    with pytest.raises(NotAllowed):
        calling.call_next(session, by=staff(fresh))


def test_another_ones_closed_or_paused_session(session, clerk, service):
    make.ticket(service=service, user=clerk)
    with pytest.raises(NotAllowed):
        calling.call_next(session, by=staff(make.person(Role.COUNTER)))
    sessions.pause(session, by=staff(clerk))
    with pytest.raises(Refused, match="jeda"):
        calling.call_next(session, by=staff(clerk))
    sessions.unpause(session, by=staff(clerk))
    sessions.close_session(session, by=staff(clerk))
    with pytest.raises(Outdated, match="ditutup"):
        calling.call_next(session, by=staff(clerk))


def test_a_counter_is_taken_and_a_person_sits_at_one(session, counter, clerk, service):
    with pytest.raises(Refused, match=f"sedang dipakai {clerk}"):
        sessions.open_session(counter, by=staff(make.person(Role.COUNTER)))
    with pytest.raises(Refused, match="masih membuka Loket 1"):
        sessions.open_session(make.counter(service), by=staff(clerk))
    assert sessions.open_session(counter, by=staff(clerk)) == session


def test_a_session_of_yesterday_stands_in_nobodys_way(service, counter, clerk):
    with clock.at(clock.now() - timedelta(days=1)):
        sessions.open_session(counter, by=staff(clerk))
        yesterday = make.ticket(service=service, user=clerk)
        stale = calling.call_next(clerk_session := sessions.open_session(counter, by=staff(clerk)), by=staff(clerk))
    colleague = make.person(Role.COUNTER)
    today = sessions.open_session(counter, by=staff(colleague))
    assert today != clerk_session
    assert Ticket.objects.get(pk=stale.pk).state == "no_show"
    assert calling.call_next(today, by=staff(colleague)) is None
    assert make.ticket(service=service, user=clerk).label == yesterday.label == "A-001"


def test_the_day_of_a_ticket_is_the_date_in_jakarta(service, clerk):
    # 17.30 UTC on the 24th is half past midnight on the 25th at the office.
    evening = clock.now().replace(year=2026, month=11, day=24, hour=17, minute=30)
    with clock.at(evening):
        assert str(make.ticket(service=service, user=clerk).day) == "2026-11-25"


def test_one_live_ticket_per_visit_and_none_after_leaving(service, clerk):
    visit = make.ticket(service=service, user=clerk).visit
    with pytest.raises(Refused, match="masih berlaku"):
        make.issue(visit, service=service)
    leaving.check_out(visit, by=staff(clerk))
    visit.refresh_from_db()
    with pytest.raises(Refused, match="sudah selesai"):
        make.issue(visit, service=service)


@pytest.mark.parametrize("letter", ["I", "O", "Q", "a", "AB", "1"])
def test_letters_that_are_misread_are_never_issued(letter):
    with pytest.raises(ValueError, match="letter"):
        make.issue(make.visit(), letter=letter)


def test_the_database_guards_the_states_too(called, clerk, service):
    second = make.ticket(service=service, user=clerk)
    wrong = [
        {"state": "called", "session": called.session},
        {"state": "called", "session": None},
        {"state": "waiting", "session": called.session},
        {"letter": "O"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=second.pk).update(**values)


def test_who_has_a_room_sees_at_the_rail_that_somebody_was_sent_there(clerk, service, session, client):
    position = make.position("Kepala Bidang Contoh")
    official = make.person(Role.OFFICIAL, position=position)
    room = Counter.objects.create(
        location=session.counter.location, name="Ruang Kepala", kind=Counter.Kind.ROOM, position=position
    )
    ticket = make.ticket(service=service, user=clerk)
    calling.call_next(session, by=staff(clerk))
    assert waiting_for_rooms(official).count() == waiting_for_rooms(clerk).count() == 0
    client.force_login(clerk)
    page = client.post(
        "/petugas/loket/", {"do": "transfer", "ticket": ticket.pk, "target": f"counter-{room.pk}"}, follow=True
    )
    html = page.content.decode()
    assert "dialihkan ke Ruang Kepala" in html and "Ruang Kepala belum dibuka" in html
    assert waiting_for_rooms(official).count() == 1


def test_closing_a_counter_says_who_is_still_there(clerk, service, session, client):
    held, waiting = (make.ticket(service=service, user=clerk) for _ in range(2))
    serving.hold(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
    client.force_login(clerk)
    html = client.post("/petugas/loket/", {"do": "close"}, follow=True).content.decode()
    assert f"Masih menunggu atau ditunda: {held.label}, {waiting.label}." in html
    assert session_of(clerk) is None
