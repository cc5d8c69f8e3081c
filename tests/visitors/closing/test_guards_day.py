"""Closing, numbers on paper and the end of a day: every guard clause."""

import datetime
from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests.factories import visitors as make
from tests.factories.states import put
from tests.factories.visitors import states
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Role, StaffRole, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.appointments.actions import appointments, arriving, slots
from visitors.checkin import queries as checkin
from visitors.checkin.actions import paper
from visitors.closing.actions import close_suddenly, move_end, reopen
from visitors.counter.actions import calling, day_end, serving, sessions
from visitors.display.queries import board
from visitors.hosting.actions import leaving
from visitors.models import Closure, CounterSession, PaperSheet, Slot, Ticket, Visit
from visitors.places.queries import closures, service_points

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOBODY = 10**12


def at(hour, minute=0, day=TODAY):
    return datetime.datetime.combine(day, datetime.time(hour, minute), clock.OFFICE_ZONE)


def book(made, hour, minute=0, day=TODAY, name="Siti Contoh", **more):
    return make.book(make.slot_at(made, day, hour, minute), name, **more)


# Permissions


@pytest.mark.parametrize(
    ("role", "desk", "closes"),
    [
        (Role.FRONT_DESK, True, True),
        (Role.COUNTER, True, True),
        (Role.ADMINISTRATOR, False, True),
        (Role.OFFICIAL, False, False),
        (Role.SECTION_HEAD, False, False),
        (Role.HEAD, False, False),
        (Role.DRAFTER, False, False),
    ],
)
def test_who_receives_closes_and_sees_bookings(role, desk, closes):
    user = User.objects.create_user(f"{role}@example.id", full_name="Contoh")
    StaffRole.objects.create(user=user, role=role, unit=make.unit_of() if role in Role.with_unit() else None)
    assert permissions.may_check_in(user) is desk
    for may in (permissions.may_close, permissions.may_see_bookings, permissions.may_change_bookings):
        assert may(user) is closes
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not permissions.may_close(User.objects.get(pk=user.pk))


def test_whoever_lost_the_role_closes_opens_and_moves_nothing(made, desk):
    closure = close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(11))
    booking = book(made, 14)
    gone = make.person(Role.OFFICIAL)
    for act in (
        lambda: close_suddenly(made.location, by=staff(gone), reason="Lagi"),
        lambda: move_end(closure, by=staff(gone), until=at(12)),
        lambda: reopen(closure, by=staff(gone)),
        lambda: slots.close_slots(made.location, by=staff(gone), day=TODAY, reason="Rapat"),
        lambda: slots.reopen_slots(made.location, by=staff(gone), day=TODAY),
        lambda: appointments.move_booking(booking, by=staff(gone), slot_id=booking.slot_id),
        lambda: appointments.cancel_booking(booking, by=staff(gone)),
        lambda: arriving.arrive(booking, by=staff(gone)),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Closure.objects.get().until == at(11) and states(booking) == [("booked", 1)]


# Sudden closures


def test_a_closure_that_is_over_or_opened_again_or_not_there_is_outdated(made, desk):
    opened = close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(11))
    reopen(opened, by=staff(desk))
    with clock.at(NOW + MINUTE):
        over = close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(10, 30))
    with clock.at(at(10, 30)):
        for closure in (opened, over, Closure(pk=NOBODY)):
            for act in (reopen, move_end):
                with pytest.raises(Outdated, match="sudah dibuka kembali"):
                    act(closure, by=staff(desk))


def test_the_same_end_again_changes_nothing(made, desk):
    closure = close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(11))
    assert move_end(closure, by=staff(desk), until=at(11)).until == at(11)
    assert not JournalEntry.objects.filter(verb="move_closure_end").exists()


def test_a_closure_is_in_force_from_its_moment_until_its_end_or_opening(made, desk):
    asked = lambda moment: closures.closure_at(made.location.pk, moment) is not None  # noqa: E731
    closure = close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(11))
    closing_period = (NOW - MINUTE, NOW, at(10, 59), at(11))
    assert [asked(moment) for moment in closing_period] == [False, True, True, False]
    place = board.location_now(made.location.pk)
    assert closures.closure_of(place) == closure
    assert closures.closure_at(make.location("cabang").pk) is None
    with clock.at(at(10, 10)):
        reopen(closure, by=staff(desk))
    assert [asked(moment) for moment in (at(10, 9), at(10, 10))] == [True, False]


def test_a_closure_that_the_database_refuses_for_another_one_to_come_is_no_answer(made, desk):
    """The clock was set back: a later closure is not the one that the desk asked for."""
    with clock.at(NOW + MINUTE):
        close_suddenly(made.location, by=staff(desk), reason="Banjir", until=at(11))
    with pytest.raises(IntegrityError, match="one_closure_at_a_time"):
        close_suddenly(made.location, by=staff(desk), reason="Listrik padam", until=at(12))


def test_times_touched_by_a_closure_are_those_here_that_are_not_over(made, desk):
    elsewhere = make.plan(made.service, make.location("cabang"), from_time=datetime.time(10), to_time=datetime.time(15))
    with clock.at(at(12, 10)):
        hours = {"from_time": datetime.time(10), "to_time": datetime.time(13, 30)}
        closing = slots.close_slots(made.location, by=staff(desk), day=TODAY, reason="Rapat", **hours)
    # The slots of 10.30 and 11.00 have ended; from twelve to one there are none.
    closed = Slot.objects.filter(state="closed").order_by("starts_at").values_list("starts_at", flat=True)
    assert list(closed) == [at(13)] and closing.slots == 1
    assert not Slot.objects.filter(location=elsewhere.location, state="closed").exists()


# Numbers on paper


@pytest.mark.parametrize(
    ("count", "letter", "field"),
    [(0, "U", "count"), (61, "U", "count"), (5, "I", "letter"), (5, "UU", "letter"), (5, "u", "letter")],
)
def test_a_sheet_that_cannot_be_is_refused(made, desk, count, letter, field):
    with pytest.raises(Refused) as refusal:
        paper.reserve_numbers(made.location, by=staff(desk), count=count, letter=letter)
    assert refusal.value.field == field


@pytest.mark.parametrize("count", [1, 60])
def test_one_to_sixty_numbers_each_with_a_key_of_ones_own(made, desk, count):
    sheet = paper.reserve_numbers(made.location, by=staff(desk), count=count, key="kunci")
    assert len(list(sheet.numbers)) == count
    other = paper.reserve_numbers(made.location, by=staff(make.person(Role.COUNTER)), count=count, key="kunci")
    assert other.first == sheet.last + 1


def enter(sheet, desk, number=1, **more):
    given = {"came_at": NOW, "name": "Siti", "purpose": "consult"} | more
    return make.enter_from_paper(sheet, desk, number, **given)


def test_the_edges_of_the_times_on_paper_are_within(made, desk):
    sheet = paper.reserve_numbers(made.location, by=staff(desk), count=5)
    done = enter(sheet, desk, 1, finished_at=NOW, result=" Dijelaskan ").ticket
    assert (done.state, done.result) == ("finished", "Dijelaskan")
    waits = enter(sheet, desk, 5, result="Dijelaskan").ticket
    assert (done.lane, waits.lane) == ("regular", "regular")
    assert enter(sheet, desk, 4, ground="elderly").ticket.lane == "priority"
    assert (waits.state, waits.result) == ("waiting", "")
    for number in (0, 6):
        with pytest.raises(Refused, match="tidak ada di lembar"):
            enter(sheet, desk, number)
    with pytest.raises(Refused, match="tidak ada di lembar"):
        enter(PaperSheet(pk=NOBODY), desk)
    with clock.at(NOW + DAY):
        with pytest.raises(Refused) as refusal:
            enter(sheet, desk, 2)
        assert refusal.value.field == "finished_at"
        late = enter(sheet, desk, 2, finished_at=NOW + MINUTE)
    visit = Visit.objects.get(pk=late.visit.pk)
    assert (visit.left_at, visit.left_assumed) == (NOW + MINUTE, True)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"came_at": NOW + MINUTE}, "came_at"),
        ({"came_at": NOW - DAY}, "came_at"),
        ({"finished_at": NOW - MINUTE}, "finished_at"),
        ({"finished_at": NOW + MINUTE}, "finished_at"),
    ],
)
def test_times_on_paper_that_cannot_be(made, desk, times, field):
    sheet = paper.reserve_numbers(made.location, by=staff(desk), count=5)
    with pytest.raises(Refused) as refusal:
        enter(sheet, desk, **times)
    assert refusal.value.field == field and not Visit.objects.exists()


def test_sheets_are_the_desks_and_of_this_week(made, desk):
    sheet = paper.reserve_numbers(made.location, by=staff(desk), count=5)
    enter(sheet, desk, 3)
    make.ticket(made.location, user=desk, letter="B")
    assert checkin.paper_sheets(desk, made.location) == [(sheet, 1)] and checkin.numbers_entered(sheet) == [3]
    assert checkin.paper_sheets(desk, make.location("cabang")) == []
    official = make.person(Role.OFFICIAL)
    assert checkin.paper_sheets(official, made.location) == [] and checkin.sheet_for_desk(official, sheet.pk) is None
    assert checkin.sheet_for_desk(desk, sheet.pk) == sheet
    with clock.at(NOW + 7 * DAY):
        assert checkin.paper_sheets(desk, made.location)
    with clock.at(NOW + 8 * DAY):
        assert checkin.paper_sheets(desk, made.location) == []


# The end of a day


def test_only_what_earlier_days_left_open_is_ended(desk):
    service = make.service()
    counter, clerk = make.counter(service), make.person(Role.COUNTER)
    with clock.at(NOW - DAY):
        session = sessions.open_session(counter, by=staff(clerk))
        held, waiting, ended = (make.ticket(service=service, user=desk) for _n in range(3))
        calling.call_particular(held, by=staff(clerk), session=session)
        serving.hold(held, by=staff(clerk))
        put(Ticket.objects.filter(pk=ended.pk), state="no_show", finished_at=clock.now())
        gone = leaving.check_out(make.visit(user=desk), by=staff(desk))
        sessions.close_session(session, by=staff(clerk))
    fresh = make.ticket(service=service, user=desk)
    today = sessions.open_session(counter, by=staff(clerk))
    # Two live tickets of yesterday, and three visits.
    assert day_end.end_past_days() == 2 + 3
    kept = dict(Ticket.objects.values_list("pk", "state"))
    assert kept == {held.pk: "cancelled", waiting.pk: "cancelled", ended.pk: "no_show", fresh.pk: "waiting"}
    assert Visit.objects.get(pk=gone.pk).left_at == NOW - DAY and not Visit.objects.get(pk=gone.pk).left_assumed
    assert Visit.objects.get(pk=fresh.visit_id).left_at is None
    assert CounterSession.objects.get(closed_at__isnull=True) == today


def test_what_was_opened_as_the_day_began_is_of_today():
    counter, clerk = make.counter(make.service()), make.person(Role.COUNTER)
    midnight = clock.local(NOW).replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.at(midnight):
        sessions.open_session(counter, by=staff(clerk))
    assert day_end.end_past_days() == 0
    CounterSession.objects.update(opened_at=midnight - timedelta(microseconds=1))
    assert day_end.end_past_days() == 1


def test_when_a_visit_has_probably_ended(desk):
    """A visit ends when the visitor was served, unless they came for an official; otherwise with its day's service."""
    service, post = make.service(), make.position()
    counter, clerk = make.counter(service), make.person(Role.COUNTER)

    def served(visit, moment):
        ticket = make.issue(visit, service=service)
        put(Ticket.objects.filter(pk=ticket.pk), state="finished", finished_at=moment)
        return visit

    yesterday = NOW - DAY
    closes = at(16, day=TODAY - DAY)
    with clock.at(yesterday):
        ends = {
            served(make.visit(user=desk), yesterday + MINUTE): yesterday + MINUTE,
            served(make.visit(user=desk, host=post), yesterday + MINUTE): closes,
            served(make.visit(user=desk), NOW): closes,
            served(make.visit(user=desk), yesterday - MINUTE): yesterday,
            make.visit(user=desk): closes,
        }
        del counter, clerk
    with clock.at(closes + MINUTE):
        ends[make.visit(user=desk)] = closes + MINUTE
    day_end.end_past_days()
    assert {visit: Visit.objects.get(pk=visit.pk).left_at for visit in ends} == ends
    assert all(Visit.objects.get(pk=visit.pk).left_assumed for visit in ends)


@pytest.mark.parametrize("moment", ["00:00:00.000000", "00:00:00.000001", "10:20:30.405060", "23:59:59.999999"])
def test_a_day_begins_at_midnight_at_the_office(moment):
    now = datetime.datetime.fromisoformat(f"2026-11-24T{moment}+07:00")
    begun = datetime.datetime.fromisoformat("2026-11-24T00:00:00+07:00")
    with clock.at(now):
        assert service_points.midnight() == service_points.midnight(now) == begun
