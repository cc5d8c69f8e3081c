"""Seats of a slot whose row is locked: giving the next one, taking them back."""

from django.utils.translation import gettext as _

from ula_portal.core import clock, notify
from ula_portal.core.actions import journal
from ula_portal.core.errors import Outdated

from ..models import Booking, Slot
from ..queries import appointments


class TimeTaken(Outdated):
    """The last seat went to somebody else, or the slot takes nobody any more: offer other times."""


def locked_slots(*slot_ids) -> dict[int, Slot]:
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


def displace(bookings, reason: str, actor) -> list[Booking]:
    """Take the seats of coming bookings whose slots are locked; each is told and asked to choose another time."""
    found = list(
        bookings.filter(state=Booking.State.BOOKED, slot__ends_at__gt=clock.now())
        .select_for_update(of=("self",))
        .select_related("visitor", "slot__service", "slot__location")
        .order_by("pk")
    )
    for booking in found:
        booking.state, booking.seat, booking.reason = Booking.State.DISPLACED, None, reason
        booking.save(update_fields=["state", "seat", "reason"])
        tell(booking, "booking_displaced")
        journal.record("displace_booking", "booking", booking.pk, actor)
    return found


def tell(booking: Booking, kind: str) -> None:
    """Write a notice to the visitor, where there is an address to send it to."""
    if booking.email:
        notify.tell(kind, "booking", booking.pk)
