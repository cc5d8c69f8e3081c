"""Seats of locked slots: finding a free one, taking seats away, and giving them back."""

import datetime
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Notice
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.transactions import part
from visitors.models import Booking, Slot
from visitors.places.queries.closures import bookings_in
from visitors.states import BOOKING

from ..queries import appointments

# Visitors who lose a seat are notified after this time, so that a closure made by mistake can be taken back first.
NOTICE_DELAY = datetime.timedelta(minutes=5)
# The notice that an appointment is valid again must not overtake one about the closure that is being sent.
RESTORED_NOTICE_DELAY = datetime.timedelta(minutes=1)


class TimeTaken(Outdated):
    """The slot has no free seat any more or is closed; the view offers other times."""


@part
def locked_slots(*slot_ids: int) -> dict[int, Slot]:
    """Lock slots in the order of their ids, so that two transactions never deadlock; returns them by id."""
    slots = Slot.objects.select_for_update(of=("self",)).select_related("service", "location")
    return {slot.pk: slot for slot in slots.filter(pk__in=slot_ids).order_by("pk")}


def free_seat(slot: Slot | None) -> int:
    """The lowest free seat of a locked slot.

    Raises: TimeTaken when there is none, or the slot cannot be booked any more.
    """
    if slot is None or not appointments.may_be_booked(slot):
        raise TimeTaken(_("Waktu ini tidak dibuka lagi. Isian Anda tetap ada. Pilih waktu lain."))
    taken = set(Booking.objects.filter(slot=slot, seat__isnull=False).values_list("seat", flat=True))
    free = next((seat for seat in range(1, slot.capacity + 1) if seat not in taken), None)
    if free is None:
        raise TimeTaken(
            _("Tempat terakhir pada waktu ini baru saja diambil orang lain. Isian Anda tetap ada. Pilih waktu lain.")
        )
    return free


@part
def displace_bookings(slots: Collection[Slot], reason: str, *, by: Actor) -> list[Booking]:
    """Take the seats of all coming bookings in locked slots; returns these bookings.

    Effects: after NOTICE_DELAY each visitor is asked to choose another time; a journal entry each.
    """
    found = list(
        bookings_in(slots)
        .select_for_update(of=("self",))
        .select_related("visitor", "slot__service", "slot__location")
        .order_by("pk")
    )
    for booking in found:
        booking.lost_seat, booking.seat = booking.seat, None
        BOOKING.make(booking, "displace")
        booking.reason = reason
        booking.displaced_notice = notify_visitor(booking, "booking_displaced", delay=NOTICE_DELAY)
        booking.save(update_fields=["state", "seat", "lost_seat", "reason", "displaced_notice"])
        journal.record("displace_booking", "booking", booking.pk, by)
    return found


@part
def restore_bookings(slots: Iterable[Slot], *, by: Actor) -> tuple[list[Booking], list[Booking]]:
    """Give the seats of locked slots back to bookings that lost them; returns those restored and those not.

    Each gets its old seat, or else a free one. Bookings that were moved, cancelled or used meanwhile stay as they are.
    A booking stays displaced when no seat is left, or when its request has another appointment by now.

    Effects: a waiting notice about the closure is dropped; a visitor who has received it is notified that the
    appointment is valid again; a journal entry each.
    """
    by_id = {slot.pk: slot for slot in slots}
    coming = Booking.objects.filter(slot__in=by_id, state=Booking.State.DISPLACED, slot__ends_at__gt=clock.now())
    lost = list(coming.select_for_update(of=("self",)).order_by("pk"))
    if not lost:
        return [], []
    taken = set(Booking.objects.filter(slot__in=by_id, seat__isnull=False).values_list("slot_id", "seat"))
    requests = [booking.request_id for booking in lost if booking.request_id]
    busy = set(
        Booking.objects.filter(request__in=requests, state=Booking.State.BOOKED).values_list("request", flat=True)
    )
    restored: list[Booking] = []
    left: list[Booking] = []
    # Old seats first, so that no booking gets the old seat of another one.
    for old_seats in (True, False):
        waiting, left = lost if old_seats else left, []
        for booking in waiting:
            slot = by_id[booking.slot_id]
            seats = [booking.lost_seat] if old_seats else range(1, slot.capacity + 1)
            seat = next((n for n in seats if n and n <= slot.capacity and (slot.pk, n) not in taken), None)
            if seat is None or booking.request_id in busy:
                left.append(booking)
                continue
            taken.add((slot.pk, seat))
            _seat_again(booking, seat, by)
            restored.append(booking)
    return restored, left


def _seat_again(booking: Booking, seat: int, by: Actor) -> None:
    booking.seat, booking.lost_seat = seat, None
    BOOKING.make(booking, "seat_again")
    booking.reason = ""
    booking.save(update_fields=["state", "seat", "lost_seat", "reason"])
    notice_id = booking.displaced_notice_id
    if notice_id and not outbox.drop([notice_id]) and _was_sent(notice_id):
        notify_visitor(booking, "booking_restored", delay=RESTORED_NOTICE_DELAY)
    journal.record("restore_booking", "booking", booking.pk, by)


def _was_sent(notice_id: int) -> bool:
    """Whether the notice was sent or is being sent at this moment."""
    return Notice.objects.filter(pk=notice_id, state__in=[Notice.State.SENT, Notice.State.WAITING]).exists()


@part
def notify_visitor(booking: Booking, kind: str, *, delay: datetime.timedelta = datetime.timedelta(0)) -> Notice | None:
    """Enqueue a notice to the visitor; None without an e-mail address."""
    return outbox.tell(kind, "booking", booking.pk, delay=delay) if booking.email else None
