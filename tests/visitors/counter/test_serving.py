"""The verbs at the counter: what follows, who may, and every wrong moment."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.models import Absence, Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import states
from visitors.counter.actions import calling, serving, sessions
from visitors.counter.queries import session_of, waiting_for_rooms
from visitors.display.queries.screen import call_of_event
from visitors.hosting.actions import leaving
from visitors.models import Counter, QueueEvent, Ticket
from visitors.queue.actions import tickets
from visitors.queue.actions.tickets import leave_queue

pytestmark = pytest.mark.django_db


def kinds(ticket):
    return list(QueueEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def test_the_ordinary_way(session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    assert calling.call_next(session.pk, clerk) == ticket
    assert serving.start_serving(ticket.pk, clerk).state == "serving"
    done = serving.finish(ticket.pk, clerk, "Berkas diterima.")
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
    assert calling.call_next(session.pk, clerk)
    serving.finish(Ticket.objects.get().pk, clerk)
    make.ticket(service=service, user=clerk)
    with CaptureQueriesContext(connection) as queries:
        calling.call_next(session.pk, clerk)
    # The nudge waits for the commit of the test's transaction.
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == ["SELECT"]


def test_nobody_waits(session, clerk):
    assert calling.call_next(session.pk, clerk) is None


def test_only_served_services_transferred_ones_and_general_ones(session, clerk, service):
    other = make.service("B")
    make.counter(other)
    foreign = make.ticket(service=other, user=clerk)
    assert calling.call_next(session.pk, clerk) is None
    general = make.ticket(user=clerk)
    assert calling.call_next(session.pk, clerk) == general
    serving.finish(general.pk, clerk)
    serving.transfer(foreign.pk, clerk, counter_id=session.counter_id)
    assert calling.call_next(session.pk, clerk) == foreign


def test_a_service_that_no_counter_serves_goes_to_every_counter(session, clerk):
    ticket = make.ticket(service=make.service("F"), user=clerk)
    assert (ticket.letter, ticket.service) == ("F", None)
    assert calling.call_next(session.pk, clerk) == ticket


def test_numbers_beyond_999_keep_all_their_digits(session, clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    Ticket.objects.filter(pk=ticket.pk).update(number=1234)
    calling.call_next(session.pk, clerk)
    called = call_of_event(ticket.location_id, QueueEvent.objects.get(kind="called").pk)
    assert (called.letter, called.number) == ("A", 1234)
    with clock.at(clock.now() + timedelta(seconds=3)), pytest.raises(Refused, match="A-1234"):
        calling.call_next(session.pk, clerk)


def test_the_called_one_has_to_be_finished_first(session, clerk, service, called):
    waiting = make.ticket(service=service, user=clerk)
    # A second tap on the same button means the same visitor.
    assert calling.call_next(session.pk, clerk) == called
    with clock.at(called.called_at + timedelta(seconds=2)), pytest.raises(Refused, match="Selesaikan dahulu A-001"):
        calling.call_next(session.pk, clerk)
    with pytest.raises(Refused, match="Selesaikan dahulu A-001"):
        calling.call_particular(session.pk, waiting.pk, clerk)
    with pytest.raises(Refused):
        sessions.close_session(session.pk, clerk)
    with pytest.raises(Refused):
        sessions.pause(session.pk, clerk)


def test_a_colleague_was_faster(session, clerk, service, called):
    other = make.person(Role.COUNTER)
    elsewhere = sessions.open_session(make.counter(service).pk, other)
    with pytest.raises(Outdated, match="A-001 sudah dipanggil di Loket 1"):
        calling.call_particular(elsewhere.pk, called.pk, other)


def test_recall_cools_down_for_ten_seconds(called, clerk):
    with clock.at(called.called_at + timedelta(seconds=9)), pytest.raises(Refused, match="detik lagi"):
        calling.recall(called.pk, clerk)
    with clock.at(called.called_at + timedelta(seconds=10)):
        again = calling.recall(called.pk, clerk)
    assert again.calls == 2
    assert kinds(called) == ["issued", "called", "recalled"]


def test_reporting_back_waits_for_three_further_numbers(session, clerk, service, called):
    make.missed(called, clerk)
    others = [make.ticket(service=service, user=clerk) for _n in range(5)]
    serving.report_back(called.pk, clerk)
    order = []
    while ticket := calling.call_next(session.pk, clerk):
        order.append(ticket.pk)
        serving.finish(ticket.pk, clerk)
    assert order == [others[0].pk, others[1].pk, others[2].pk, called.pk, others[3].pk, others[4].pk]


def test_reporting_back_to_a_short_line_goes_to_its_end(session, clerk, service, called):
    make.missed(called, clerk)
    one = make.ticket(service=service, user=clerk)
    serving.report_back(called.pk, clerk)
    assert calling.call_next(session.pk, clerk) == one
    serving.finish(one.pk, clerk)
    back = calling.call_next(session.pk, clerk)
    assert (back.pk, back.calls) == (called.pk, 1)


def test_reporting_back_next_day_or_with_another_number_is_refused(called, clerk, service):
    make.missed(called, clerk)
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(Outdated):
        serving.report_back(called.pk, clerk)
    tickets.issue_ticket(called.visit, service=service)
    with pytest.raises(Refused, match="nomor lain"):
        serving.report_back(called.pk, clerk)


def test_hold_frees_the_counter_and_resume_calls_back(session, clerk, service, called):
    serving.start_serving(called.pk, clerk)
    serving.hold(called.pk, clerk)
    other = make.ticket(service=service, user=clerk)
    assert calling.call_next(session.pk, clerk) == other
    serving.finish(other.pk, clerk)
    assert calling.resume(session.pk, called.pk, clerk).state == "called"


def test_transfer_to_a_room_keeps_number_and_waiting_time(session, clerk, service, called):
    post = make.position()
    official = make.person(Role.OFFICIAL, position=post)
    room = make.counter(kind="room", position=post)
    before = called.waiting_since
    serving.transfer(called.pk, clerk, counter_id=room.pk)
    waiting = Ticket.objects.get(pk=called.pk)
    assert (waiting.state, waiting.session, waiting.target, waiting.waiting_since) == ("waiting", None, room, before)
    assert calling.call_next(session.pk, clerk) is None
    there = sessions.open_session(room.pk, official)
    assert calling.call_next(there.pk, official).pk == called.pk


def test_transfer_to_a_service(session, clerk, called):
    other = make.service("B")
    elsewhere = make.counter(other)
    serving.transfer(called.pk, clerk, service_id=other.pk)
    colleague = make.person(Role.COUNTER)
    there = sessions.open_session(elsewhere.pk, colleague)
    assert calling.call_next(there.pk, colleague).label == "A-001"


def test_transfers_that_lead_nowhere(session, clerk, called):
    closed = make.counter(name="Loket tutup")
    closed.active = False
    closed.save()
    abroad = make.counter(place=make.location("cabang"))
    for target in ({"counter_id": closed.pk}, {"counter_id": abroad.pk}, {"service_id": make.service("C").pk}, {}):
        with pytest.raises(Refused):
            serving.transfer(called.pk, clerk, **target)
    with pytest.raises(Refused, match="sudah berada"):
        serving.transfer(called.pk, clerk, counter_id=session.counter_id)
    assert Ticket.objects.get(pk=called.pk).state == "called"


def test_the_visitor_leaves_the_queue_once(clerk, service):
    ticket = make.ticket(service=service, user=clerk)
    assert leave_queue(ticket.pk).state == "cancelled"
    with pytest.raises(Outdated):
        leave_queue(ticket.pk)


def test_check_out_gives_the_number_back_and_is_refused_at_the_counter(clerk, service, session):
    ticket = make.ticket(service=service, user=clerk)
    called = calling.call_next(session.pk, clerk)
    with pytest.raises(Refused, match="sedang dilayani"):
        leaving.check_out(ticket.visit_id, clerk)
    make.missed(called, clerk)
    serving.report_back(called.pk, clerk)
    assert leaving.check_out(ticket.visit_id, clerk).left_at
    assert Ticket.objects.get(pk=ticket.pk).state == "cancelled"
    left_at = leaving.check_out(ticket.visit_id, clerk).left_at
    assert left_at == leaving.check_out(ticket.visit_id, clerk).left_at


VERBS = {
    "recall": calling.recall,
    "no_show": serving.no_show,
    "start_serving": serving.start_serving,
    "hold": serving.hold,
    "finish": serving.finish,
    "transfer": serving.transfer,
}


@pytest.mark.parametrize("verb", ["recall", "no_show", "start_serving", "hold", "finish"])
@pytest.mark.parametrize("state", [state for state in Ticket.State if state not in states.AT_COUNTER])
def test_verbs_of_the_counter_in_a_wrong_state_change_nothing(called, clerk, verb, state):
    session = None if state == "waiting" else called.session_id
    Ticket.objects.filter(pk=called.pk).update(state=state, session=session, finished_at=clock.now())
    with pytest.raises(Outdated):
        VERBS[verb](called.pk, clerk)
    assert Ticket.objects.get(pk=called.pk).state == state


@pytest.mark.parametrize("verb", ["recall", "no_show", "start_serving", "hold", "finish", "transfer"])
def test_a_colleagues_ticket_is_not_mine(called, service, verb):
    other = make.person(Role.COUNTER)
    target = {"counter_id": make.counter(service).pk} if verb == "transfer" else {}
    with pytest.raises(NotAllowed):
        VERBS[verb](called.pk, other, **target)
    assert Ticket.objects.get(pk=called.pk).state == "called"


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.HEAD, Role.ADMINISTRATOR, Role.SECTION_HEAD])
def test_others_neither_open_a_counter_nor_check_out(counter, role, service):
    person = make.person(role)
    with pytest.raises(NotAllowed):
        sessions.open_session(counter.pk, person)
    with pytest.raises(NotAllowed):
        leaving.check_out(make.visit().pk, person)


def test_a_room_is_its_officials_and_their_deputys_only(clerk):
    post = make.position()
    holder = make.person(Role.OFFICIAL, position=post)
    deputy, stranger = make.person(Role.OFFICIAL), make.person(Role.OFFICIAL)
    room = make.counter(kind="room", position=post)
    for person in (stranger, clerk, deputy):
        with pytest.raises(NotAllowed):
            sessions.open_session(room.pk, person)
    today = clock.today()
    Absence.objects.create(user=holder, kind="leave", from_date=today, to_date=today, deputy=deputy)
    del deputy._portal_rooms
    assert sessions.open_session(room.pk, deputy)


def test_an_official_whose_position_ended_no_longer_calls(clerk):
    post = make.position()
    holder = make.person(Role.OFFICIAL, position=post)
    room = make.counter(kind="room", position=post)
    session = sessions.open_session(room.pk, holder)
    holder.tenures.update(to_date=clock.today() - timedelta(days=1))
    fresh = type(holder).objects.get(pk=holder.pk)
    with pytest.raises(NotAllowed):
        calling.call_next(session.pk, fresh)


def test_another_ones_closed_or_paused_session(session, clerk, service):
    make.ticket(service=service, user=clerk)
    with pytest.raises(NotAllowed):
        calling.call_next(session.pk, make.person(Role.COUNTER))
    sessions.pause(session.pk, clerk)
    with pytest.raises(Refused, match="jeda"):
        calling.call_next(session.pk, clerk)
    sessions.unpause(session.pk, clerk)
    sessions.close_session(session.pk, clerk)
    with pytest.raises(Outdated, match="ditutup"):
        calling.call_next(session.pk, clerk)


def test_a_counter_is_taken_and_a_person_sits_at_one(session, counter, clerk, service):
    with pytest.raises(Refused, match=f"sedang dipakai {clerk}"):
        sessions.open_session(counter.pk, make.person(Role.COUNTER))
    with pytest.raises(Refused, match="masih membuka Loket 1"):
        sessions.open_session(make.counter(service).pk, clerk)
    assert sessions.open_session(counter.pk, clerk) == session


def test_a_session_of_yesterday_stands_in_nobodys_way(service, counter, clerk):
    with clock.at(clock.now() - timedelta(days=1)):
        sessions.open_session(counter.pk, clerk)
        yesterday = make.ticket(service=service, user=clerk)
        stale = calling.call_next(clerk_session := sessions.open_session(counter.pk, clerk).pk, clerk)
    colleague = make.person(Role.COUNTER)
    today = sessions.open_session(counter.pk, colleague)
    assert today.pk != clerk_session
    assert Ticket.objects.get(pk=stale.pk).state == "no_show"
    assert calling.call_next(today.pk, colleague) is None
    assert make.ticket(service=service, user=clerk).label == yesterday.label == "A-001"


def test_the_day_of_a_ticket_is_the_date_in_jakarta(service, clerk):
    # 17.30 UTC on the 24th is half past midnight on the 25th at the office.
    evening = clock.now().replace(year=2026, month=11, day=24, hour=17, minute=30)
    with clock.at(evening):
        assert str(make.ticket(service=service, user=clerk).day) == "2026-11-25"


def test_one_live_ticket_per_visit_and_none_after_leaving(service, clerk):
    visit = make.ticket(service=service, user=clerk).visit
    with pytest.raises(Refused, match="masih memegang"):
        tickets.issue_ticket(visit, service=service)
    leaving.check_out(visit.pk, clerk)
    visit.refresh_from_db()
    with pytest.raises(Refused, match="sudah selesai"):
        tickets.issue_ticket(visit, service=service)


@pytest.mark.parametrize("letter", ["I", "O", "Q", "a", "AB", "1"])
def test_letters_that_are_misread_are_never_issued(letter):
    with pytest.raises(ValueError, match="letter"):
        tickets.issue_ticket(make.visit(), letter=letter)


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
    calling.call_next(session.pk, clerk)
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
    serving.hold(calling.call_next(session.pk, clerk).pk, clerk)
    client.force_login(clerk)
    html = client.post("/petugas/loket/", {"do": "close"}, follow=True).content.decode()
    assert f"Masih menunggu atau ditunda: {held.label}, {waiting.label}." in html
    assert session_of(clerk) is None
