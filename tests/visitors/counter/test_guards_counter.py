"""Who calls and serves whom: the right person, place, day and state; every guard clause."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.core import anew
from tests.factories.visitors import state_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Role, StaffRole
from ula_portal.core.office.actions import people
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.counter.actions import calling, sessions
from visitors.counter.actions.serving import finish_serving, hold, no_show, start_serving, transfer
from visitors.hosting.actions.leaving import check_out
from visitors.models import Counter, CounterSession, QueueEvent, Ticket

pytestmark = pytest.mark.django_db
NOBODY = 10**12
CALLS = [calling.call_particular, calling.resume]
AT_THE_COUNTER = [calling.recall, start_serving, no_show, hold, finish_serving]


def _call(verb, ticket, session, user):
    if verb is calling.call_next:
        return verb(session, by=staff(user))
    return verb(ticket, by=staff(user), session=session)


def ready_for(verb, ticket):
    """The ticket, put into the state from which the verb calls it."""
    state = "held" if verb is calling.resume else "waiting"
    Ticket.objects.filter(pk=ticket.pk).update(state=state)
    return ticket


# Calling


@pytest.mark.parametrize("verb", CALLS)
def test_a_number_of_another_place_or_another_day_is_not_called(session, clerk, service, verb):
    elsewhere = ready_for(verb, make.ticket(make.location("cabang"), user=clerk))
    with clock.at(clock.now() - timedelta(days=1)):
        yesterday = ready_for(verb, make.ticket(service=service, user=clerk))
    for ticket in (elsewhere, yesterday):
        before = state_of(ticket)
        with pytest.raises(Refused, match="tidak ada di lokasi Anda hari ini"):
            verb(ticket, by=staff(clerk), session=session)
        assert state_of(ticket) == before
    with pytest.raises(Refused, match="tidak ada di lokasi"):
        verb(Ticket(pk=NOBODY), by=staff(clerk), session=session)


@pytest.mark.parametrize(("verb", "state"), [(calling.call_particular, "held"), (calling.resume, "waiting")])
def test_who_waits_is_called_and_who_was_put_on_hold_is_called_back(session, clerk, service, verb, state):
    ticket = make.ticket(service=service, user=clerk)
    Ticket.objects.filter(pk=ticket.pk).update(state=state)
    with pytest.raises(Outdated):
        verb(ticket, by=staff(clerk), session=session)
    assert state_of(ticket) == state


@pytest.mark.parametrize("verb", [calling.call_next, *CALLS])
def test_calling_needs_ones_own_open_session_that_is_not_paused(session, clerk, service, verb):
    ticket = ready_for(verb, make.ticket(service=service, user=clerk))
    nowhere = CounterSession(pk=NOBODY, counter=session.counter)
    for user, at in ((make.person(Role.COUNTER), session), (clerk, nowhere)):
        with pytest.raises(NotAllowed, match="bukan milik Anda"):
            _call(verb, ticket, at, user)
    sessions.pause(session, by=staff(clerk))
    with pytest.raises(Refused, match="jeda"):
        _call(verb, ticket, session, clerk)
    sessions.close_session(session, by=staff(clerk))
    with pytest.raises(Outdated, match="ditutup"):
        _call(verb, ticket, session, clerk)
    assert state_of(ticket) == ("held" if verb is calling.resume else "waiting")


@pytest.mark.parametrize("verb", [calling.call_next, *CALLS])
@pytest.mark.parametrize("left", [(), (Role.OFFICIAL,)])
def test_who_lost_the_role_meanwhile_calls_nobody(session, clerk, service, verb, left):
    ticket = ready_for(verb, make.ticket(service=service))
    StaffRole.objects.filter(user=clerk).delete()
    for role in left:
        people.assign_role(clerk, by=SYSTEM, role=role)
    with pytest.raises(NotAllowed, match="tidak bertugas di loket ini"):
        _call(verb, ticket, session, anew(clerk))
    assert not QueueEvent.objects.filter(kind="called").exists()


def test_an_official_calls_to_their_own_room_and_to_no_other(session, clerk, service):
    post = make.position()
    official = make.person(Role.OFFICIAL, position=post)
    room = make.counter(kind="room", position=post)
    own = sessions.open_session(room, by=staff(official))
    ticket = make.ticket(user=clerk, target=room)
    assert calling.call_particular(ticket, by=staff(anew(official)), session=own).session == own
    hold(ticket, by=staff(official))
    assert calling.resume(ticket, by=staff(anew(official)), session=own).session == own
    # Another user's session belongs to another counter.
    for verb in CALLS:
        with pytest.raises(NotAllowed, match="tidak bertugas di loket ini"):
            verb(ticket, by=staff(anew(official)), session=session)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_second_tap_means_a_visitor_who_was_called_never_one_in_service(session, clerk, called, seconds):
    with clock.at(called.called_at + timedelta(seconds=seconds)):
        assert calling.call_next(session, by=staff(clerk)) == called
        start_serving(called, by=staff(clerk))
        with pytest.raises(Refused, match="Selesaikan dahulu A-001"):
            calling.call_next(session, by=staff(clerk))


@pytest.mark.parametrize("serving", [False, True])
def test_nobody_is_called_out_of_turn_while_somebody_is_at_the_counter(session, clerk, service, called, serving):
    held, waiting = make.ticket(service=service, user=clerk), make.ticket(service=service, user=clerk)
    Ticket.objects.filter(pk=held.pk).update(state="held")
    if serving:
        start_serving(called, by=staff(clerk))
    for verb, ticket in ((calling.resume, held), (calling.call_particular, waiting)):
        with pytest.raises(Refused, match="Selesaikan dahulu A-001"):
            verb(ticket, by=staff(clerk), session=session)


# The ticket at one's counter


@pytest.mark.parametrize("verb", AT_THE_COUNTER)
def test_without_any_role_nobody_goes_on_with_their_visitor(called, clerk, verb):
    StaffRole.objects.filter(user=clerk).delete()
    with pytest.raises(NotAllowed, match="tidak ditemukan di loket Anda"):
        verb(called, by=staff(anew(clerk)))
    assert state_of(called) == "called"


@pytest.mark.parametrize("verb", [*AT_THE_COUNTER, transfer])
def test_a_number_that_is_not_there_is_nobodys(clerk, counter, verb):
    target = {"counter_id": counter.pk} if verb is transfer else {}
    with pytest.raises(NotAllowed, match="tidak ditemukan"):
        verb(Ticket(pk=NOBODY), by=staff(clerk), **target)


@pytest.mark.parametrize("verb", [calling.recall, no_show, start_serving])
def test_who_is_being_served_is_neither_called_again_nor_absent(called, clerk, verb):
    start_serving(called, by=staff(clerk))
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(Outdated, match="sudah dipanggil di Loket 1"):
        verb(called, by=staff(clerk))
    assert state_of(called) == "serving"


def test_nobody_is_absent_before_they_were_called_as_often_as_the_rule_asks(called, clerk):
    with pytest.raises(Refused, match="Panggil 2 kali lagi"):
        no_show(called, by=staff(clerk))
    with clock.at(called.called_at + timedelta(seconds=10)):
        calling.recall(called, by=staff(clerk))
        with pytest.raises(Refused, match="Panggil 1 kali lagi"):
            no_show(called, by=staff(clerk))
    assert state_of(called) == "called"


# Passing on


@pytest.fixture
def waiting(service, clerk):
    return make.ticket(service=service, user=clerk)


def test_a_service_that_only_a_closed_or_distant_counter_serves_is_no_target(session, clerk, called, service):
    closed, distant, nowhere = make.service("B"), make.service("C"), make.service("D")
    Counter.objects.filter(pk=make.counter(closed).pk).update(active=False)
    make.counter(distant, place=make.location("cabang"))
    for target in (closed.pk, distant.pk, nowhere.pk, NOBODY):
        with pytest.raises(Refused, match="Belum ada loket") as refusal:
            transfer(called, by=staff(clerk), service_id=target)
        assert refusal.value.field == "target"
    assert state_of(called) == "called"


@pytest.mark.parametrize("where", ["closed", "distant", "unknown"])
def test_a_counter_out_of_use_or_elsewhere_is_no_target(session, clerk, called, where):
    target = make.counter(place=make.location("cabang") if where == "distant" else None)
    Counter.objects.filter(pk=target.pk).update(active=where != "closed")
    with pytest.raises(Refused, match="tidak dipakai"):
        transfer(called, by=staff(clerk), counter_id=NOBODY if where == "unknown" else target.pk)
    assert state_of(called) == "called"


def test_a_target_is_a_counter_or_a_service(session, clerk, called, service):
    for target in ({}, {"counter_id": make.counter(service).pk, "service_id": service.pk}):
        with pytest.raises(Refused, match="Pilih loket, ruang, atau layanan tujuan"):
            transfer(called, by=staff(clerk), **target)


def test_who_was_put_aside_here_may_be_called_here_again_by_whoever_comes_next(session, clerk, called):
    hold(called, by=staff(clerk))
    again = transfer(called, by=staff(clerk), counter_id=session.counter_id)
    assert (again.state, again.target, again.session) == ("waiting", session.counter, None)


def test_the_desk_passes_on_who_waits_an_official_does_not(waiting, service, clerk):
    other = make.counter(service)
    official = make.person(Role.OFFICIAL, position=make.position())
    with pytest.raises(NotAllowed, match="Hanya petugas yang memanggil"):
        transfer(waiting, by=staff(official), counter_id=other.pk)
    assert transfer(waiting, by=staff(make.person(Role.FRONT_DESK)), counter_id=other.pk).target == other


def test_an_official_passes_on_who_is_with_them_while_the_room_is_theirs(clerk, service):
    post = make.position()
    official = make.person(Role.OFFICIAL, position=post)
    room, other = make.counter(kind="room", position=post), make.counter(service)
    ticket = make.ticket(user=clerk, target=room)
    own = sessions.open_session(room, by=staff(official))
    calling.call_next(own, by=staff(official))
    official.tenures.update(to_date=clock.today() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        transfer(ticket, by=staff(anew(official)), counter_id=other.pk)
    official.tenures.update(to_date=None)
    assert transfer(ticket, by=staff(anew(official)), counter_id=other.pk).target == other


@pytest.mark.parametrize("state", ["finished", "no_show", "cancelled"])
def test_what_has_ended_is_not_passed_on(called, clerk, service, state):
    other = make.counter(service)
    Ticket.objects.filter(pk=called.pk).update(state=state, finished_at=clock.now())
    for user in (clerk, make.person(Role.FRONT_DESK)):
        with pytest.raises(Outdated):
            transfer(called, by=staff(user), counter_id=other.pk)
    assert state_of(called) == state


def test_who_has_left_is_passed_on_to_nobody(waiting, clerk, service):
    other = make.counter(service)
    check_out(waiting.visit, by=staff(clerk))
    with pytest.raises(Outdated):
        transfer(waiting, by=staff(clerk), counter_id=other.pk)
    assert state_of(waiting) == "cancelled"
