"""The turns of the lanes: the pure rule, and the SQL statement that must agree with it."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, serving, sessions
from visitors.models import Ticket
from visitors.queue.fairness import PRIORITY, REGULAR, USUAL, lane_to_call, likely_order

LANES = st.sampled_from([REGULAR, PRIORITY])
START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
YOUNG, OLD = timedelta(minutes=5), USUAL.ages_after


@dataclass(frozen=True)
class Waiting:
    id: int
    lane: str
    waiting_since: datetime


@pytest.mark.parametrize(
    ("recent", "wait", "priority_waits", "lane"),
    [
        ([], None, False, None),
        ([], YOUNG, False, REGULAR),
        ([], None, True, PRIORITY),
        ([], YOUNG, True, PRIORITY),
        ([PRIORITY], YOUNG, True, PRIORITY),
        ([PRIORITY, PRIORITY], YOUNG, True, REGULAR),
        ([REGULAR, PRIORITY], YOUNG, True, PRIORITY),
        ([PRIORITY, REGULAR], YOUNG, True, PRIORITY),
        # Twenty minutes of waiting: one and one.
        ([PRIORITY], OLD, True, REGULAR),
        ([REGULAR], OLD, True, PRIORITY),
        ([PRIORITY, PRIORITY], None, True, PRIORITY),
    ],
)
def test_rule(recent, wait, priority_waits, lane):
    assert lane_to_call(recent, wait, priority_waits) == lane


@given(st.lists(st.tuples(LANES, st.integers(0, 60)), max_size=60))
def test_nobody_starves_and_each_lane_keeps_its_order(people):
    tickets = [Waiting(n, lane, START - timedelta(minutes=ago)) for n, (lane, ago) in enumerate(people)]
    order = likely_order(tickets, START)

    assert sorted(t.id for t in order) == [t.id for t in tickets]
    for lane in (REGULAR, PRIORITY):
        own = [t for t in order if t.lane == lane]
        assert own == sorted(own, key=lambda t: (t.waiting_since, t.id))
        # While somebody of the lane waits, the others never take more turns in a row than the rule gives them.
        limit = 2 if lane == REGULAR else 1
        streak = 0
        left = len(own)
        for ticket in order:
            streak = 0 if ticket.lane == lane else streak + 1
            left -= ticket.lane == lane
            assert not left or streak <= limit


@given(st.lists(LANES, min_size=1, max_size=40))
def test_an_aged_regular_waits_behind_one_priority_at_most(lanes):
    tickets = [Waiting(n, lane, START - USUAL.ages_after) for n, lane in enumerate(lanes)]
    order = [t.lane for t in likely_order(tickets, START)]
    last_regular = max((n for n, lane in enumerate(order) if lane == REGULAR), default=-1)
    assert (PRIORITY, PRIORITY) not in itertools.pairwise(order[: last_regular + 1])


class TheStatement(TestCase):
    """``call_next`` must take the tickets in the order of the pure rule."""

    @given(st.lists(st.tuples(LANES, st.integers(0, 45)), min_size=1, max_size=12))
    @settings(max_examples=25, deadline=None)
    def test_calls_in_the_order_of_the_rule(self, people):
        service, clerk = make.service(), make.person(Role.COUNTER)
        tickets = []
        for lane, ago in people:
            with clock.at(START - timedelta(minutes=ago)):
                tickets.append(make.ticket(service=service, user=clerk, lane=lane))
        expected = [t.pk for t in likely_order(tickets, START)]
        called = []
        with clock.at(START):
            session = sessions.open_session(make.counter(service), by=staff(clerk))
            while ticket := calling.call_next(session, by=staff(clerk)):
                called.append(ticket.pk)
                serving.finish_serving(ticket, by=staff(clerk))
        assert called == expected


@pytest.mark.django_db
def test_yesterdays_calls_do_not_count_for_todays_turn():
    service, clerk = make.service(), make.person(Role.COUNTER)
    counter = make.counter(service)
    with clock.at(START - timedelta(days=1)):
        session = sessions.open_session(counter, by=staff(clerk))
        for _n in range(2):
            make.ticket(service=service, user=clerk, lane=PRIORITY)
            serving.finish_serving(calling.call_next(session, by=staff(clerk)), by=staff(clerk))
        sessions.close_session(session, by=staff(clerk))
    with clock.at(START):
        session = sessions.open_session(counter, by=staff(clerk))
        make.ticket(service=service, user=clerk)
        priority = make.ticket(service=service, user=clerk, lane=PRIORITY)
        assert calling.call_next(session, by=staff(clerk)) == priority


@pytest.mark.django_db
def test_a_called_ticket_knows_what_it_was_read_with():
    service, clerk = make.service(), make.person(Role.COUNTER)
    made = make.ticket(service=service, user=clerk)
    session = sessions.open_session(make.counter(service), by=staff(clerk))
    called = calling.call_next(session, by=staff(clerk))
    stored = Ticket.objects.get(pk=made.pk)
    assert {f.attname: getattr(called, f.attname) for f in Ticket._meta.concrete_fields} == {
        f.attname: getattr(stored, f.attname) for f in Ticket._meta.concrete_fields
    }
