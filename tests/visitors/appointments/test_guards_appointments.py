"""Booking, moving, arriving and reminders: every guard clause."""

import datetime
from datetime import timedelta

import pytest

from tests.factories import visitors as make
from tests.factories.states import put
from tests.factories.visitors import states
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Notice, Role
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors.appointments.actions import appointments as appointments_appointments
from visitors.appointments.actions import arriving, plans, seats
from visitors.appointments.actions.arriving import arrive
from visitors.appointments.actions.slots import close_slots
from visitors.appointments.queries import appointments, bookings
from visitors.models import Booking, Slot, SlotPlan

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


# Appointments


@pytest.mark.parametrize("state", ["cancelled", "arrived", "missed"])
def test_what_is_over_is_neither_moved_nor_cancelled(made, desk, state):
    make.counter(made.service, place=made.location)
    booking, other = book(made, 11), make.slot_at(made, TODAY, 14)
    if state == "cancelled":
        appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk))
    elif state == "arrived":
        arrive(booking, by=staff(desk))
    else:
        with clock.at(at(12, 1)):
            arriving.mark_missed()
    for act in (
        appointments_appointments.cancel_booking,
        lambda booking, by: appointments_appointments.move_booking(booking, by=by, slot_id=other.pk),
    ):
        for by in (actors.booking(booking.pk), staff(desk)):
            with pytest.raises(Outdated, match="sudah"):
                act(booking, by=by)
    assert states(booking)[0][0] == state


def test_an_appointment_is_changed_until_its_time_has_ended(made):
    booking = book(made, 11)
    with clock.at(at(11, 30)), pytest.raises(Outdated, match="lewat"):
        appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk))
    with clock.at(at(11, 29)):
        assert appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk)).state == "cancelled"


def test_who_lost_the_time_moves_however_often_and_after_it_too(made, desk):
    booking = book(made, 11)
    Booking.objects.filter(pk=booking.pk).update(moves=5)
    with pytest.raises(Refused, match="5 kali"):
        appointments_appointments.move_booking(
            booking, by=actors.booking(booking.pk), slot_id=make.slot_at(made, TODAY, 14).pk
        )
    close_slots(made.location, by=staff(desk), day=TODAY, reason="Rapat", to_time=datetime.time(12))
    with clock.at(at(11, 45)):
        # It cannot be moved back, because its slot is closed.
        with pytest.raises(seats.TimeTaken):
            appointments_appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=booking.slot_id)
        assert (
            appointments_appointments.move_booking(
                booking, by=actors.booking(booking.pk), slot_id=make.slot_at(made, TODAY, 14).pk
            ).seat
            == 1
        )


@pytest.mark.parametrize("minutes", [29, 30, 31])
def test_a_time_is_booked_until_half_an_hour_before(made, minutes):
    slot = make.slot_at(made, TODAY, 13)
    with clock.at(at(13) - minutes * MINUTE):
        assert appointments.may_be_booked(slot) is (minutes > 30)
        assert appointments.is_free(slot) is (minutes > 30)
        offered = {time.slot for each in appointments.days_of(made.service) for time in each.times}
        assert (slot in offered) is (minutes > 30)


@pytest.mark.parametrize(
    "spoil", [{"state": "draft"}, {"channels": ["walk-in"]}, {"channels": []}], ids=["draft", "walk-in", "none"]
)
def test_a_service_that_takes_no_appointments_is_neither_offered_nor_booked(made, spoil):
    slot = make.slot_at(made, TODAY, 13)
    assert appointments.services_to_book() == [made.service] == [appointments.service_to_book(made.service.slug)]
    put(type(made.service).objects.all(), **spoil)
    assert appointments.services_to_book() == [] and appointments.service_to_book(made.service.slug) is None
    assert appointments.slot_offered(slot.pk) is None
    with pytest.raises(seats.TimeTaken):
        book(made, 13)


def test_full_and_closed_times_are_not_free(made, desk):
    slot = make.slot_at(made, TODAY, 13)
    book(made, 13)
    assert appointments.is_free(slot)
    book(made, 13, name="Budi Contoh")
    assert not appointments.is_free(slot)
    near = appointments.nearest_free(make.slot_at(made, TODAY, 13, 30))
    assert slot not in near and len(near) == appointments.OTHERS_SHOWN
    Slot.objects.filter(pk=near[0].pk).update(state="closed")
    assert not appointments.may_be_booked(Slot.objects.get(pk=near[0].pk))
    assert near[0] not in appointments.nearest_free(slot)


def test_only_coming_appointments_count_against_hoarding(made):
    phone = {"phone": "081234567890"}
    for hour in (11, 13):
        book(made, hour, **phone)
    with pytest.raises(Refused, match="2 janji"):
        book(made, 14, **phone)
    book(made, 14, name="Tanpa Nomor")
    with clock.at(at(11, 1)):
        assert book(made, 14, name="Budi Contoh", **phone).seat == 2


@pytest.mark.parametrize("state", ["booked", "displaced", "missed"])
def test_who_comes_is_received_from_whatever_may_still_arrive(made, desk, state):
    booking = book(made, 11)
    if state == "displaced":
        close_slots(made.location, by=staff(desk), day=TODAY, reason="Rapat")
    if state == "missed":
        with clock.at(at(12, 1)):
            arriving.mark_missed()
    with clock.at(at(12, 2) if state == "missed" else at(11)):
        assert arrive(booking, by=staff(desk)).visit
    assert Booking.objects.get(pk=booking.pk).state == "arrived"


@pytest.mark.parametrize(("minutes", "early"), [(0, True), (1, False)])
def test_who_comes_by_the_end_of_the_time_takes_its_place_in_the_line(made, desk, minutes, early):
    booking = book(made, 11)
    moment = at(11, 30) + minutes * MINUTE
    with clock.at(moment):
        assert arrive(booking, by=staff(desk)).ticket.waiting_since == (at(10, 30) if early else moment)


@pytest.mark.parametrize(("minutes", "again"), [(29, True), (30, False)])
def test_a_seat_in_a_time_that_is_over_is_not_given_back(made, desk, minutes, again):
    booking = book(made, 11)
    close_slots(made.location, by=staff(desk), day=TODAY, reason="Listrik padam")
    Slot.objects.filter(pk=booking.slot_id).update(state="dropped", closed_reason="", closed_by=None)
    with clock.at(at(11, minutes)):
        given, left = seats.restore_bookings([booking.slot], by=SYSTEM)
    assert (given, left) == ([booking] * again, [])
    assert states(booking) == [("booked", 1) if again else ("displaced", None)]


def test_missed_is_who_is_not_there_when_the_grace_is_over(made, desk):
    booking, moved = book(made, 11), book(made, 11, name="Budi Contoh")
    appointments_appointments.cancel_booking(moved, by=actors.booking(moved.pk))
    with clock.at(at(12)):
        assert arriving.mark_missed() == 0
    with clock.at(at(12) + timedelta(microseconds=1)):
        assert arriving.mark_missed() == 1
        assert Booking.objects.get(state="missed").ended_at == clock.now()
    assert states(booking, moved) == [("missed", 1), ("cancelled", None)]


@pytest.mark.parametrize(
    "spoil",
    [
        {"email": ""},
        {"wants_reminder": False},
        {"reminded_at": NOW},
        {"booked_at": NOW},
        {"state": "cancelled", "seat": None, "ended_at": NOW},
    ],
    ids=lambda each: next(iter(each)),
)
def test_who_is_reminded(made, spoil):
    tomorrow = TODAY + DAY
    with clock.at(NOW - DAY):
        booking = book(made, 11, day=tomorrow, email="siti@contoh.example", wants_reminder=True)
        other = book(made, 11, day=tomorrow, name="Budi", email="budi@contoh.example", wants_reminder=True)
        # Only appointments of the next working day, not today's or later ones.
        for day in (TODAY, tomorrow + DAY):
            book(made, 14, day=day, name="Tini", email=f"{day}@contoh.example", wants_reminder=True)
    Booking.objects.filter(pk=booking.pk).update(**spoil)
    assert arriving.remind_visitors() == 1
    assert Notice.objects.get(kind="booking_reminder").subject_id == str(other.pk)


def test_plans_of_another_service_place_or_out_of_use_are_no_rivals(made):
    same = {"from_time": datetime.time(10), "to_time": datetime.time(15)}
    make.plan(made.service, make.location("cabang"), **same)
    make.plan(make.bookable(), made.location, **same)
    assert plans.overlapping_plan(SlotPlan.objects.get(pk=made.pk), edited_pk=made.pk) is None
    with pytest.raises(Refused) as refusal:
        make.plan(made.service, made.location, **same)
    assert refusal.value.field == "from_time"
    # ``opened_until`` changes only for this service and place.
    SlotPlan.objects.update(opened_until=None)
    plans.follow_plans(made.service_id, made.location_id)
    assert [plan.pk for plan in SlotPlan.objects.exclude(opened_until=None)] == [made.pk]
    SlotPlan.objects.filter(pk=made.pk).update(active=False)
    make.plan(made.service, made.location, **same)


def test_bookings_are_seen_by_their_day_and_place(made, desk):
    today, tomorrow = book(made, 11), book(made, 11, day=TODAY + DAY, name="Budi Contoh")
    here = lambda day: bookings.bookings_of_day(desk, made.location, day).rows  # noqa: E731
    assert list(here(TODAY)) == [today] and list(here(TODAY + DAY)) == [tomorrow] and list(here(TODAY - DAY)) == []
    elsewhere = make.location("cabang")
    assert list(bookings.bookings_of_day(desk, elsewhere, TODAY).rows) == []
    visitors = [today.visitor, tomorrow.visitor]
    assert bookings.expected_today(made.location, visitors) == [today]
    assert bookings.expected_today(made.location, [tomorrow.visitor]) == []
    official = make.person(Role.OFFICIAL)
    assert bookings.booking_for_staff(official, today.pk) is None
    assert bookings.booking_for_staff(desk, today.pk) == today
    appointments_appointments.cancel_booking(today, by=actors.booking(today.pk))
    assert list(here(TODAY)) == [] and bookings.expected_today(made.location, visitors) == []
