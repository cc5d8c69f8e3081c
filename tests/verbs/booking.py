"""Verbs on appointments: booking, closing slots, reopening them, sudden closures."""

import datetime

from tests.factories.visitors import bookable
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Notice
from ula_portal.core.time import actions as calendar
from visitors.appointments.actions import appointments, arriving, slots
from visitors.appointments.actions.arriving import arrive
from visitors.appointments.actions.slots import add_slot_plan, close_slots, closing_period, reopen_slots
from visitors.closing import actions as closing_actions
from visitors.models import Booking, Slot

from .given import DAYS
from .rows import OUTDATED, REFUSED, Row, on


def mailed_booking(w):
    Booking.objects.filter(pk=w.booking.pk).update(email="siti@example.id")
    return w.booking


def mailed_for(w, ahead):
    """Move the booking to another day and give its visitor an e-mail address."""
    day = clock.today() + ahead * DAYS
    rows = Slot.objects.filter(service=w.elsewhere, starts_at__gt=clock.now(), bookings=None).order_by("starts_at")
    slot = next(each for each in rows if clock.local(each.starts_at).date() == day)
    Booking.objects.filter(pk=w.booking.pk).update(email="siti@example.id", slot=slot)
    w.booking.refresh_from_db()
    return w.booking


def day_of(w):
    return clock.local(w.booking.slot.starts_at).date()


def closing(w):
    mailed_booking(w)
    return {"user": w.cast.frontdesk, "location": w.location, "day": day_of(w)}


def closed_slots(w, notice="waiting"):
    """A slot closed by hand; ``notice``: the state of the notice about it."""
    close_slots(**closing(w), reason="Rapat")
    Notice.objects.filter(kind="booking_displaced").update(state=notice)
    return on(**closing(w))


def closed_suddenly(w, hour=17):
    """A closure until an hour of tomorrow, the day of the booking."""
    until = clock.local(mailed_for(w, 1).slot.starts_at).replace(hour=hour)
    return closing_actions.close_suddenly(w.location, w.cast.frontdesk, "Listrik padam", until)


def reminded(w):
    """Tomorrow's visitor has asked for a reminder some days before."""
    mailed_for(w, 1)
    Booking.objects.update(wants_reminder=True, booked_at=clock.now() - 5 * DAYS)
    return on()


def holiday(w):
    calendar.set_calendar_day(
        by=SYSTEM, date=clock.local(mailed_for(w, 1).slot.starts_at).date(), kind="holiday", name="Libur contoh"
    )
    workdays.clear_cache()
    return on()


def plan():
    return {"weekdays": [0, 1], "from_time": datetime.time(8), "to_time": datetime.time(10)}


def move_end(w, closure, **shift):
    return on(closure.pk, w.cast.frontdesk, closure.until + datetime.timedelta(**shift))


def released(w):
    closure = closed_suddenly(w)
    return on(closure, clock.now(), user=w.cast.frontdesk)


def between(w):
    mailed_booking(w)
    first, last = closing_period(day_of(w), None, None)
    return on(w.location, first, last, user=w.cast.frontdesk, reason="Rapat")


ROWS = [
    Row(
        appointments.book,
        "booking",
        lambda w: on(w.free_slot.pk, name="Ibu Janji", email="ibu@example.id", idempotency_key="k"),
        case="reachable",
        wrote=("journal booking: book", "notice booking: booking_made to outside"),
    ),
    Row(
        appointments.book,
        "booking",
        lambda w: on(w.free_slot.pk, name="Ibu Janji", idempotency_key="k"),
        case="without an address",
        wrote=("journal booking: book",),
    ),
    Row(
        appointments.move_booking,
        "booking",
        lambda w: on(mailed_booking(w).pk, w.free_slot.pk),
        wrote=("journal booking: move_booking", "notice booking: booking_moved to outside"),
    ),
    Row(
        appointments.move_booking,
        "frontdesk",
        lambda w: on(mailed_booking(w).pk, w.free_slot.pk, user=w.cast.frontdesk),
        case="by the desk",
        wrote=("journal booking: move_booking", "notice booking: booking_moved to outside"),
    ),
    Row(
        appointments.cancel_booking,
        "booking",
        lambda w: on(mailed_booking(w).pk),
        wrote=("journal booking: cancel_booking", "notice booking: booking_cancelled to outside"),
        again=OUTDATED,
    ),
    Row(
        appointments.cancel_booking,
        "frontdesk",
        lambda w: on(w.booking.pk, user=w.cast.frontdesk),
        case="by the desk",
        wrote=("journal booking: cancel_booking",),
        again=OUTDATED,
    ),
    Row(
        arrive,
        "frontdesk",
        lambda w: on(mailed_for(w, 0).pk, w.cast.frontdesk),
        wrote=("event issued", "journal booking: arrive"),
    ),
    Row(arriving.mark_missed, "system", lambda w: on(), later=6 * DAYS, wrote=("journal booking: miss_booking",)),
    Row(arriving.remind, "system", reminded, wrote=("notice booking: booking_reminder to outside",)),
    Row(
        add_slot_plan,
        "admin",
        lambda w: on(bookable(), w.location, **plan(), actor=staff(w.cast.admin)),
        wrote=("journal slot_plan: add_slot_plan",),
        again=REFUSED,
    ),
    Row(
        slots.follow_plans,
        "system",
        lambda w: holiday(w) and on(w.elsewhere.pk, w.location.pk),
        wrote=("journal booking: displace_booking", "notice booking: booking_displaced to outside after 300 s"),
    ),
    Row(slots.open_due_slots, "system", lambda w: on(), later=2 * DAYS),
    Row(
        slots.follow_all_plans,
        "system",
        holiday,
        wrote=("journal booking: displace_booking", "notice booking: booking_displaced to outside after 300 s"),
    ),
    Row(
        close_slots,
        "frontdesk",
        lambda w: on(**closing(w), reason="Rapat"),
        wrote=(
            "journal booking: displace_booking",
            "journal location: close_slots",
            "notice booking: booking_displaced to outside after 300 s",
        ),
    ),
    Row(
        slots.close_between,
        "frontdesk",
        between,
        wrote=(
            "journal booking: displace_booking",
            "journal location: close_slots",
            "notice booking: booking_displaced to outside after 300 s",
        ),
    ),
    Row(
        reopen_slots,
        "frontdesk",
        closed_slots,
        case="nobody told yet",
        wrote=(
            "journal booking: restore_booking",
            "journal location: reopen_slots",
            "notice booking_displaced now suppressed",
        ),
    ),
    Row(
        reopen_slots,
        "frontdesk",
        lambda w: closed_slots(w, "sent"),
        case="told before",
        wrote=(
            "journal booking: restore_booking",
            "journal location: reopen_slots",
            "notice booking: booking_restored to outside after 60 s",
        ),
    ),
    Row(
        reopen_slots,
        "frontdesk",
        lambda w: closed_slots(w, "failed"),
        case="never told",
        wrote=("journal booking: restore_booking", "journal location: reopen_slots"),
    ),
    Row(
        closing_actions.close_suddenly,
        "frontdesk",
        lambda w: on(w.location, w.cast.frontdesk, "Listrik padam", mailed_booking(w).slot.ends_at),
        wrote=(
            "event closed_suddenly",
            "journal booking: displace_booking",
            "journal closure: close_suddenly",
            "journal location: close_slots",
            "notice booking: booking_displaced to outside after 300 s",
        ),
    ),
    Row(
        closing_actions.move_end,
        "frontdesk",
        lambda w: move_end(w, closed_suddenly(w, 7), hours=10),
        case="later",
        wrote=(
            "event closure_moved",
            "journal booking: displace_booking",
            "journal closure: move_closure_end",
            "journal location: close_slots",
            "notice booking: booking_displaced to outside after 300 s",
        ),
    ),
    Row(
        closing_actions.move_end,
        "frontdesk",
        lambda w: move_end(w, closed_suddenly(w), hours=-10),
        case="earlier",
        wrote=(
            "event closure_moved",
            "journal booking: restore_booking",
            "journal closure: move_closure_end",
            "journal location: reopen_slots",
            "notice booking_displaced now suppressed",
        ),
    ),
    Row(
        closing_actions.reopen,
        "frontdesk",
        lambda w: on(closed_suddenly(w).pk, w.cast.frontdesk),
        wrote=(
            "event reopened",
            "journal booking: restore_booking",
            "journal closure: reopen",
            "journal location: reopen_slots",
            "notice booking_displaced now suppressed",
        ),
        again=OUTDATED,
    ),
    Row(
        slots.release,
        "frontdesk",
        released,
        wrote=(
            "journal booking: restore_booking",
            "journal location: reopen_slots",
            "notice booking_displaced now suppressed",
        ),
    ),
]
