"""Who waits and who can be called: all pages give the same answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tests.factories import visitors as make
from tests.factories.cases import count_queries
from ula_portal.core import clock, ports
from ula_portal.core.data.process_cache import clear_process_caches
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from visitors.appointments.actions import appointments, arriving
from visitors.closing import actions as closing
from visitors.counter import queries as counter
from visitors.counter.actions import calling, serving, sessions
from visitors.display.queries import screen
from visitors.display.queries.board import board_of, status_of, status_words, tickets_with_location
from visitors.models import Booking, Counter, Ticket
from visitors.own_ticket import queries as own_ticket
from visitors.places.queries.closures import locations
from visitors.queue.actions.tickets import ticket_token
from visitors.queue.queries import waiting

from .agreement import assert_all_say_the_same

# Tuesday 09.00 at the office.
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning():
    with clock.at(MORNING):
        yield MORNING


def words(ticket):
    return status_words(status_of(tickets_with_location().get(pk=ticket.pk)))


def test_nobody_is_next_whom_no_open_counter_serves(morning, session, clerk, service, desk, client):
    other = make.service("B")
    make.counter(other)
    own, stranded = make.ticket(service=service, user=desk), make.ticket(service=other, user=desk)
    assert_all_say_the_same(make.location(), desk, [clerk])
    board = board_of(make.location().pk)
    assert (board.next, board.waiting) == ([own.label], 2)
    assert words(stranded)["text"] == "Loket untuk nomor Anda belum dibuka."
    client.force_login(desk)
    assert "Belum ada loket yang memanggil" in client.get("/petugas/tamu/").content.decode()
    assert "belum ada loket yang memanggil" in client.get("/antrean/").content.decode()


def test_who_is_passed_on_to_a_closed_counter_or_room_is_nobodys_next(morning, session, clerk, service, desk):
    room = make.counter(kind="room", position=make.position())
    closed = make.counter(service)
    tickets = [make.ticket(service=service, user=desk) for _n in range(2)]
    for ticket, target in zip(tickets, (closed, room), strict=True):
        serving.transfer(ticket, by=staff(clerk), counter_id=target.pk)
    tickets = [Ticket.objects.get(pk=ticket.pk) for ticket in tickets]
    assert [words(ticket)["heading"] for ticket in tickets] == ["Mohon menunggu"] * 2
    assert words(tickets[1])["text"] == "Anda dipanggil begitu pejabat siap menerima."
    assert board_of(closed.location_id).next == []
    assert_all_say_the_same(make.location(), desk, [clerk])


def test_a_pause_a_break_and_a_closure_are_told_on_the_ticket(morning, session, clerk, service, desk):
    ticket = make.ticket(service=service, user=desk)
    sessions.pause(session, by=staff(clerk))
    assert words(ticket)["text"] == "Loket untuk nomor Anda sedang jeda."
    with clock.at(MORNING + timedelta(hours=3, minutes=30)):
        assert words(ticket)["text"].startswith("Loket untuk nomor Anda sedang jeda. Istirahat.")
    closure = closing.close_suddenly(make.location(), by=staff(desk), reason="listrik padam")
    assert "listrik padam" in words(ticket)["text"]
    board = board_of(ticket.location_id, [ticket.pk])
    assert status_words(board.statuses[ticket.pk], "en")["text"] != words(ticket)["text"]
    assert_all_say_the_same(make.location(), desk, [clerk])
    sessions.unpause(session, by=staff(clerk))
    # The counter continues with visitors who are present.
    assert words(ticket)["heading"] == "Anda berikutnya"
    closing.reopen(closure, by=staff(desk))


def served_before(moment, session, clerk, service, minutes, count=6):
    """Visitors whose service took so long and ended at this moment."""
    for _n in range(count):
        with clock.at(moment - timedelta(minutes=minutes)):
            make.ticket(service=service, user=clerk)
            called = calling.call_next(session, by=staff(clerk))
        with clock.at(moment):
            serving.finish_serving(called, by=staff(clerk))


def test_no_minutes_are_told_anywhere_while_service_is_stopped(session, clerk, service, desk, client):
    with clock.at(MORNING):
        served_before(MORNING - timedelta(minutes=10), session, clerk, service, 5)
        tickets = [make.ticket(service=service, user=desk) for _n in range(4)]
        place, own = make.location(), reverse("ticket_own", args=[ticket_token(tickets[3])])

        def told():
            board = board_of(place.pk, [tickets[3].pk])
            load = next(load for load in own_ticket.halls_now()[0].services if load.waiting)
            waits = {board.wait, board.statuses[tickets[3].pk].wait, load.wait}
            return waits, "menit" in client.get(own).content.decode()

        assert told() == ({(15, 20), (20, 25)}, True)
        asked = count_queries(lambda: client.get(own))
        closure = closing.close_suddenly(place, by=staff(desk), reason="listrik padam")
        # The counter continues with visitors who are present; nobody can tell how long that takes.
        assert told() == ({None}, False)
        assert count_queries(lambda: client.get(own)) == asked
        closing.reopen(closure, by=staff(desk))
        assert told()[1]


def test_two_processes_tell_the_same_band_whenever_each_has_read(session, clerk, service, desk):
    place, step = make.location().pk, MORNING
    served_before(step - timedelta(minutes=3), session, clerk, service, 5)
    told = []
    for seconds in (0, 100, 299):
        with clock.at(step + timedelta(seconds=seconds)):
            clear_process_caches()
            told.append(screen.served_seconds(place))
            # Whoever is finished now counts from a later step on.
            served_before(step + timedelta(seconds=seconds), session, clerk, service, 30, count=1)
    assert told[0] == told[1] == told[2] == [300.0] * 6
    with clock.at(step + timedelta(seconds=600)):
        assert sorted(screen.served_seconds(place)) == [300.0] * 6 + [1800.0] * 3


def test_the_evening_ends_the_wait_only_where_nobody_sits(morning, session, clerk, service, desk):
    elsewhere = make.service("B")
    make.counter(elsewhere)
    mine, left_over = make.ticket(service=service, user=desk), make.ticket(service=elsewhere, user=desk)
    with clock.at(MORNING + timedelta(hours=9)):
        for pause in (False, True):
            if pause:
                sessions.pause(session, by=staff(clerk))
            assert board_of(make.location().pk).waiting == ports.queue_now()["waiting"] == 1
            assert_all_say_the_same(make.location(), desk, [clerk])
        assert words(left_over)["heading"] == "Loket sudah tutup"
        assert words(mine)["heading"] == "Mohon menunggu"
        # A number that the desk issues in the evening is for a visitor who is present.
        late = make.ticket(service=elsewhere, user=desk)
        assert words(late)["text"] == "Loket untuk nomor Anda belum dibuka."
        assert_all_say_the_same(make.location(), desk, [clerk])


def test_a_counter_shows_whom_it_will_call(morning, session, clerk, service, desk):
    for lane in ("regular", *["priority"] * 3):
        make.ticket(service=service, user=desk, lane=lane)
    for _n in range(2):
        serving.finish_serving(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
    # Two priority visitors were called before, so it is the regular lane's turn.
    work = counter.workplace_of(counter.session_of(clerk), clerk)
    assert [ticket.lane for ticket in work.waiting] == ["regular", "priority"]
    assert board_of(make.location().pk).next == [ticket.label for ticket in work.waiting]
    assert_all_say_the_same(make.location(), desk, [clerk])


def test_held_and_missed_ones_do_not_wait(morning, session, clerk, service, desk):
    for _n in range(3):
        make.ticket(service=service, user=desk)
    serving.hold(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
    missed = make.missed(calling.call_next(session, by=staff(clerk)), clerk)
    with clock.at(MORNING + timedelta(minutes=2)):
        assert board_of(make.location().pk).waiting == 1
        assert_all_say_the_same(make.location(), desk, [clerk])
        serving.report_back(missed, by=staff(desk))
        assert board_of(make.location().pk).waiting == 2
        assert_all_say_the_same(make.location(), desk, [clerk])


def test_who_has_an_appointment_waits_since_half_an_hour_before_it(clerk, desk):
    service = make.bookable()
    slot = make.slot_at(make.plan(service), MORNING.date() + timedelta(days=7), 9)
    booking = appointments.book(slot, by=actors.booking(""), contact=appointments.Contact(name="Tamu Berjanji"))
    with clock.at(slot.starts_at - timedelta(minutes=20)):
        sessions.open_session(make.counter(service), by=staff(clerk))
        walk_in = make.ticket(service=service, user=desk)
    with clock.at(slot.starts_at - timedelta(minutes=10)):
        booked = arriving.arrive(booking, by=staff(desk)).ticket
        assert board_of(walk_in.location_id).next == [booked.label, walk_in.label]
        assert_all_say_the_same(make.location(), desk, [clerk])
    assert Booking.objects.get().state == "arrived"


def test_a_counter_taken_out_of_use_still_calls_while_somebody_sits_there(morning, session, clerk, service, desk):
    make.counter(make.service("B"))
    ticket = make.ticket(service=service, user=desk)
    Counter.objects.filter(pk=session.counter_id).update(active=False)
    assert words(ticket)["heading"] == "Anda berikutnya"
    assert_all_say_the_same(make.location(), desk, [clerk])


def test_the_line_asks_two_questions_however_long(morning, session, service, desk):
    place = locations()[0]
    # The calendar is read once and cached.
    clock_and_hours = waiting.queue_at(place).waiting
    assert clock_and_hours == []
    for count in (1, 3):
        for _n in range(count):
            make.ticket(service=service, user=desk)
        assert count_queries(lambda: waiting.queue_at(place).callable) == 2
