"""Seats of a slot whose row is locked: giving the next one, taking them away, giving them back."""

import datetime
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Notice
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.errors import Outdated
from visitors.models import Booking, Slot
from visitors.places.queries.closures import bookings_in
from visitors.states import BOOKING

from ..queries import appointments

# Who lost a seat is told so much later: a closure that was a mistake is taken back before.
NOTICE_DELAY = datetime.timedelta(minutes=5)
# The news that it stands again comes after the one that it does not, should that be on its way.
RESTORED_NOTICE_DELAY = datetime.timedelta(minutes=1)


class TimeTaken(Outdated):
    """The last seat went to somebody else, or the slot takes nobody any more: offer other times."""


def locked_slots(*slot_ids: int) -> dict[int, Slot]:
    """Lock slots, always in the order of their ids, so that two verbs never wait for each other."""
    slots = Slot.objects.select_for_update(of=("self",)).select_related("service", "location")
    return {slot.pk: slot for slot in slots.filter(pk__in=slot_ids).order_by("pk")}


def free_seat(slot: Slot | None) -> int:
    """The lowest free seat of a locked slot. Raises TimeTaken when there is none or it cannot be booked any more."""
    if slot is None or not appointments.may_be_booked(slot):
        raise TimeTaken(_("Waktu ini tidak dibuka lagi."))
    taken = set(Booking.objects.filter(slot=slot, seat__isnull=False).values_list("seat", flat=True))
    free = next((seat for seat in range(1, slot.capacity + 1) if seat not in taken), None)
    if free is None:
        raise TimeTaken(_("Tempat terakhir pada waktu ini baru saja diambil orang lain."))
    return free


def displace_bookings(slots: Collection[Slot], reason: str, actor: Actor) -> list[Booking]:
    """Take the seats of coming bookings in locked slots; after NOTICE_DELAY each is asked to choose another time."""
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
        journal.record("displace_booking", "booking", booking.pk, actor)
    return found


def restore_bookings(slots: Iterable[Slot], actor: Actor) -> tuple[list[Booking], list[Booking]]:
    """Give the seats of locked slots back to who lost them there: those who have theirs again, and those who do not.

    Each gets the old seat, else a free one. Whoever moved, cancelled or came keeps that; whose request has another
    appointment by now, or for whom no seat is left, stays displaced and is told as such. A notice that waits is
    dropped; who was told already is told that the appointment stands.
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
    given: list[Booking] = []
    left: list[Booking] = []
    # Old seats first, so that nobody is given the one of somebody else who is to have it back.
    for own in (True, False):
        waiting, left = left if not own else lost, []
        for booking in waiting:
            slot = by_id[booking.slot_id]
            seats = [booking.lost_seat] if own else range(1, slot.capacity + 1)
            seat = next((n for n in seats if n and n <= slot.capacity and (slot.pk, n) not in taken), None)
            if seat is None or booking.request_id in busy:
                left.append(booking)
                continue
            taken.add((slot.pk, seat))
            _seat_again(booking, seat, actor)
            given.append(booking)
    return given, left


def _seat_again(booking: Booking, seat: int, actor: Actor) -> None:
    booking.seat, booking.lost_seat = seat, None
    BOOKING.make(booking, "seat_again")
    booking.reason = ""
    booking.save(update_fields=["state", "seat", "lost_seat", "reason"])
    told = booking.displaced_notice_id
    if told and not outbox.drop([told]) and _was_sent(told):
        notify_visitor(booking, "booking_restored", delay=RESTORED_NOTICE_DELAY)
    journal.record("restore_booking", "booking", booking.pk, actor)


def _was_sent(notice_id: int) -> bool:
    """Whether the notice went out, or is on its way at this moment."""
    return Notice.objects.filter(pk=notice_id, state__in=[Notice.State.SENT, Notice.State.WAITING]).exists()


def notify_visitor(booking: Booking, kind: str, *, delay: datetime.timedelta = datetime.timedelta(0)) -> Notice | None:
    """Write a notice to the visitor, where there is an address to send it to."""
    return outbox.tell(kind, "booking", booking.pk, delay=delay) if booking.email else None
