"""Appointments: slots follow plans and calendar; one booking per seat; moving, cancelling, arriving, missing."""

import datetime
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from tests.factories import visitors
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from tests.factories.services import make_request, make_service
from tests.factories.states import put
from tests.factories.visitors import counter, person, plan, slot_at
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import CalendarDay, JournalEntry, Notice, Role
from ula_portal.core.notices import delivery
from ula_portal.core.notices.kinds import kind_of
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.appointments import tasks
from visitors.appointments.actions import appointments as appointments_appointments
from visitors.appointments.actions import arriving, plans, seats
from visitors.appointments.actions.arriving import arrive
from visitors.appointments.actions.slots import close_slots, reopen_slots
from visitors.appointments.queries import appointments, bookings
from visitors.models import Booking, Slot, SlotPlan, Ticket, Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
TOMORROW = datetime.date(2026, 11, 25)
FRIDAY = datetime.date(2026, 11, 27)
MONDAY = datetime.date(2026, 11, 30)


def at(day, hour, minute=0):
    return datetime.datetime.combine(day, datetime.time(hour, minute), clock.OFFICE_ZONE)


def book(slot, name="Siti Contoh", **more):
    return visitors.book(slot, name, **more)


def starts(**which):
    return [clock.local(each.starts_at) for each in Slot.objects.filter(**which).order_by("starts_at")]


# Slots


def test_a_plan_opens_its_slots_for_four_weeks_within_service_hours_only():
    made = plan(weekdays=[1, 4, 5], from_time=datetime.time(11), to_time=datetime.time(14))
    found = starts()
    # Tuesday's break is from twelve to one, Friday's from half past eleven; Saturday has no service.
    assert [f"{each:%H.%M}" for each in found if each.date() == TODAY] == ["11.00", "11.30", "13.00", "13.30"]
    assert [f"{each:%H.%M}" for each in found if each.date() == FRIDAY] == ["11.00", "13.00", "13.30"]
    assert {each.weekday() for each in found} == {1, 4}
    assert found[-1].date() == TODAY + datetime.timedelta(days=28)
    assert plans.follow_plans(made.service_id, made.location_id) == 0


def test_holidays_have_no_slots_and_days_become_bookable_as_they_come_within_reach():
    calendar.set_calendar_day(by=SYSTEM, date=TOMORROW, kind=CalendarDay.Kind.HOLIDAY, name="Hari jadi kabupaten")
    workdays.clear_cache()
    plan()
    assert TOMORROW not in {each.date() for each in starts()}
    with clock.at(NOW + datetime.timedelta(days=1)):
        assert plans.open_due_slots() == 4
        assert plans.open_due_slots() == 0
    with clock.at(NOW + datetime.timedelta(days=3)):
        plans.open_due_slots()
        assert datetime.date(2026, 12, 25) not in {each.date() for each in starts()}


def test_a_new_holiday_takes_slots_away_tells_who_booked_and_gives_them_back_when_it_is_taken_back():
    made = plan()
    booking = book(slot_at(made, FRIDAY, 9), email="siti@contoh.example")
    day = calendar.set_calendar_day(by=SYSTEM, date=FRIDAY, kind=CalendarDay.Kind.HOLIDAY, name="Libur mendadak")
    tasks.slots_follow_the_calendar.func()
    booking.refresh_from_db()
    assert (booking.state, booking.seat, booking.reason) == ("displaced", None, "Libur mendadak")
    assert {slot.state for slot in Slot.objects.filter(starts_at__date=FRIDAY)} == {"off"}
    assert Notice.objects.filter(kind="booking_displaced", subject_id=booking.pk).exists()
    with pytest.raises(seats.TimeTaken):
        book(slot_at(made, FRIDAY, 9), name="Budi Contoh")
    calendar.remove_calendar_day(day, by=SYSTEM)
    tasks.slots_follow_the_calendar.func()
    assert {slot.state for slot in Slot.objects.filter(starts_at__date=FRIDAY)} == {"open"}
    booking.refresh_from_db()
    assert (booking.state, booking.seat) == ("booked", 1)
    assert Notice.objects.get(kind="booking_displaced").state == "suppressed"


def test_a_plan_that_changes_keeps_what_was_booked_and_opens_what_is_new():
    made = plan(capacity=2)
    first, second = (
        book(slot_at(made, FRIDAY, 9)),
        book(slot_at(made, FRIDAY, 9), name="Budi Contoh"),
    )
    SlotPlan.objects.filter(pk=made.pk).update(capacity=1, to_time=datetime.time(10), opened_until=None)
    plans.open_due_slots()
    assert slot_at(made, FRIDAY, 9).capacity == 2
    assert slot_at(made, FRIDAY, 9, 30).capacity == 1
    assert slot_at(made, FRIDAY, 10).state == "dropped"
    SlotPlan.objects.filter(pk=made.pk).update(active=False)
    plans.follow_plans(made.service_id, made.location_id)
    assert {slot.state for slot in Slot.objects.all()} == {"dropped"}
    assert {each.state for each in Booking.objects.filter(pk__in=[first.pk, second.pk])} == {"booked"}
    assert appointments.services_to_book() == []


def test_two_plans_never_hold_the_same_time():
    made = plan()
    with pytest.raises(Refused, match="Bertumpang tindih"):
        plan(made.service, weekdays=[4], from_time=datetime.time(10, 30), to_time=datetime.time(12))
    plan(made.service, weekdays=[4], from_time=datetime.time(11), to_time=datetime.time(12))
    plan(made.service, weekdays=[4], to_date=TODAY - datetime.timedelta(days=1), active=False)


# Booking


def test_a_booking_has_a_seat_a_secret_and_a_visitor():
    made = plan(capacity=2)
    slot = slot_at(made, FRIDAY, 9)
    booking = book(slot, phone="0812 3456 7890", email=" Siti@Contoh.example ", wants_reminder=True)
    assert (booking.seat, booking.visitor.phone, booking.email) == (1, "+6281234567890", "siti@contoh.example")
    assert appointments.booking_by_token(appointments.booking_token(booking)) == booking
    assert appointments.booking_by_code(appointments.booking_code(booking).lower()) == booking
    assert appointments.booking_by_code("AAAA AAAA AAAA") is None
    kept = Booking.objects.filter(pk=booking.pk).values().get()
    assert appointments.booking_token(booking) not in kept.values()
    assert book(slot, name="SITI  CONTOH", phone="081234567890").visitor == booking.visitor
    assert Visitor.objects.count() == 1


def test_the_same_key_makes_one_booking():
    slot = slot_at(plan(), FRIDAY, 9)
    first = book(slot, key="k")
    assert book(slot, key="k") == first
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "  "}, "name"),
        ({"phone": "12"}, "phone"),
        ({"wants_reminder": True}, "phone"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(said, field):
    slot = slot_at(plan(), FRIDAY, 9)
    with pytest.raises(Refused) as refused:
        book(slot, **said)
    assert refused.value.field == field
    assert not Booking.objects.exists()


def test_times_that_are_full_too_near_past_or_of_a_withdrawn_service_take_nobody():
    made = plan(from_time=datetime.time(10), to_time=datetime.time(12))
    full = slot_at(made, FRIDAY, 10)
    book(full)
    near = slot_at(made, TODAY, 10, 30)
    for slot in (full, near):
        with pytest.raises(seats.TimeTaken):
            book(slot, name="Budi Contoh")
    with pytest.raises(seats.TimeTaken):
        book(Slot(pk=10**12), name="Budi Contoh")
    put(type(made.service).objects.filter(pk=made.service.pk), state="withdrawn")
    with pytest.raises(seats.TimeTaken):
        book(slot_at(made, FRIDAY, 11), name="Budi Contoh")


def test_nobody_hoards():
    made = plan(capacity=5)
    slot = slot_at(made, FRIDAY, 9)
    first = book(slot, phone="081234567890")
    book(slot, phone="081234567890", email="siti@contoh.example")
    with pytest.raises(Refused) as refused:
        book(slot, name="Nama Lain", phone="+62 812-3456-7890")
    assert refused.value.field == "phone"
    book(slot, name="Nama Lain", email="siti@contoh.example")
    with pytest.raises(Refused):
        book(slot, name="Nama Lain", email="SITI@contoh.example")
    appointments_appointments.cancel_booking(first, by=actors.booking(first.pk))
    book(slot, phone="081234567890")


def test_a_request_has_one_coming_appointment_for_its_own_service(cases):
    made, request = cases
    other = plan()
    with pytest.raises(Refused) as refused:
        book(slot_at(other, FRIDAY, 9), request=request)
    assert refused.value.field == "request_number"
    booking = book(slot_at(made, FRIDAY, 9), request=request)
    with pytest.raises(Refused, match="sudah punya janji"):
        book(slot_at(made, MONDAY, 9), request=request)
    with clock.at(at(FRIDAY, 10)):
        again = book(slot_at(made, MONDAY, 9), request=request)
    booking.refresh_from_db()
    assert (booking.state, again.state) == ("missed", "booked")
    with pytest.raises(IntegrityError, match="one_coming_booking_per_request"), transaction.atomic():
        put(Booking.objects.filter(pk=booking.pk), state="booked")


@pytest.fixture
def cases():
    """A plan for a service of kind request, and a request of it."""
    request = make_request(make_service(named_cast(), channels=["online", "walk-in", "appointment"]))
    return plan(request.service), request


def test_the_database_keeps_seats_apart_and_within_the_slot():
    made = plan(capacity=2)
    slot = slot_at(made, FRIDAY, 9)
    one, two = book(slot), book(slot, name="Budi Contoh")
    refusals = [
        (Booking, one.pk, {"seat": two.seat}, "booking_seat_once"),
        (Booking, one.pk, {"seat": 3}, "has no seat"),
        (Booking, one.pk, {"seat": None}, "booking_holds_a_seat"),
        (Booking, one.pk, {"state": "cancelled"}, "booking_holds_a_seat"),
        (Booking, one.pk, {"state": "arrived"}, "booking_arrived_with_visit"),
        (Slot, slot.pk, {"capacity": 1}, "has more seats taken"),
        (Slot, slot.pk, {"ends_at": slot.starts_at}, "slot_times_in_order"),
        (SlotPlan, made.pk, {"weekdays": [7]}, "slot_plan_weekdays"),
        (SlotPlan, made.pk, {"weekdays": []}, "slot_plan_weekdays"),
    ]
    for model, pk, change, words in refusals:
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            model.objects.filter(pk=pk).update(**change)
    appointments_appointments.cancel_booking(two, by=actors.booking(two.pk))
    Slot.objects.filter(pk=slot.pk).update(state="closed")
    with pytest.raises(IntegrityError, match="is not open"), transaction.atomic():
        Booking.objects.filter(pk=two.pk).update(state="booked", seat=2)


# Moving and cancelling


def test_moving_keeps_the_secret_and_gives_the_old_seat_back():
    made = plan()
    booking, taken = (
        book(slot_at(made, FRIDAY, 9)),
        book(slot_at(made, FRIDAY, 9, 30), name="Budi Contoh"),
    )
    token = appointments.booking_token(booking)
    moved = appointments_appointments.move_booking(
        booking, by=actors.booking(booking.pk), slot_id=slot_at(made, MONDAY, 10).pk
    )
    assert appointments.booking_by_token(token) == moved
    assert (moved.slot.starts_at, moved.seat, moved.moves) == (at(MONDAY, 10), 1, 1)
    assert (
        appointments_appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=moved.slot_id).moves == 1
    )
    book(slot_at(made, FRIDAY, 9), name="Tini Contoh")
    with pytest.raises(seats.TimeTaken):
        appointments_appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=taken.slot_id)
    with pytest.raises(Refused, match="layanan yang sama"):
        appointments_appointments.move_booking(
            booking, by=actors.booking(booking.pk), slot_id=slot_at(plan(), FRIDAY, 9).pk
        )
    booking.refresh_from_db()
    assert booking.slot == moved.slot


def test_an_appointment_is_moved_so_often_and_no_more():
    made = plan()
    booking = book(slot_at(made, FRIDAY, 9))
    for hour in (10, 9, 10, 9, 10):
        appointments_appointments.move_booking(
            booking, by=actors.booking(booking.pk), slot_id=slot_at(made, FRIDAY, hour).pk
        )
    with pytest.raises(Refused, match="5 kali dipindah"):
        appointments_appointments.move_booking(
            booking, by=actors.booking(booking.pk), slot_id=slot_at(made, FRIDAY, 9).pk
        )


def test_cancelling_twice_or_too_late_is_said_and_changes_nothing():
    made = plan()
    booking = book(slot_at(made, FRIDAY, 9), email="siti@contoh.example")
    assert appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk)).seat is None
    with pytest.raises(Outdated, match="sudah dibatalkan"):
        appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk))
    with pytest.raises(Outdated, match="sudah dibatalkan"):
        appointments_appointments.move_booking(
            booking, by=actors.booking(booking.pk), slot_id=slot_at(made, MONDAY, 9).pk
        )
    late = book(slot_at(made, FRIDAY, 9), name="Budi Contoh")
    with clock.at(at(FRIDAY, 12)):
        for act in (
            appointments_appointments.cancel_booking,
            partial(appointments_appointments.move_booking, slot_id=slot_at(made, MONDAY, 9).pk),
        ):
            with pytest.raises(Outdated, match="lewat"):
                act(late, by=actors.booking(late.pk))
    kinds = list(Notice.objects.filter(subject_id=booking.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["booking_made", "booking_cancelled"]


def test_the_desk_moves_and_cancels_for_somebody_who_calls():
    made, desk = plan(), person(Role.FRONT_DESK)
    booking = book(slot_at(made, FRIDAY, 9), email="siti@contoh.example")
    for act in (
        appointments_appointments.cancel_booking,
        partial(appointments_appointments.move_booking, slot_id=booking.slot_id),
    ):
        with pytest.raises(NotAllowed):
            act(booking, by=staff(person(Role.OFFICIAL)))
    for hour in (10, 9, 10, 9, 10, 9):
        moved = appointments_appointments.move_booking(booking, by=staff(desk), slot_id=slot_at(made, FRIDAY, hour).pk)
    elsewhere = appointments_appointments.move_booking(
        booking, by=staff(desk), slot_id=slot_at(made, MONDAY, 9).pk, seen_slot_id=moved.slot_id
    )
    for act in (
        appointments_appointments.cancel_booking,
        partial(appointments_appointments.move_booking, slot_id=moved.slot_id),
    ):
        with pytest.raises(Outdated, match="baru saja dipindah"):
            act(booking, by=staff(desk), seen_slot_id=moved.slot_id)
    appointments_appointments.cancel_booking(booking, by=staff(desk), seen_slot_id=elsewhere.slot_id)
    entries = JournalEntry.objects.filter(subject_kind="booking", subject_id=booking.pk).order_by("pk")
    assert [(each.verb, each.actor_kind, each.actor_id) for each in entries][-2:] == [
        ("move_booking", "staff", str(desk.pk)),
        ("cancel_booking", "staff", str(desk.pk)),
    ]
    assert Notice.objects.filter(subject_id=booking.pk, kind="booking_cancelled").count() == 1


def test_what_has_been_used_is_not_changed():
    made, desk = plan(), person(Role.FRONT_DESK)
    counter(made.service, place=made.location)
    booking = book(slot_at(made, FRIDAY, 9))
    with clock.at(at(FRIDAY, 8, 50)):
        arrive(booking, by=staff(desk))
        for act in (
            appointments_appointments.cancel_booking,
            partial(appointments_appointments.move_booking, slot_id=booking.slot_id),
        ):
            with pytest.raises(Outdated, match="sudah dipakai"):
                act(booking, by=staff(desk))


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_the_desk_moves_while_the_visitor_cancels():
    made, desk = plan(capacity=1), person(Role.FRONT_DESK)
    booking, later = book(slot_at(made, FRIDAY, 9)), slot_at(made, FRIDAY, 10)

    def within(act):
        with clock.at(NOW):
            return act()

    done = concurrently(
        lambda: within(
            lambda: appointments_appointments.move_booking(
                booking, by=staff(desk), slot_id=later.pk, seen_slot_id=booking.slot_id
            )
        ),
        lambda: within(lambda: appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk))),
    )
    booking.refresh_from_db()
    # Either the visitor was first and the desk is refused, or the moved appointment is cancelled or stays.
    assert any(isinstance(each, Booking) for each in done)
    assert (booking.state == "cancelled") == isinstance(done[1], Booking) and (booking.seat is None) == (
        booking.state == "cancelled"
    )


@pytest.mark.django_db(transaction=True)
def test_two_people_and_one_last_seat():
    made = plan()
    slot = slot_at(made, FRIDAY, 9)

    def take(name):
        with clock.at(NOW):
            return book(slot, name=name)

    results = concurrently(*(lambda name=name: take(name) for name in ("Siti Contoh", "Budi Contoh", "Tini Contoh")))
    assert sorted(type(each).__name__ for each in results) == ["Booking", "TimeTaken", "TimeTaken"]
    assert Booking.objects.count() == Visitor.objects.count() == 1

    def swap(booking, other):
        with clock.at(NOW):
            return appointments_appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=other.slot_id)

    one, two = (
        Booking.objects.get(),
        book(slot_at(made, FRIDAY, 10), name="Budi Contoh"),
    )
    results = concurrently(lambda: swap(one, two), lambda: swap(two, one))
    assert {type(each).__name__ for each in results} == {"TimeTaken"}


@pytest.mark.django_db(transaction=True)
def test_one_person_at_several_windows_holds_no_more_than_allowed_and_one_form_makes_one_booking():
    made = plan(capacity=9)

    def take(hour, key):
        with clock.at(NOW):
            return book(slot_at(made, FRIDAY, hour), phone="081234567890", key=key)

    results = concurrently(*(lambda hour=hour, key=key: take(hour, key) for hour, key in
                        ((9, "a"), (10, "b"), (9, "c"), (10, "d"), (9, "a"))))  # fmt: skip
    assert Booking.objects.count() == 2
    assert sum(isinstance(each, Refused) for each in results) >= 2


@pytest.mark.django_db(transaction=True)
def test_a_closure_and_a_booking_at_once_leave_nobody_behind_a_closed_door():
    made, desk = plan(capacity=3), person(Role.FRONT_DESK)
    book(slot_at(made, FRIDAY, 9))

    def take(name):
        with clock.at(NOW):
            return book(slot_at(made, FRIDAY, 9), name=name)

    def close():
        with clock.at(NOW):
            return close_slots(made.location, by=staff(desk), day=FRIDAY, reason="Listrik padam")

    concurrently(lambda: take("Budi Contoh"), close, lambda: take("Tini Contoh"))
    assert not Booking.objects.filter(state="booked").exists()


# Closing


def test_a_sudden_closure_tells_who_booked_and_offers_another_time():
    made, desk = plan(capacity=2), person(Role.FRONT_DESK)
    early, late = book(slot_at(made, FRIDAY, 9), email="siti@contoh.example"), book(
        slot_at(made, FRIDAY, 10, 30), name="Budi Contoh", phone="081234567891"
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        close_slots(made.location, by=staff(person(Role.OFFICIAL)), day=FRIDAY, reason="x")
    for wrong in ({"reason": " "}, {"reason": "x", "from_time": datetime.time(10), "to_time": datetime.time(9)}):
        with pytest.raises(Refused):
            close_slots(made.location, by=staff(desk), day=FRIDAY, **wrong)
    closure = close_slots(
        made.location, by=staff(desk), day=FRIDAY, reason="Listrik padam", to_time=datetime.time(9, 45)
    )
    assert (closure.slots, closure.bookings) == (2, [early])
    late.refresh_from_db()
    assert late.state == "booked"
    closure = close_slots(made.location, by=staff(desk), day=FRIDAY, reason="Listrik padam")
    assert (closure.slots, closure.bookings) == (2, [late])
    assert close_slots(made.location, by=staff(desk), day=FRIDAY, reason="Lagi").slots == 0
    assert set(bookings.displaced_of_day(desk, made.location, FRIDAY)) == {early, late}
    # The plan does not open what a person has closed.
    plans.follow_plans(made.service_id, made.location_id)
    assert {slot.state for slot in Slot.objects.filter(starts_at__date=FRIDAY)} == {"closed"}
    moved = appointments_appointments.move_booking(
        early, by=actors.booking(early.pk), slot_id=slot_at(made, MONDAY, 9).pk
    )
    assert (moved.state, moved.seat, moved.reason) == ("booked", 1, "")
    opening = reopen_slots(made.location, by=staff(desk), day=FRIDAY)
    assert (opening.slots, opening.restored, opening.left) == (4, [late], [])


# Arriving


def test_checking_in_a_booked_visitor_makes_one_visit_with_a_place_in_the_queue(cases):
    made, request = cases
    counter(made.service, place=made.location)
    desk = person(Role.FRONT_DESK)
    booking = book(slot_at(made, FRIDAY, 9), phone="081234567890", request=request)
    with clock.at(at(FRIDAY, 8, 50)):
        with pytest.raises(NotAllowed):
            arrive(booking, by=staff(person(Role.OFFICIAL)))
        made_in = arrive(booking, by=staff(desk), ground="elderly")
        assert arrive(booking, by=staff(desk)).visit == made_in.visit
    booking.refresh_from_db()
    assert (booking.state, booking.visit) == ("arrived", made_in.visit)
    assert (made_in.visit.purpose, made_in.visit.request, made_in.visit.visitor) == (
        "follow_up",
        request,
        booking.visitor,
    )
    ticket = Ticket.objects.get()
    assert (ticket.lane, ticket.waiting_since) == ("priority", at(FRIDAY, 8, 30))


def test_who_is_early_or_late_takes_the_place_of_their_coming():
    made, desk = plan(capacity=3), person(Role.COUNTER)
    early, late = (
        book(slot_at(made, FRIDAY, 10)),
        book(slot_at(made, FRIDAY, 9), name="Budi Contoh"),
    )
    with clock.at(at(FRIDAY, 8)):
        assert arrive(early, by=staff(desk)).ticket.waiting_since == at(FRIDAY, 8)
    with clock.at(at(FRIDAY, 10, 15)):
        assert arriving.mark_missed() == 1
        assert arriving.mark_missed() == 0
        late.refresh_from_db()
        assert late.state == "missed"
        assert arrive(late, by=staff(desk)).ticket.waiting_since == at(FRIDAY, 10, 15)


def test_another_day_or_a_cancelled_booking_is_no_check_in():
    made, desk = plan(), person(Role.FRONT_DESK)
    booking = book(slot_at(made, FRIDAY, 9))
    with pytest.raises(Refused, match="bukan untuk hari ini"):
        arrive(booking, by=staff(desk))
    appointments_appointments.cancel_booking(booking, by=actors.booking(booking.pk))
    with clock.at(at(FRIDAY, 9)), pytest.raises(Outdated):
        arrive(booking, by=staff(desk))
    with pytest.raises(Refused, match="tidak ditemukan"):
        arrive(Booking(pk=10**12), by=staff(desk))


def test_those_within_their_grace_are_not_missed_yet():
    made = plan()
    book(slot_at(made, FRIDAY, 9))
    with clock.at(at(FRIDAY, 9, 59)):
        assert arriving.mark_missed() == 0
    with clock.at(at(FRIDAY, 10, 1)):
        assert arriving.mark_missed() == 1


# Notices


def test_reminders_go_once_on_the_working_day_before_within_office_hours():
    made = plan(capacity=4)
    wants = {"email": "siti@contoh.example", "wants_reminder": True}
    monday = book(slot_at(made, MONDAY, 9), **wants)
    book(slot_at(made, MONDAY, 9), name="Tanpa Pengingat", email="budi@contoh.example")
    friday = book(slot_at(made, FRIDAY, 9), name="Tini Contoh", email="tini@contoh.example", wants_reminder=True)
    assert arriving.remind_visitors() == 0
    with clock.at(at(FRIDAY, 6)):
        assert arriving.remind_visitors() == 0
    with clock.at(at(FRIDAY, 14)):
        # A visitor who books on the same day has just been notified.
        book(slot_at(made, MONDAY, 10), name="Baru", email="baru@contoh.example", wants_reminder=True)
        assert arriving.remind_visitors() == 1
        assert arriving.remind_visitors() == 0
    reminded = Notice.objects.filter(kind="booking_reminder")
    assert [notice.subject_id for notice in reminded] == [str(monday.pk)]
    assert friday.reminded_at is None


def test_mails_say_when_where_and_why_and_never_what_is_no_longer_so():
    made, desk = plan(), person(Role.FRONT_DESK)
    booking = book(slot_at(made, FRIDAY, 9), email="siti@contoh.example")
    delivery.deliver(Notice.objects.get(kind="booking_made"))
    (sent,) = mail.outbox
    assert sent.to == ["siti@contoh.example"]
    assert "Jumat, 27 November 2026, pukul 09.00–09.30 WIB" in sent.body
    assert f"/janji-temu/{appointments.booking_token(booking)}/" in sent.body
    assert appointments.booking_code(booking) in sent.body
    close_slots(made.location, by=staff(desk), day=FRIDAY, reason="Listrik padam.")
    appointments_appointments.move_booking(booking, by=actors.booking(booking.pk), slot_id=slot_at(made, MONDAY, 9).pk)
    for notice in Notice.objects.filter(state="waiting").order_by("pk"):
        delivery.deliver(notice)
    assert [each.subject for each in mail.outbox[1:]] == ["Janji Anda dipindah ke Senin, 30 November 2026"]
    assert kind_of("booking_displaced") is not None


def test_lists_are_empty_for_who_may_not_see_them():
    made = plan()
    book(slot_at(made, FRIDAY, 9))
    official, admin = person(Role.OFFICIAL), person(Role.ADMINISTRATOR)
    for user, seen in ((official, 0), (admin, 1)):
        assert len(bookings.bookings_of_day(user, made.location, FRIDAY).rows) == seen
        assert bookings.tally_of_day(user, made.location, FRIDAY) == ({"booked": 1} if seen else {})
        assert bookings.displaced_of_day(user, made.location, FRIDAY) == []
