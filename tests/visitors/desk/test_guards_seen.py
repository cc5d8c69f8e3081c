"""Who sees whom at the desk, at a counter and in a room: each clause with one row it returns and one it must not."""

from datetime import datetime, time, timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.core import anew
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, serving, sessions
from visitors.counter.queries import counters_for, is_staffed, session_of, waiting_for_rooms, workplace_of
from visitors.desk.queries.desk import (
    find_for_desk,
    hosts_to_choose,
    just_left,
    numbers_today,
    printer_at,
    ticket_for_desk,
    visit_for_badge,
    visit_to_correct,
    visitor_for_desk,
)
from visitors.hosting.actions import leaving
from visitors.hosting.queries import guests, presence
from visitors.models import Counter, Ticket, TicketPrinter, Visit
from visitors.places.queries.closures import locations
from visitors.queue.actions import tickets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_morning():
    """A fixed moment, so that twenty minutes later is still the same day."""
    with clock.at(datetime.combine(clock.today(), time(9), clock.OFFICE_ZONE)):
        yield


NOBODY = 10**12


@pytest.fixture
def official():
    return make.person(Role.OFFICIAL, position=make.position())


def test_what_the_desk_opens_by_number_is_nobody_elses(desk, official, service, counter):
    ticket = make.ticket(service=service, user=desk)
    visit = ticket.visit
    seen = {
        visitor_for_desk: (visit.visitor_id, visit.visitor),
        visit_for_badge: (visit.pk, visit),
        visit_to_correct: (visit.pk, visit),
        ticket_for_desk: (ticket.pk, ticket),
    }
    for ask, (pk, thing) in seen.items():
        assert (ask(desk, pk), ask(official, pk), ask(desk, NOBODY)) == (thing, None, None), ask
    assert visit_to_correct(desk, None) is None and just_left(desk, visit.pk) is None
    leaving.check_out(visit, by=staff(desk))
    assert visit_for_badge(desk, visit.pk) is None and visit_to_correct(desk, visit.pk) is None
    assert (just_left(desk, visit.pk), just_left(official, visit.pk)) == (visit, None)
    with clock.at(clock.now() + timedelta(seconds=62)):
        assert just_left(desk, visit.pk) is None


def test_numbers_and_searches_are_of_this_place_today_and_for_the_desk(desk, official, service, counter):
    place = counter.location
    own = make.ticket(service=service, user=desk)
    make.ticket(make.location("cabang"), user=desk, letter="A")
    with clock.at(clock.now() - timedelta(days=1)):
        make.ticket(service=service, user=desk)
    here = next(one for one in locations() if one == place)
    assert [ticket for ticket, _standing in numbers_today(desk, here).waiting] == [own]
    assert numbers_today(desk, here).others == []
    assert numbers_today(official, here).waiting == []
    assert find_for_desk(desk, place, own.label).tickets == [own]
    for typed in (own.label, own.visit.visitor.name):
        assert find_for_desk(official, place, typed).nothing
    assert [each.visit for each in presence.inside(desk, place).here] == [own.visit]
    assert presence.inside(official, place).people == 0 and presence.in_the_building(official, place) == ([], [])


def test_numbers_that_wait_no_more_are_told_by_when_they_were_given(desk, service, counter):
    later = make.ticket(service=service, user=desk)
    # Given out on paper first, entered afterwards.
    with clock.at(clock.now() - timedelta(minutes=10)):
        earlier = make.ticket(service=service, user=desk)
    for ticket in (later, earlier):
        tickets.leave_queue(ticket, by=actors.visitor(ticket.visit_id))
    here = next(one for one in locations() if one == counter.location)
    assert numbers_today(desk, here).others == [later, earlier]


def test_places_and_printers_in_use(service, counter):
    closed = make.counter(place=make.location("cabang"))
    assert {one.code for one in locations()} == {"ula", "cabang"}
    Counter.objects.filter(pk=closed.pk).update(active=False)
    assert {one.code for one in locations()} == {"ula"}
    printer = TicketPrinter.objects.create(location=counter.location, name="Printer", address="127.0.0.1", port=9)
    assert printer_at(counter.location_id) == printer and printer_at(closed.location_id) is None
    TicketPrinter.objects.update(active=False)
    assert printer_at(counter.location_id) is None


def test_counters_to_open_are_those_in_use_that_one_may_work_at(service, counter, clerk, official):
    post = official.tenures.get().position
    room, closed = make.counter(kind="room", position=post), make.counter(kind="room", position=post)
    others, gone = make.counter(kind="room", position=make.position()), make.counter(service)
    Counter.objects.filter(pk__in=[closed.pk, gone.pk]).update(active=False)
    assert set(counters_for(anew(official))) == {room}
    assert set(counters_for(clerk)) == {counter}
    assert others not in counters_for(clerk)
    with clock.at(clock.now() - timedelta(days=1)):
        sessions.open_session(counter, by=staff(clerk))
    assert counters_for(clerk)[0].open_now == [] and not is_staffed(counter.pk)
    session = sessions.open_session(counter, by=staff(clerk))
    assert counters_for(clerk)[0].open_now == [session] and is_staffed(counter.pk)
    assert session_of(clerk) == session and session_of(official) is None
    sessions.close_session(session, by=staff(clerk))
    assert session_of(clerk) is None and not is_staffed(counter.pk)
    assert counters_for(clerk)[0].open_now == []


def test_who_waits_for_somebodys_room_today(clerk, service, counter, official):
    room = make.counter(kind="room", position=official.tenures.get().position)
    other = make.counter(kind="room", position=make.position())
    sent = make.ticket(user=clerk, target=room)
    for target, change in ((other, {}), (room, {"state": "cancelled"}), (room, {"day": clock.today() - timedelta(1)})):
        ticket = make.ticket(user=clerk, target=target)
        Ticket.objects.filter(pk=ticket.pk).update(**change)
    assert list(waiting_for_rooms(anew(official))) == [sent]
    Counter.objects.filter(pk=room.pk).update(active=False)
    assert not waiting_for_rooms(anew(official)).exists()


def test_positions_with_a_room_in_use_are_offered_first(db):
    plain, room, closed = (make.position(f"{letter} Contoh") for letter in "ABC")
    make.counter(position=plain)
    make.counter(kind="room", position=room)
    Counter.objects.filter(pk=make.counter(kind="room", position=closed).pk).update(active=False)
    offered = [each for each in hosts_to_choose() if each in (plain, room, closed)]
    assert offered == [room, plain, closed]


def test_a_counter_shows_its_own_visitors_those_it_missed_and_what_one_has_just_clicked(session, clerk, service):
    work = lambda: workplace_of(session_of(clerk), clerk)  # noqa: E731
    colleague = make.person(Role.COUNTER)
    theirs = sessions.open_session(make.counter(service), by=staff(colleague))
    held, missed, foreign, elsewhere = (make.ticket(service=service, user=clerk) for _n in range(4))
    calling.call_particular(held, by=staff(clerk), session=session)
    serving.hold(held, by=staff(clerk))
    calling.call_particular(missed, by=staff(clerk), session=session)
    make.missed(Ticket.objects.get(pk=missed.pk), clerk)
    calling.call_particular(foreign, by=staff(colleague), session=theirs)
    serving.hold(foreign, by=staff(colleague))
    calling.call_particular(elsewhere, by=staff(colleague), session=theirs)
    make.missed(Ticket.objects.get(pk=elsewhere.pk), colleague)
    shown = work()
    assert (shown.current, shown.held, shown.missed) == (None, [held], [missed])
    assert theirs.counter_id in {desk.id for desk in shown.targets}
    assert session.counter_id not in {desk.id for desk in shown.targets}
    # A visitor who missed a call on an earlier day has left.
    Ticket.objects.filter(pk=missed.pk).update(day=clock.today() - timedelta(days=1))
    assert work().missed == []
    Ticket.objects.filter(pk=missed.pk).update(day=clock.today())
    assert work().missed == [missed]
    # Checked-out visitors are not listed; a colleague's click cannot be taken back.
    Visit.objects.filter(pk=missed.visit_id).update(left_at=clock.now())
    assert work().missed == []
    Ticket.objects.exclude(pk__in=[foreign.pk, elsewhere.pk]).update(undo=None)
    assert work().undoable is None
    Ticket.objects.filter(pk=held.pk).update(state="cancelled", undo=None)
    assert work().held == []


def test_guests_of_a_room_are_those_received_there_last_and_not_seen_leaving(session, clerk, official, service):
    room = make.counter(kind="room", position=official.tenures.get().position)
    own = sessions.open_session(room, by=staff(anew(official)))

    def received(*, then_at_the_counter=False):
        ticket = make.ticket(service=service, user=clerk, target=room)
        calling.call_next(own, by=staff(anew(official)))
        serving.finish_serving(ticket, by=staff(anew(official)))
        if then_at_the_counter:
            again = make.issue(ticket.visit, service=service)
            calling.call_next(session, by=staff(clerk))
            serving.finish_serving(again, by=staff(clerk))
        return ticket.visit

    here, gone, waiting = received(), received(), received()
    passed_on = received(then_at_the_counter=True)
    leaving.check_out(gone, by=staff(clerk))
    make.issue(waiting, service=service)
    assert guests.room_guests_of(anew(official)) == [here]
    assert passed_on not in guests.guests_of(anew(official)) and here in guests.guests_of(anew(official))
    assert guests.room_guests_of(clerk) == [] == guests.room_guests_of(make.person(Role.OFFICIAL))
    called = make.ticket(service=service, user=clerk, target=room)
    calling.call_next(own, by=staff(anew(official)))
    assert called.visit not in guests.room_guests_of(anew(official))


@pytest.mark.parametrize("minutes", [14, 15])
def test_who_was_served_at_a_counter_has_probably_left_after_a_quarter_of_an_hour(called, clerk, desk, minutes):
    now = clock.now()
    with clock.at(now):
        serving.finish_serving(called, by=staff(clerk))
    with clock.at(now + timedelta(minutes=minutes)):
        shown = presence.inside(desk, called.location)
        assert ([each.visit for each in shown.gone] == [called.visit]) is (minutes == 15)
        assert (shown.people, shown.people_gone) == ((0, 1) if minutes == 15 else (1, 0))


def test_services_to_send_on_to_have_a_counter_in_use(session, clerk, service):
    far = make.service("B")
    spare = make.counter(far)
    assert set(workplace_of(session, clerk).services) == {service, far}
    Counter.objects.filter(pk=spare.pk).update(active=False)
    assert workplace_of(session, clerk).services == [service]
