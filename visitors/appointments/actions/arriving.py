"""Booked visitors who come, or do not: the desk's verb, and the worker's chores."""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from services.letters.queries import letter_for_applicant
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import User
from ula_portal.core.notices import mail
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.checkin.actions.checkin import CheckIn, check_in
from visitors.models import Booking, Ticket, Visit
from visitors.places.queries import service_points
from visitors.states import BOOKING

from . import appointments, seats

BATCH_SIZE = 200
State = Booking.State


@transaction.atomic
def arrive(booking_id: int, user: User, *, ground: str = "") -> CheckIn:
    """A booked visitor has come: their visit with its ticket, and the booking is kept. Front desk and counters.

    In time, the ticket waits since a head start before the slot, never later than now; who comes after the slot's end
    takes the place of now. Who comes although the office took the time away is received all the same, with a number
    even while service is stopped: it was promised. ``ground``: a key of ``checkin.GROUNDS`` for the priority lane.
    Called again it returns what the first call made. Raises NotAllowed, Outdated for a booking that is over, Refused on
    another day than its own.
    """
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))
    # Read once it is locked: a slot, request or visit that it got while this waited would not be found.
    Booking.objects.select_for_update().filter(pk=booking_id).first()
    rows = Booking.objects.select_related("slot__service", "slot__location", "visitor", "request", "visit")
    booking = rows.filter(pk=booking_id).first()
    if booking is None:
        raise Refused(_("Janji ini tidak ditemukan."))
    if booking.visit is not None:
        return CheckIn(booking.visit, booking.visit.tickets.order_by("pk").first(), booking.request)
    if booking.state not in Booking.ARRIVABLE:
        raise Outdated(_("Janji ini tidak berlaku lagi. Catat tamu sebagai kunjungan biasa."))
    starts = clock.local(booking.slot.starts_at)
    if starts.date() != clock.today():
        raise Refused(_("Janji ini bukan untuk hari ini. Catat tamu sebagai kunjungan biasa."))
    made = check_in(
        user=user,
        location=booking.slot.location,
        purpose=_purpose(booking),
        visitor_id=booking.visitor_id,
        service=booking.slot.service,
        request_number=(booking.request.number or "") if booking.request else "",
        note=_("Janji pukul %(time)s WIB") % {"time": f"{starts:%H.%M}"},
        ground=ground,
        promised=True,
        idempotency_key=f"booking-{booking.pk}",
    )
    if made.ticket is not None and clock.now() <= booking.slot.ends_at:
        head_start = datetime.timedelta(minutes=settings.APPOINTMENT_HEAD_START_MINUTES)
        made.ticket.waiting_since = min(made.ticket.waiting_since, booking.slot.starts_at - head_start)
        Ticket.objects.filter(pk=made.ticket.pk).update(waiting_since=made.ticket.waiting_since)
    BOOKING.make(booking, "arrive")
    booking.visit, booking.ended_at = made.visit, clock.now()
    booking.save(update_fields=["state", "visit", "ended_at"])
    journal.record("arrive", "booking", booking.pk, actors.staff(user), visit=made.visit.pk)
    return made


def _purpose(booking: Booking) -> str:
    if booking.request is None:
        return Visit.Purpose.SERVICE
    return Visit.Purpose.COLLECT if letter_for_applicant(booking.request) is not None else Visit.Purpose.FOLLOW_UP


@transaction.atomic
def mark_missed() -> int:
    """Bookings whose visitor had not come some time after the slot's end, at most BATCH_SIZE; how many. A chore."""
    grace = datetime.timedelta(minutes=settings.APPOINTMENT_GRACE_MINUTES)
    late = Booking.objects.filter(state=State.BOOKED, slot__ends_at__lt=clock.now() - grace)
    found = list(late.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH_SIZE])
    for booking in found:
        appointments.miss(booking)
        journal.record("miss_booking", "booking", booking.pk, SYSTEM)
    return len(found)


@transaction.atomic
def remind() -> int:
    """Remind who asked for it on the last working day before their appointment; how many. The worker's chore.

    Within office hours only, once each, and not on the day of booking, whose confirmation says it all.
    """
    now = clock.now()
    if not (mail.is_sent() and workdays.is_working_time(now)):
        return 0
    today = clock.today()
    begun = service_points.midnight(now)
    last = begun + (workdays.add_working_days(today, 1) - today + datetime.timedelta(days=1))
    due = Booking.objects.filter(
        ~Q(email=""),
        state=State.BOOKED,
        wants_reminder=True,
        reminded_at__isnull=True,
        booked_at__lt=begun,
        slot__starts_at__gte=begun + datetime.timedelta(days=1),
        slot__starts_at__lt=last,
    )
    found = list(due.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH_SIZE])
    for booking in found:
        seats.notify_visitor(booking, "booking_reminder")
    Booking.objects.filter(pk__in=[booking.pk for booking in found]).update(reminded_at=now)
    return len(found)
