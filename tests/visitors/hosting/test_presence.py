"""Every visitor who is not checked out is on the presence list with a place, and on the host's page."""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories import visitors as make
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff, visitor
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Refused
from visitors.checkin.actions import checkin
from visitors.counter.actions import calling, day_end, serving, sessions
from visitors.hosting.actions import hosts, leaving
from visitors.hosting.queries import guests, presence
from visitors.models import Ticket, Visit
from visitors.queue.actions import tickets, undoing

# Tuesday 09.00 at the office.
MORNING = datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC)
NUMBERS = st.integers(0, 1_000)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_morning():
    """A fixed moment, so that twenty minutes later is still the same day."""
    with clock.at(datetime.datetime.combine(clock.today(), datetime.time(9), clock.OFFICE_ZONE)):
        yield


class House(RuleBasedStateMachine):
    """A desk, a counter, an official with a room and one without."""

    @initialize()
    def set_up(self):
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now = MORNING
        self.desk, self.clerk = make.person(Role.FRONT_DESK), make.person(Role.COUNTER)
        self.service = make.service("A")
        self.counter = make.counter(self.service)
        self.positions = [make.position("Kepala Bidang Contoh"), make.position("Analis Contoh")]
        self.officials = [make.person(Role.OFFICIAL, position=each) for each in self.positions]
        self.room = make.counter(kind="room", position=self.positions[0])
        self.open_all()

    def open_all(self):
        with clock.at(self.now):
            here = ((self.counter, self.clerk), (self.room, self.officials[0]))
            self.sessions = [sessions.open_session(counter, by=staff(user)) for counter, user in here]

    def teardown(self):
        if hasattr(self, "run"):
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    def do(self, verb, *args, **kwargs):
        self.now += datetime.timedelta(seconds=20)
        with clock.at(self.now):
            try:
                return verb(*args, **kwargs)
            except Refused:
                return None

    def some(self, number, *states):
        found = list(Ticket.objects.filter(state__in=states or Ticket.State.values).order_by("-pk"))
        return found[number % len(found)] if found else None

    @rule(who=st.sampled_from([None, 0, 1]), numbered=st.booleans(), again=st.booleans(), heads=st.integers(1, 3))
    def come(self, who, numbered, again, heads):
        known = Visit.objects.order_by("-pk").values_list("visitor_id", flat=True).first() if again else None
        what = {"purpose": "service", "service": self.service} if who is None else {"purpose": "meet"}
        if who is not None:
            what["host_id"] = self.positions[who].pk
        self.do(
            make.check_in,
            self.desk,
            self.counter.location,
            visitor_id=known,
            name="Tamu Contoh",
            head_count=heads,
            takes_number=numbered,
            **what,
        )

    @rule(minutes=st.sampled_from([1, 14, 16]))
    def time_passes(self, minutes):
        self.now += datetime.timedelta(minutes=minutes)

    @rule(at=st.integers(0, 1))
    def call(self, at):
        self.do(calling.call_next, self.sessions[at], by=staff((self.clerk, self.officials[0])[at]))

    @rule(
        verb=st.sampled_from(
            [*2 * [serving.finish_serving], serving.start_serving, serving.no_show, serving.hold, calling.recall]
        ),
        at=st.integers(0, 1),
    )
    def work(self, verb, at):
        here = Ticket.objects.filter(session=self.sessions[at], state__in=("called", "serving")).first()
        if here:
            self.do(verb, here, by=staff(here.session.user))

    @rule(number=NUMBERS)
    def pass_on_to_the_room(self, number):
        if ticket := self.some(number, "waiting", "called", "serving"):
            self.do(serving.transfer, ticket, by=staff(self.clerk), counter_id=self.room.pk)

    @rule(number=NUMBERS, at=st.integers(0, 1))
    def take_back(self, number, at):
        if ticket := self.some(number):
            self.do(undoing.take_back, ticket, by=staff((self.clerk, self.officials[0])[at]))

    @rule(number=NUMBERS)
    def give_back(self, number):
        if ticket := self.some(number, "waiting"):
            self.do(tickets.leave_queue, ticket, by=visitor(ticket.visit_id))

    @rule(number=NUMBERS, misclick=st.booleans())
    def leave(self, number, misclick):
        visits = list(Visit.objects.filter(left_at__isnull=True).order_by("pk"))
        if not visits:
            return
        visit = visits[number % len(visits)]
        self.do(leaving.check_out, visit, by=staff(self.desk))
        if misclick:
            self.do(leaving.take_back_leaving, visit, by=staff(self.desk))
            assert Visit.objects.get(pk=visit.pk).left_at is None

    @rule()
    def night(self):
        local = clock.local(self.now) + datetime.timedelta(days=1)
        self.now = local.replace(hour=8, minute=0)
        with clock.at(self.now):
            day_end.end_past_days()
        assert not Visit.objects.filter(left_at__isnull=True).exists()
        self.open_all()

    @invariant()
    def who_was_not_seen_leaving_is_listed_once(self):
        open_ones = {visit.pk: visit for visit in Visit.objects.filter(left_at__isnull=True)}
        with clock.at(self.now):
            place = self.counter.location
            here, gone = presence.in_the_building(self.desk, place)
            inside = presence.inside(self.desk, place)
        listed = [pk for guest in (*here, *gone) for pk in guest.visits]
        assert sorted(listed) == sorted(open_ones)
        assert len({open_ones[guest.visits[0]].visitor_id for guest in (*here, *gone)}) == len(here) + len(gone)
        assert {each.visit.pk for each in inside.here} == {pk for guest in here for pk in guest.visits}
        assert (inside.people, inside.people_gone) == tuple(sum(g.people for g in each) for each in (here, gone))
        purposes = {str(label) for label in Visit.Purpose.labels} | {self.service.name}
        assert all(guest.where and guest.where not in purposes for guest in (*here, *gone))
        for guest in gone:
            for pk in guest.visits:
                self.has_surely_gone(open_ones[pk])

    def has_surely_gone(self, visit):
        assert visit.host_id is None
        last = visit.tickets.order_by("-pk").first()
        assert last.state in ("finished", "cancelled")
        assert self.now - last.finished_at >= datetime.timedelta(minutes=15)
        assert last.session is None or last.session.counter == self.counter

    @invariant()
    def a_host_sees_the_guest_until_checked_out(self):
        for position, official in zip(self.positions, self.officials, strict=True):
            expected = set(Visit.objects.filter(left_at__isnull=True, host=position).values_list("pk", flat=True))
            with clock.at(self.now):
                assert {call.visit_id for call in guests.host_calls_for(official)} == expected


def test_whatever_happens_in_the_house():
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_an_officials_guest_stays_until_seen_leaving(called, clerk, client):
    desk, position = make.person(Role.FRONT_DESK), make.position("Kepala Bidang Contoh")
    official, place = make.person(Role.OFFICIAL, position=position), called.visit.location
    guest = checkin.check_in(
        place,
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Tamu"),
        errand=checkin.Errand(purpose="meet", host_id=position.pk),
    )
    serving.finish_serving(called, by=staff(clerk))
    # The official has no room, so a counter sends the visitor in.
    serving.transfer(guest.ticket, by=staff(clerk), counter_id=called.session.counter_id)
    serving.finish_serving(calling.call_next(called.session, by=staff(clerk)), by=staff(clerk))
    client.force_login(desk)
    with clock.at(clock.now() + datetime.timedelta(minutes=20)):
        here, gone = presence.in_the_building(desk, place)
        assert [(each.name, each.where) for each in here] == [("Siti Tamu", "Di tempat Kepala Bidang Contoh")]
        assert [each.visits for each in gone] == [(called.visit_id,)]
        assert [call.visit for call in guests.host_calls_for(official)] == [guest.visit]
        room = make.counter(place=place, kind="room", position=position)
        assert [each.where for each in presence.in_the_building(desk, place)[0]] == [room.name]
        page = client.get(reverse("checkin")).content.decode()
        assert "Mungkin sudah pulang" in page and "Siti Tamu" in page
        paper = client.get(reverse("inside_print")).content.decode()
        assert paper.index("Siti Tamu") < paper.index("Mungkin sudah pulang") < paper.index(called.visit.visitor.name)
        leaving.check_out(guest.visit, by=staff(desk))
        assert guests.host_calls_for(official) == []
        assert presence.in_the_building(desk, place)[0] == []


def test_whoever_was_received_in_a_room_waits_for_no_answer(called, clerk):
    desk, position = make.person(Role.FRONT_DESK), make.position()
    official, place = make.person(Role.OFFICIAL, position=position), called.visit.location
    room = make.counter(kind="room", position=position)
    checkin.check_in(
        place,
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Tamu"),
        errand=checkin.Errand(purpose="meet", host_id=position.pk),
    )
    assert guests.host_calls_waiting(official).count() == 1
    ticket = calling.call_next(sessions.open_session(room, by=staff(official)), by=staff(official))
    assert guests.host_calls_waiting(official).count() == 0
    serving.finish_serving(ticket, by=staff(official))
    assert [call.received for call in guests.host_calls_for(official)] == [True]
    # By name: the guest, then the visitor at the counter.
    here, _gone = presence.in_the_building(desk, place)
    assert [guest.where for guest in here] == [room.name, called.session.counter.name]


def test_a_guest_is_with_the_colleague_they_were_handed_to():
    desk, position = make.person(Role.FRONT_DESK), make.position("Kepala Bidang Contoh")
    official = make.person(Role.OFFICIAL, position=position)
    colleague = make.person(Role.OFFICIAL, position=make.position())
    guest = checkin.check_in(
        make.location(),
        by=staff(desk),
        arrival=checkin.Arrival(name="Siti Tamu", takes_number=False),
        errand=checkin.Errand(purpose="meet", host_id=position.pk),
    )
    where = lambda: presence.in_the_building(desk, guest.visit.location)[0][0].where  # noqa: E731
    assert where() == "Di tempat Kepala Bidang Contoh"
    hosts.answer_host(guest.visit.host_call, by=staff(official), answer="delegated", delegate_id=colleague.pk)
    assert where() == f"Bersama {colleague.full_name}"


@pytest.mark.parametrize("received", [True, False])
def test_whoever_was_sent_to_a_room_is_the_officials_guest(called, clerk, received):
    desk, position = make.person(Role.FRONT_DESK), make.position()
    official = make.person(Role.OFFICIAL, position=position)
    room = make.counter(kind="room", position=position)
    serving.transfer(called, by=staff(clerk), counter_id=room.pk)
    if received:
        serving.finish_serving(
            calling.call_next(sessions.open_session(room, by=staff(official)), by=staff(official)), by=staff(official)
        )
    else:
        tickets.leave_queue(called, by=actors.visitor(called.visit_id))
    with clock.at(clock.now() + datetime.timedelta(minutes=20)):
        here, gone = presence.in_the_building(desk, called.visit.location)
        assert ([each.name for each in here], gone) == ([called.visit.visitor.name], [])


def test_a_misclick_brings_nobody_back_who_was_seen_leaving(called, clerk):
    serving.finish_serving(called, by=staff(clerk))
    leaving.check_out(called.visit, by=staff(clerk))
    with pytest.raises(Refused, match="Kunjungan ini sudah selesai"):
        undoing.take_back(called, by=staff(clerk))


def test_the_end_of_the_day_takes_the_last_service_for_the_leaving(called, clerk):
    with clock.at(called.called_at + datetime.timedelta(seconds=5)):
        done = serving.finish_serving(called, by=staff(clerk))
    with clock.at(clock.now() + datetime.timedelta(days=1)):
        day_end.end_past_days()
    visit = Visit.objects.get()
    assert (visit.left_at, visit.left_assumed) == (done.finished_at, True)
