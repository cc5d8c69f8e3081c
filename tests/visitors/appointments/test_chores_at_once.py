"""Appointments and the day's chores, two at the same moment: done once, without waiting for locked rows."""

import datetime

import pytest
from django.db import connection

from tests.factories import visitors as make
from tests.factories.concurrently import one_after_the_other
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.verbs.errors import Outdated
from visitors.appointments.actions import appointments, arriving, plans
from visitors.appointments.actions import arriving as appointments_arriving
from visitors.counter.actions import calling, day_end, serving, sessions
from visitors.models import Booking, CounterSession, QueueEvent, Slot, SlotPlan, Ticket, Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_now")]


# A Tuesday, ten o'clock at the office.
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 24)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


def without_waiting(act):
    """Run a chore that must skip locked rows: waiting for a lock fails the test."""

    def acting():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        return act()

    return acting


def of_kind(kind):
    return QueueEvent.objects.filter(kind=kind).count()


def test_two_clerks_never_wait_for_each_other_and_get_two_visitors(hall):
    first, second = one_after_the_other(
        lambda: calling.call_next(hall.session, by=staff(hall.clerk)),
        without_waiting(lambda: calling.call_next(hall.other, by=staff(hall.colleague))),
    )
    assert [first, second] == hall.tickets[:2]


def test_what_yesterday_left_open_is_ended_once_and_the_chore_waits_for_nobody(hall):
    """A clerk double-clicks to open a counter left open yesterday; the worker skips the locked rows meanwhile."""
    calling.call_next(hall.session, by=staff(hall.clerk))
    clerk = make.person(Role.COUNTER)
    tomorrow = NOW + DAY
    with clock.at(tomorrow):
        opening = lambda: sessions.open_session(hall.counters[0], by=staff(clerk))  # noqa: E731
        opened, again = one_after_the_other(opening, opening)
        assert opened == again == CounterSession.objects.get(user=clerk)
        assert (of_kind("closed"), of_kind("no_show")) == (1, 1)

        waiting, gone = hall.tickets[1], hall.tickets[2]
        Ticket.objects.filter(pk=gone.pk).update(state="cancelled")

        def in_hand():
            CounterSession.objects.select_for_update().get(pk=hall.other.pk)
            Ticket.objects.select_for_update().get(pk=waiting.pk)
            return Visit.objects.select_for_update().get(pk=gone.visit_id)

        _held, ended = one_after_the_other(in_hand, without_waiting(day_end.end_past_days))
        # Only the visit of yesterday's first ticket, whose row nobody has locked.
        assert ended == 1 and Visit.objects.get(left_at__isnull=False).pk == hall.tickets[0].visit_id
        # Two workers end the rest only once.
        _done, again = one_after_the_other(day_end.end_past_days, without_waiting(day_end.end_past_days))
        assert again == 0 and of_kind("left") == 1


def test_who_is_finished_just_now_is_not_missed_by_who_opens_the_counter(hall):
    ticket, newcomer = calling.call_next(hall.session, by=staff(hall.clerk)), make.person(Role.COUNTER)
    with clock.at(NOW + DAY):
        _done, opened = one_after_the_other(
            lambda: serving.finish_serving(ticket, by=staff(hall.clerk)),
            lambda: sessions.open_session(hall.counters[0], by=staff(newcomer)),
        )
    assert opened.user == newcomer
    assert Ticket.objects.get(pk=ticket.pk).state == "finished" and of_kind("no_show") == 0


# Appointments


@pytest.fixture
def made(hall):
    return make.plan(hall.service, hall.place, from_time=datetime.time(10, 30), to_time=datetime.time(15), capacity=2)


@pytest.fixture
def bookable(hall):
    hall.service.channels = ["walk-in", "appointment"]
    hall.service.save(update_fields=["channels"])


@pytest.fixture
def booking(bookable, made):
    slot = make.slot_at(made, TODAY, 11)
    return appointments.book(
        slot,
        by=actors.booking(""),
        contact=appointments.Contact(name="Siti Contoh", email="siti@contoh.example", wants_reminder=True),
    )


def test_who_has_come_does_not_cancel_and_who_cancelled_does_not_come(hall, made, booking):
    _done, told = one_after_the_other(
        lambda: appointments_arriving.arrive(booking, by=staff(hall.desk)),
        lambda: appointments.cancel_booking(booking, by=actors.booking(booking.pk)),
    )
    assert type(told) is Outdated and Booking.objects.get().state == "arrived"
    other = appointments.book(
        make.slot_at(made, TODAY, 11), by=actors.booking(""), contact=appointments.Contact(name="Budi Contoh")
    )
    _done, told = one_after_the_other(
        lambda: appointments.cancel_booking(other, by=actors.booking(other.pk)),
        lambda: appointments_arriving.arrive(other, by=staff(hall.desk)),
    )
    assert type(told) is Outdated and not Visit.objects.filter(visitor=other.visitor).exists()


def test_who_is_received_at_two_desks_comes_once_and_who_just_moved_is_still_found(hall, made, booking):
    arrive = lambda: appointments_arriving.arrive(booking, by=staff(hall.desk))  # noqa: E731
    first, second = one_after_the_other(arrive, arrive)
    assert (second.visit, second.ticket) == (first.visit, first.ticket) and first.ticket
    assert Visit.objects.filter(visitor=booking.visitor).count() == 1
    other = appointments.book(
        make.slot_at(made, TODAY, 11), by=actors.booking(""), contact=appointments.Contact(name="Budi Contoh")
    )
    later = make.slot_at(made, TODAY, 11, 30).pk
    _moved, came = one_after_the_other(
        lambda: appointments.move_booking(other, by=actors.booking(other.pk), slot_id=later),
        lambda: appointments_arriving.arrive(other, by=staff(hall.desk)),
    )
    assert came.visit == Booking.objects.get(pk=other.pk, slot=later, state="arrived").visit


def test_the_chores_of_appointments_leave_alone_what_is_in_hand_and_act_once(hall, made, booking):
    with clock.at(NOW + 3 * 3600 * SECOND):
        done, missed = one_after_the_other(
            lambda: appointments_arriving.arrive(booking, by=staff(hall.desk)), without_waiting(arriving.mark_missed)
        )
        assert done.visit and missed == 0 and Booking.objects.get().state == "arrived"
    other = appointments.book(
        make.slot_at(made, TODAY + DAY, 11),
        by=actors.booking(""),
        contact=appointments.Contact(name="Budi", email="b@c.example", wants_reminder=True),
    )
    Booking.objects.filter(pk=other.pk).update(booked_at=NOW - 2 * DAY)
    first, second = one_after_the_other(arriving.remind_visitors, without_waiting(arriving.remind_visitors))
    assert (first, second) == (1, 0) and Notice.objects.filter(kind="booking_reminder").count() == 1
    with clock.at(NOW + 2 * DAY):
        first, second = one_after_the_other(arriving.mark_missed, without_waiting(arriving.mark_missed))
    assert (first, second) == (1, 0) and JournalEntry.objects.filter(verb="miss_booking").count() == 1


def test_a_plan_that_shrinks_while_somebody_books_keeps_the_seat(hall, made, booking):
    SlotPlan.objects.update(capacity=1)
    slot = booking.slot
    one_after_the_other(
        lambda: appointments.book(slot, by=actors.booking(""), contact=appointments.Contact(name="Budi Contoh")),
        plans.follow_all_plans,
    )
    slot.refresh_from_db()
    assert slot.capacity == 2 and Slot.objects.exclude(pk=slot.pk).filter(capacity=2).count() == 0


def test_slots_are_opened_by_one_after_the_other(hall, made):
    Slot.objects.all().delete()
    first, second = one_after_the_other(*[plans.follow_all_plans] * 2)
    assert first == Slot.objects.count() and second == 0
