"""Which tickets ``visitors_call_next`` finds, clause by clause: none of another place, day or counter."""

from datetime import timedelta

import pytest

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, serving, sessions
from visitors.models import QueueEvent, Ticket
from visitors.queue.queries.waiting import queue_at

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=30)


def at_another_place(service, clerk, **more):
    ticket = make.ticket(make.location("cabang"), user=clerk, **more)
    return {"service": service}, ticket


def of_yesterday(service, clerk, **more):
    ticket = make.ticket(service=service, user=clerk, **more)
    return {"day": clock.today() - timedelta(days=1), "number": 900}, ticket


def for_another_counter(service, clerk, **more):
    return {"target": make.counter(service)}, make.ticket(service=service, user=clerk, **more)


def of_a_service_that_is_not_done_here(service, clerk, **more):
    other = make.service("B")
    make.counter(other)
    return {}, make.ticket(service=other, user=clerk, **more)


def on_hold(service, clerk, **more):
    return {"state": "held"}, make.ticket(service=service, user=clerk, **more)


OTHERS = [at_another_place, of_yesterday, for_another_counter, of_a_service_that_is_not_done_here, on_hold]


def put_aside(other, service, clerk, lane):
    """A ticket that has waited longest but that this counter may not call."""
    change, ticket = other(service, clerk, lane=lane)
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=clock.now() - LONG_AGO, **change)
    return ticket


@pytest.mark.parametrize("lane", ["regular", "priority"])
@pytest.mark.parametrize("prefers", [False, True])
@pytest.mark.parametrize("other", OTHERS)
def test_who_may_not_be_called_here_is_not_called(session, clerk, service, other, prefers, lane):
    if prefers:
        session.counter.preferred.set([service])
    ticket = put_aside(other, service, clerk, lane)
    assert calling.call_next(session, by=staff(clerk)) is None
    own = make.ticket(service=service, user=clerk)
    assert calling.call_next(session, by=staff(clerk)) == own
    assert not QueueEvent.objects.filter(ticket=ticket, kind="called").exists()


@pytest.mark.parametrize("other", [None, *OTHERS])
def test_only_a_regular_visitor_of_this_counter_who_has_waited_long_takes_every_second_turn(
    session, clerk, service, other
):
    for lane in ("priority", "priority", "regular"):
        make.ticket(service=service, user=clerk, lane=lane)
    if other:
        put_aside(other, service, clerk, "regular")
    else:
        Ticket.objects.filter(lane="regular").update(waiting_since=clock.now() - LONG_AGO)
    first = calling.call_next(session, by=staff(clerk))
    serving.finish_serving(first, by=staff(clerk))
    second = calling.call_next(session, by=staff(clerk))
    assert (first.lane, second.lane) == ("priority", "priority" if other else "regular")


@pytest.mark.parametrize("other", [None, *OTHERS])
def test_only_who_has_waited_long_for_this_counter_goes_before_what_it_prefers(session, clerk, service, counter, other):
    rare = make.service("B")
    counter.services.add(rare)
    counter.preferred.set([rare])
    common = make.ticket(service=service, user=clerk)
    preferred = make.ticket(service=rare, user=clerk)
    if other:
        put_aside(other, service, clerk, "regular")
    else:
        Ticket.objects.filter(pk=common.pk).update(waiting_since=clock.now() - LONG_AGO)
    assert calling.call_next(session, by=staff(clerk)) == (preferred if other else common)


def test_who_was_sent_here_goes_before_what_is_not_preferred(session, clerk, service, counter):
    rare = make.service("B")
    counter.services.add(rare)
    counter.preferred.set([rare])
    common, sent = make.ticket(service=service, user=clerk), make.ticket(service=service, user=clerk)
    Ticket.objects.filter(pk=sent.pk).update(target=counter)
    assert [each.pk for each in queue_at(counter.location).line_of(counter.pk)] == [sent.pk, common.pk]
    assert calling.call_next(session, by=staff(clerk)) == sent


def test_what_a_counter_prefers_but_does_not_do_is_not_called(session, clerk, counter):
    other = make.service("B")
    make.counter(other)
    counter.preferred.set([other])
    make.ticket(service=other, user=clerk)
    assert calling.call_next(session, by=staff(clerk)) is None


@pytest.mark.parametrize("prefers", [False, True])
def test_a_room_calls_who_was_sent_there_and_nobody_without_a_service(clerk, service, prefers):
    post = make.position()
    official, room = make.person(Role.OFFICIAL, position=post), make.counter(kind="room", position=post)
    if prefers:
        room.preferred.set([service])
    session = sessions.open_session(room, by=staff(official))
    make.counter(service)
    make.ticket(user=clerk)
    make.ticket(service=service, user=clerk)
    assert calling.call_next(session, by=staff(official)) is None
    sent = make.ticket(user=clerk, target=room)
    assert calling.call_next(session, by=staff(official)) == sent


@pytest.mark.parametrize("before", ["elsewhere", "yesterday", "out of turn", "none"])
def test_turns_are_counted_by_this_counters_own_calls_in_turn_of_today(session, clerk, service, before):
    """Two priority visitors were called in a row; only if these calls count is it a regular visitor's turn."""
    desk, moment = session, clock.now()
    if before == "elsewhere":
        desk = sessions.open_session(make.counter(service), by=staff(make.person(Role.COUNTER)))
    with clock.at(moment):
        for _n in range(2):
            ticket = make.ticket(service=service, user=clerk, lane="priority")
            if before == "out of turn":
                calling.call_particular(ticket, by=staff(desk.user), session=desk)
            else:
                assert calling.call_next(desk, by=staff(desk.user)) == ticket
            serving.finish_serving(ticket, by=staff(desk.user))
        if before == "yesterday":
            with clock.at(moment + timedelta(days=1)):
                fresh = sessions.open_session(session.counter, by=staff(clerk))
                for lane in ("regular", "priority"):
                    make.ticket(service=service, user=clerk, lane=lane)
                assert calling.call_next(fresh, by=staff(clerk)).lane == "priority"
            return
        for lane in ("regular", "priority"):
            make.ticket(service=service, user=clerk, lane=lane)
        assert calling.call_next(session, by=staff(clerk)).lane == ("regular" if before == "none" else "priority")


def aged(*tickets):
    Ticket.objects.filter(pk__in=[each.pk for each in tickets]).update(waiting_since=clock.now() - LONG_AGO)


def test_a_priority_visitor_who_has_waited_long_gives_no_turn_to_the_others(session, clerk, service):
    aged(*(make.ticket(service=service, user=clerk, lane="priority") for _n in range(3)))
    make.ticket(service=service, user=clerk)
    serving.finish_serving(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)).lane == "priority"


def test_who_was_sent_here_and_has_waited_long_takes_every_second_turn_too(session, clerk, service, counter):
    for _n in range(2):
        make.ticket(service=service, user=clerk, lane="priority")
    sent = make.ticket(service=service, user=clerk, target=counter)
    aged(sent)
    serving.finish_serving(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
    assert calling.call_next(session, by=staff(clerk)) == sent


@pytest.mark.parametrize("other_lane", [False, True])
def test_who_was_sent_here_goes_before_what_a_counter_prefers_a_long_wait_in_the_other_lane_does_not(
    session, clerk, service, counter, other_lane
):
    rare = make.service("B")
    counter.services.add(rare)
    counter.preferred.set([rare])
    common = make.ticket(service=service, user=clerk, lane="priority", target=None if other_lane else counter)
    preferred = make.ticket(service=rare, user=clerk, lane="priority")
    if other_lane:
        aged(make.ticket(service=service, user=clerk))
    assert calling.call_next(session, by=staff(clerk)) == (preferred if other_lane else common)
