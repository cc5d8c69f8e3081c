"""Booked visitors who come or do not come: the desk's verb and the worker's chores."""

import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from services.letters.queries import letter_for_applicant
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.notices import mail
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions
from visitors.checkin.actions.checkin import Arrival, CheckIn, Errand, check_in
from visitors.models import Booking, Ticket, Visit
from visitors.places.queries import service_points
from visitors.states import BOOKING

from . import appointments, seats

BATCH_SIZE = 200
State = Booking.State


@verb
def arrive(booking: Booking, *, by: Actor, ground: str = "") -> CheckIn:
    """Check a booked visitor in; calling it again returns what the first call created.

    The ticket has been waiting since a head start before the slot, but never since later than now; after the end of the
    slot it waits from now on. A visitor whose time the office took away is received too, with a number even while
    service is stopped, because it was promised. ``ground``: a key of ``checkin.GROUNDS``, for the priority lane.

    Allowed: front desk and counters.
    Effects: as ``check_in``; a journal entry.
    Raises: NotAllowed; Outdated for a booking that is over; Refused on another day than its own.
    """
    if not permissions.may_check_in(by.staff_member):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))
    # Read after locking: joined rows that it got while this waited for the lock would be missing otherwise.
    Booking.objects.select_for_update().filter(pk=booking.pk).first()
    rows = Booking.objects.select_related("slot__service", "slot__location", "visitor", "request", "visit")
    locked = rows.filter(pk=booking.pk).first()
    if locked is None:
        raise Refused(_("Janji ini tidak ditemukan."))
    if locked.visit is not None:
        return CheckIn(locked.visit, locked.visit.tickets.order_by("pk").first(), locked.request)
    if locked.state not in Booking.ARRIVABLE:
        raise Outdated(_("Janji ini tidak berlaku lagi. Catat tamu sebagai kunjungan biasa."))
    starts = clock.local(locked.slot.starts_at)
    if starts.date() != clock.today():
        raise Refused(_("Janji ini bukan untuk hari ini. Catat tamu sebagai kunjungan biasa."))
    number = (locked.request.number or "") if locked.request else ""
    note = _("Janji pukul %(time)s WIB") % {"time": f"{starts:%H.%M}"}
    made = check_in(
        locked.slot.location,
        by=by,
        arrival=Arrival(visitor_id=locked.visitor_id, note=note, ground=ground, promised=True),
        errand=Errand(_purpose(locked), locked.slot.service, number),
        key=f"booking-{locked.pk}",
    )
    if made.ticket is not None and clock.now() <= locked.slot.ends_at:
        head_start = datetime.timedelta(minutes=settings.APPOINTMENT_HEAD_START_MINUTES)
        made.ticket.waiting_since = min(made.ticket.waiting_since, locked.slot.starts_at - head_start)
        Ticket.objects.filter(pk=made.ticket.pk).update(waiting_since=made.ticket.waiting_since)
    BOOKING.make(locked, "arrive")
    locked.visit, locked.ended_at = made.visit, clock.now()
    locked.save(update_fields=["state", "visit", "ended_at"])
    journal.record("arrive", "booking", locked.pk, by, visit=made.visit.pk)
    return made


def _purpose(booking: Booking) -> str:
    if booking.request is None:
        return Visit.Purpose.SERVICE
    return Visit.Purpose.COLLECT if letter_for_applicant(booking.request) is not None else Visit.Purpose.FOLLOW_UP


@verb
def mark_missed() -> int:
    """Mark bookings whose visitor had not come some time after the end of the slot. A chore of the worker.

    Returns how many were marked, at most BATCH_SIZE.
    """
    grace = datetime.timedelta(minutes=settings.APPOINTMENT_GRACE_MINUTES)
    late = Booking.objects.filter(state=State.BOOKED, slot__ends_at__lt=clock.now() - grace)
    found = list(late.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH_SIZE])
    for booking in found:
        appointments.miss(booking)
        journal.record("miss_booking", "booking", booking.pk, SYSTEM)
    return len(found)


@verb
def remind_visitors() -> int:
    """Remind visitors who asked for it on the last working day before their appointment. A chore of the worker.

    Only within office hours, once each, and not on the day of booking, when the confirmation was sent. Returns how many
    were reminded, at most BATCH_SIZE.

    Effects: a notice to each visitor.
    """
    now = clock.now()
    if not (mail.is_sent() and workdays.is_working_time(now)):
        return 0
    today = clock.today()
    midnight = service_points.midnight(now)
    last = midnight + (workdays.add_working_days(today, 1) - today + datetime.timedelta(days=1))
    due = Booking.objects.filter(
        ~Q(email=""),
        state=State.BOOKED,
        wants_reminder=True,
        reminded_at__isnull=True,
        booked_at__lt=midnight,
        slot__starts_at__gte=midnight + datetime.timedelta(days=1),
        slot__starts_at__lt=last,
    )
    found = list(due.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH_SIZE])
    for booking in found:
        seats.notify_visitor(booking, "booking_reminder")
    Booking.objects.filter(pk__in=[booking.pk for booking in found]).update(reminded_at=now)
    return len(found)
