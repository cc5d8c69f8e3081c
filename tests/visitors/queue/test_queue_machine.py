"""Desk, counters, transfers, recalls and undo in any order: nothing is lost, doubled, unfair or contradictory."""

import datetime

import pytest
from django.db import transaction
from django.db.models import Case, Value, When
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff, visitor
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.counter.actions import calling, serving, sessions
from visitors.display.queries import board
from visitors.models import Counter, CounterSession, QueueEvent, QueueRule, Ticket, Visit
from visitors.queue import fairness
from visitors.queue.actions import undoing
from visitors.queue.actions.tickets import leave_queue
from visitors.queue.queries.waiting import queue_at
from visitors.queue.replay import states_after

from .agreement import assert_all_say_the_same

AT_THE_COUNTER = [
    calling.recall,
    serving.no_show,
    *2 * [serving.start_serving],
    serving.hold,
    *2 * [serving.finish_serving],
]

START = datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC)
LIVE, AT_COUNTER = ("waiting", "called", "serving", "held"), ("called", "serving")
NUMBERS = st.integers(0, 1_000)


class Queue(RuleBasedStateMachine):
    """Two counters that share a service, one with a preference, and an official's room with its own service."""

    @initialize(preference=st.booleans(), in_a_row=st.integers(1, 3))
    def set_up(self, preference, in_a_row):
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now = START
        self.desk = make.person(Role.FRONT_DESK)
        self.services = [make.service("A"), make.service("B"), make.service("C")]
        position = make.position()
        counters = [make.counter(*self.services), make.counter(self.services[1])]
        if preference:
            counters[0].preferred.set([self.services[1]])
        self.counters = [*counters, make.counter(self.services[2], kind="room", position=position)]
        self.clerks = [
            make.person(Role.COUNTER),
            make.person(Role.COUNTER),
            make.person(Role.OFFICIAL, position=position),
        ]
        self.turns = QueueRule.objects.create(
            location=counters[0].location, priority_in_a_row=in_a_row, calls_before_no_show=2
        )
        with clock.at(self.now):
            self.sessions = [
                sessions.open_session(c, by=staff(u)) for c, u in zip(self.counters, self.clerks, strict=True)
            ]

    def teardown(self):
        if hasattr(self, "run"):
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    def do(self, verb, *args, **kwargs):
        """A verb, a few seconds later; a refusal changes nothing."""
        self.now += datetime.timedelta(seconds=7)
        before = self.picture()
        with clock.at(self.now):
            try:
                return verb(*args, **kwargs)
            except (Refused, NotAllowed, Outdated):
                assert self.picture() == before
                return None

    def picture(self):
        rows = Ticket.objects.order_by("pk").values_list(
            "pk", "state", "session_id", "target_id", "waiting_since", "calls"
        )
        return list(rows), QueueEvent.objects.count(), Visit.objects.filter(left_at__isnull=True).count()

    def some(self, number, states=None):
        tickets = list(Ticket.objects.filter(state__in=states or Ticket.State.values).order_by("pk"))
        return tickets[number % len(tickets)] if tickets else None

    @rule(which=st.sampled_from([0, 1, 2, None]), lane=st.sampled_from(["regular", "priority"]))
    def arrive(self, which, lane):
        self.now += datetime.timedelta(seconds=11)
        service = None if which is None else self.services[which]
        with clock.at(self.now):
            make.ticket(service=service, user=self.desk, lane=lane, letter="U" if which is None else "")

    # Some steps reach into the break and past the end of service.
    @rule(minutes=st.one_of(st.integers(1, 25), st.sampled_from([180, 420])))
    def time_passes(self, minutes):
        later = self.now + datetime.timedelta(minutes=minutes)
        if clock.local(later).date() == clock.local(START).date():
            self.now = later

    @rule(at=st.integers(0, 2))
    def call_next(self, at):
        session = CounterSession.objects.get(pk=self.sessions[at].pk)
        counter = Counter.objects.get(pk=self.counters[at].pk)
        sits = session.paused_at is None and session.closed_at is None
        free = not Ticket.objects.filter(session=session, state__in=AT_COUNTER).exists()
        self.now += datetime.timedelta(seconds=7)
        with clock.at(self.now):
            expected = self.expected(counter) if free and sits else None
            try:
                called = calling.call_next(session, by=staff(self.clerks[at]))
            except Refused:
                assert not free or not sits
                return
        assert (called.pk if called else None) == expected

    def expected(self, counter):
        """Who is next by the stated rule, from the turns that this counter took (a call taken back took none)."""
        turns = []
        for event in QueueEvent.objects.order_by("pk"):
            if event.kind == "called" and event.counter_id == counter.pk and event.data["turn"] == "next":
                turns.append((event.ticket_id, event.at, event.data["lane"]))
            if event.kind == "undone" and event.data["of"] == "called":
                gone = (event.ticket_id, datetime.datetime.fromisoformat(event.data["at"]))
                turns = [turn for turn in turns if turn[:2] != gone]
        recent = [turn[2] for turn in reversed(turns)]
        waiting = queue_at(counter.location).line_of(counter.pk)
        lanes = {lane: [t for t in waiting if t.lane == lane] for lane in ("regular", "priority")}
        oldest = min((t.waiting_since for t in lanes["regular"]), default=None)
        wait = None if oldest is None else self.now - oldest
        lane = fairness.lane_to_call(recent, wait, bool(lanes["priority"]), self.turns)
        # Within a lane a counter's line has the order already, preferences included.
        assert waiting[:1] == (lanes[lane][:1] if lane else [])
        return waiting[0].pk if lane else None

    @rule(at=st.integers(0, 2), number=NUMBERS)
    def call_particular(self, at, number):
        if ticket := self.some(number, ["waiting"]):
            self.do(calling.call_particular, ticket, by=staff(self.clerks[at]), session=self.sessions[at])

    @rule(at=st.integers(0, 2), number=NUMBERS)
    def resume(self, at, number):
        if ticket := self.some(number, ["held"]):
            self.do(calling.resume, ticket, by=staff(self.clerks[at]), session=self.sessions[at])

    @precondition(lambda self: Ticket.objects.exists())
    @rule(
        verb=st.sampled_from(AT_THE_COUNTER),
        at=st.integers(0, 2),
        number=NUMBERS,
        own=st.booleans(),
    )
    def at_the_counter(self, verb, at, number, own):
        ticket = self.some(number, AT_COUNTER if own else None)
        if ticket is None:
            return
        if own:
            at = [s.pk for s in self.sessions].index(ticket.session_id)
        before = self.picture()
        did = self.do(verb, ticket, by=staff(self.clerks[at]))
        if did is not None:
            assert ticket.session_id == self.sessions[at].pk
        else:
            assert self.picture() == before

    @rule(number=NUMBERS, at=st.integers(0, 2), to=st.integers(0, 2))
    def transfer(self, number, at, to):
        if ticket := self.some(number, LIVE):
            self.do(serving.transfer, ticket, by=staff(self.clerks[at]), counter_id=self.counters[to].pk)
            assert Ticket.objects.get(pk=ticket.pk).waiting_since == ticket.waiting_since

    @rule(number=NUMBERS, at=st.integers(0, 2), which=st.integers(0, 2))
    def transfer_to_service(self, number, at, which):
        if ticket := self.some(number, LIVE):
            self.do(serving.transfer, ticket, by=staff(self.clerks[at]), service_id=self.services[which].pk)

    @rule(number=NUMBERS)
    def report_back(self, number):
        if ticket := self.some(number, ["no_show"]):
            self.do(serving.report_back, ticket, by=staff(self.desk))

    @rule(number=NUMBERS)
    def leave(self, number):
        if ticket := self.some(number, LIVE):
            self.do(leave_queue, ticket, by=visitor(ticket.visit_id))

    @rule(number=NUMBERS, at=st.integers(0, 2), late=st.booleans())
    def take_back(self, number, at, late):
        before = self.some(number)
        if before is None:
            return
        if late:
            self.now += datetime.timedelta(seconds=61)
        undone = self.do(undoing.take_back, before, by=staff(self.clerks[at]))
        if undone is not None:
            assert not late
            assert before.undo["by"] == self.clerks[at].pk
            assert undone.undo is None

    @rule(at=st.integers(0, 2))
    def pause_or_go_on(self, at):
        session = CounterSession.objects.get(pk=self.sessions[at].pk)
        self.do(sessions.unpause if session.paused_at else sessions.pause, session, by=staff(self.clerks[at]))

    @rule(at=st.integers(0, 2))
    def leave_or_sit_down(self, at):
        session = CounterSession.objects.get(pk=self.sessions[at].pk)
        if session.closed_at is None:
            self.do(sessions.close_session, session, by=staff(self.clerks[at]))
        else:
            opened = self.do(sessions.open_session, self.counters[at], by=staff(self.clerks[at]))
            self.sessions[at] = opened or session

    @rule(at=st.integers(0, 2))
    def out_of_use_or_back(self, at):
        """An administrator's click, while somebody may still sit there."""
        Counter.objects.filter(pk=self.counters[at].pk).update(
            active=Case(When(active=True, then=Value(False)), default=Value(True))
        )

    @rule()
    def look_everywhere(self):
        if not Counter.objects.filter(active=True).exists():
            return
        with clock.at(self.now):
            assert_all_say_the_same(self.turns.location, self.desk, self.clerks)

    @invariant()
    def nothing_is_lost_or_doubled(self):
        tickets = list(Ticket.objects.all())
        busy = [t.session_id for t in tickets if t.state in AT_COUNTER]
        assert len(busy) == len(set(busy))
        assert None not in busy
        for letter in "ABCU":
            numbers = sorted(t.number for t in tickets if t.letter == letter)
            assert numbers == list(range(1, len(numbers) + 1))
        by_visit = [t.visit_id for t in tickets if t.state in LIVE]
        assert len(by_visit) == len(set(by_visit))
        replayed = states_after(QueueEvent.objects.order_by("pk"))
        assert replayed == {t.pk: t.state for t in tickets}


@pytest.mark.django_db
def test_whatever_desk_and_counters_do():
    run_state_machine_as_test(
        Queue,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db
def test_nobody_is_next_at_a_counter_that_is_not_open(counter, service, clerk):
    # A Tuesday, 09.00: service is open.
    with clock.at(datetime.datetime(2026, 11, 24, 2, tzinfo=datetime.UTC)):
        ticket = make.ticket(service=service, user=clerk)
        assert board.status_words(board.status_of(ticket))["text"] == "Loket untuk nomor Anda belum dibuka."
        sessions.open_session(counter, by=staff(clerk))
        assert board.status_words(board.status_of(ticket))["heading"] == "Anda berikutnya"
