"""Verbs on appointments: booking, closing slots, reopening them, sudden closures."""

import datetime

from tests.factories.visitors import bookable
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Notice
from ula_portal.core.time import actions as calendar
from visitors.appointments.actions import appointments, arriving, plans
from visitors.appointments.actions.arriving import arrive
from visitors.appointments.actions.plans import add_slot_plan
from visitors.appointments.actions.slots import close_slots, reopen_slots
from visitors.closing import actions as closing_actions
from visitors.models import Booking, Slot, SlotPlan

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
    return {"by": staff(w.cast.frontdesk), "day": day_of(w)}


def closed_slots(w, notice="waiting"):
    """A slot closed by hand; ``notice``: the state of the notice about it."""
    close_slots(w.location, **closing(w), reason="Rapat")
    Notice.objects.filter(kind="booking_displaced").update(state=notice)
    return on(w.location, **closing(w))


def closed_suddenly(w, hour=17):
    """A closure until an hour of tomorrow, the day of the booking."""
    until = clock.local(mailed_for(w, 1).slot.starts_at).replace(hour=hour)
    return closing_actions.close_suddenly(w.location, by=staff(w.cast.frontdesk), reason="Listrik padam", until=until)


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


def plan(w):
    hours = {"weekdays": [0, 1], "from_time": datetime.time(8), "to_time": datetime.time(10)}
    return SlotPlan(service=bookable(), location=w.location, **hours)


def move_end(w, closure, **shift):
    return on(closure, by=staff(w.cast.frontdesk), until=closure.until + datetime.timedelta(**shift))


ROWS = [
    Row(
        appointments.book,
        "booking",
        lambda w: on(
            w.free_slot,
            by=actors.booking(""),
            contact=appointments.Contact(name="Ibu Janji", email="ibu@example.id"),
            key="k",
        ),
        case="reachable",
        wrote=("journal booking: book", "notice booking: booking_made to outside"),
    ),
    Row(
        appointments.book,
        "booking",
        lambda w: on(w.free_slot, by=actors.booking(""), contact=appointments.Contact(name="Ibu Janji"), key="k"),
        case="without an address",
        wrote=("journal booking: book",),
    ),
    Row(
        appointments.move_booking,
        "booking",
        lambda w: on(mailed_booking(w), by=actors.booking(mailed_booking(w).pk), slot_id=w.free_slot.pk),
        wrote=("journal booking: move_booking", "notice booking: booking_moved to outside"),
    ),
    Row(
        appointments.move_booking,
        "frontdesk",
        lambda w: on(mailed_booking(w), by=staff(w.cast.frontdesk), slot_id=w.free_slot.pk),
        case="by the desk",
        wrote=("journal booking: move_booking", "notice booking: booking_moved to outside"),
    ),
    Row(
        appointments.cancel_booking,
        "booking",
        lambda w: on(mailed_booking(w), by=actors.booking(mailed_booking(w).pk)),
        wrote=("journal booking: cancel_booking", "notice booking: booking_cancelled to outside"),
        again=OUTDATED,
    ),
    Row(
        appointments.cancel_booking,
        "frontdesk",
        lambda w: on(w.booking, by=staff(w.cast.frontdesk)),
        case="by the desk",
        wrote=("journal booking: cancel_booking",),
        again=OUTDATED,
    ),
    Row(
        arrive,
        "frontdesk",
        lambda w: on(mailed_for(w, 0), by=staff(w.cast.frontdesk)),
        wrote=("event issued", "journal booking: arrive"),
    ),
    Row(arriving.mark_missed, "system", lambda w: on(), later=6 * DAYS, wrote=("journal booking: miss_booking",)),
    Row(arriving.remind_visitors, "system", reminded, wrote=("notice booking: booking_reminder to outside",)),
    Row(
        add_slot_plan,
        "admin",
        lambda w: on(plan(w), by=staff(w.cast.admin)),
        wrote=("journal slot_plan: add_slot_plan",),
        again=REFUSED,
    ),
    Row(plans.open_due_slots, "system", lambda w: on(), later=2 * DAYS),
    Row(
        plans.follow_all_plans,
        "system",
        holiday,
        wrote=("journal booking: displace_booking", "notice booking: booking_displaced to outside after 300 s"),
    ),
    Row(
        close_slots,
        "frontdesk",
        lambda w: on(w.location, **closing(w), reason="Rapat"),
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
        lambda w: on(
            w.location, by=staff(w.cast.frontdesk), reason="Listrik padam", until=mailed_booking(w).slot.ends_at
        ),
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
        lambda w: on(closed_suddenly(w), by=staff(w.cast.frontdesk)),
        wrote=(
            "event reopened",
            "journal booking: restore_booking",
            "journal closure: reopen",
            "journal location: reopen_slots",
            "notice booking_displaced now suppressed",
        ),
        again=OUTDATED,
    ),
]
