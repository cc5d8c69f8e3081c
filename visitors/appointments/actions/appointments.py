"""Booking, moving and cancelling appointments: by visitors without an account, or by the desk for them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.models import Request
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import mail
from ula_portal.core.security import codes
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions
from visitors.models import Booking, Slot, Visitor
from visitors.states import BOOKING

from ..queries.appointments import CODE, CODE_LENGTH, TOKEN
from . import seats

State = Booking.State


@dataclass(frozen=True)
class Contact:
    """Who comes by appointment, and how to reach them; only the name is required."""

    name: str
    phone: str = ""
    email: str = ""
    wants_reminder: bool = False


@verb
def book(slot: Slot, *, by: Actor, contact: Contact, request: Request | None = None, key: str = "") -> Booking:
    """Take a seat in a slot. If two people take the last seat at the same moment, one of them gets it.

    A reminder needs a phone number, or an e-mail address where the portal sends mail. Calling it again with the same
    key returns what the first call created.

    Allowed: anybody. The caller has checked number and code of ``request``.
    Effects: a notice with the secret address, where there is an e-mail address; a journal entry.
    Raises: ``seats.TimeTaken`` when no seat is left; Refused with the form field to correct.
    """
    claim = idempotency.claim(by.key, key)
    if earlier := claim.earlier(Booking.objects.select_related("slot")):
        return earlier
    contact = _cleaned(contact)
    if contact.wants_reminder and not (contact.phone or mail.deliverable(contact.email)):
        words = _("Tulis nomor HP atau surel, supaya kami dapat mengingatkan Anda.")
        if not mail.is_sent():
            words = _("Tulis nomor HP, supaya kami dapat mengingatkan Anda.")
        raise Refused(words, field="phone")
    _serialise_bookings(contact.phone, contact.email, request)
    _check_booking_limit(contact)
    locked = seats.locked_slots(slot.pk).get(slot.pk)
    seat = seats.free_seat(locked)
    assert locked is not None, "a slot that does not exist has no free seat"
    _check_request(request, locked)
    nonce = codes.new_nonce()
    booking = Booking.objects.create(
        slot=locked,
        seat=seat,
        visitor=_visitor(contact),
        email=contact.email,
        wants_reminder=contact.wants_reminder,
        request=request,
        booked_at=clock.now(),
        nonce=nonce,
        token_hash=codes.stored_hash(codes.token(TOKEN, nonce)),
        code_hash=codes.stored_hash(codes.code(CODE, nonce, CODE_LENGTH)),
    )
    claim.record("booking", booking.pk)
    seats.notify_visitor(booking, "booking_made")
    journal.record("book", "booking", booking.pk, by if by.user else actors.booking(booking.pk), slot=locked.pk)
    return booking


def _cleaned(contact: Contact) -> Contact:
    name = plain_line(contact.name)[:150]
    if not name:
        raise Refused(_("Tulis nama Anda."), field="name")
    phone = plain_line(contact.phone)
    if phone:
        try:
            phone = identifiers.parse_phone(phone)
        except ValueError as error:
            raise Refused(str(error), field="phone") from None
    return Contact(name, phone, contact.email.strip().lower(), contact.wants_reminder)


def _serialise_bookings(phone: str, email: str, request: Request | None) -> None:
    """Make two bookings of one person, or for one request, wait for each other, so that counting them is reliable."""
    keys = {"phone": phone, "email": email, "request": request.pk if request else None}
    with connection.cursor() as cursor:
        for key in sorted(f"{kind}:{value}" for kind, value in keys.items() if value):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"booking:{key}"])


def _check_booking_limit(contact: Contact) -> None:
    same_person = Q()
    if contact.phone:
        same_person |= Q(visitor__phone=contact.phone)
    if contact.email:
        same_person |= Q(email=contact.email)
    if not same_person:
        return
    coming = Booking.objects.filter(same_person, state=State.BOOKED, slot__starts_at__gt=clock.now())
    if coming.count() >= settings.APPOINTMENTS_PER_CONTACT:
        raise Refused(
            _(
                "Nomor HP atau surel ini sudah memegang %(n)d janji. Semuanya tetap berlaku. Pindahkan atau "
                "batalkan salah satu janji lewat tautannya, atau hubungi kami."
            )
            % {"n": settings.APPOINTMENTS_PER_CONTACT},
            field="phone" if contact.phone else "email",
        )


def _check_request(request: Request | None, slot: Slot) -> None:
    if request is None:
        return
    if request.service_id != slot.service_id:
        raise Refused(
            _("Permohonan ini untuk layanan “%(service)s”. Janji belum dibuat. Pilih waktu pada layanan itu.")
            % {"service": request.service.name},
            field="request_number",
        )
    existing = Booking.objects.filter(request=request, state=State.BOOKED).select_related("slot").first()
    if existing is None:
        return
    if existing.slot.ends_at > clock.now():
        when = date_format(clock.local(existing.slot.starts_at), "l, j F Y H.i")
        raise Refused(
            _(
                "Permohonan ini sudah punya janji pada %(when)s WIB. Janji itu tetap berlaku. Pindahkan janji itu "
                "lewat tautannya."
            )
            % {"when": when},
            field="request_number",
        )
    # It was missed; the sweep would mark it within the hour.
    miss(existing)


@part
def miss(booking: Booking) -> None:
    """Mark a booking whose visitor did not come."""
    BOOKING.make(booking, "miss")
    booking.ended_at = clock.now()
    booking.save(update_fields=["state", "ended_at"])


def _visitor(contact: Contact) -> Visitor:
    same_phone = Visitor.objects.filter(phone=contact.phone, name__iexact=contact.name)
    known = same_phone.first() if contact.phone else None
    return known or Visitor.objects.create(name=contact.name, phone=contact.phone)


def _check_may_change(by: Actor) -> None:
    if by.user is not None and not permissions.may_change_bookings(by.user):
        raise NotAllowed(_("Janji dipindah dan dibatalkan oleh pemiliknya atau petugas meja depan."))


def _check_seen_slot(booking: Booking, seen_slot_id: int | None) -> None:
    if seen_slot_id is not None and booking.slot_id != seen_slot_id:
        raise Outdated(_("Janji ini baru saja dipindah dan tetap berlaku. Muat ulang halaman ini."))


def _locked(booking: Booking, *slot_ids: int) -> tuple[Booking, dict[int, Slot]]:
    """Lock a booking, its slot and further slots; slots come first, as everywhere."""
    slot_id = Booking.objects.values_list("slot_id", flat=True).get(pk=booking.pk)
    slots = seats.locked_slots(slot_id, *slot_ids)
    locked = Booking.objects.select_for_update(of=("self",)).select_related("visitor").get(pk=booking.pk)
    if locked.slot_id != slot_id:
        raise Outdated(_("Janji ini baru saja dipindah dan tetap berlaku. Muat ulang halaman ini."))
    locked.slot = slots[slot_id]
    return locked, slots


def _check_coming(booking: Booking) -> None:
    if booking.state == State.CANCELLED:
        raise Outdated(_("Janji ini sudah dibatalkan. Buat janji baru bila perlu."))
    if booking.state == State.ARRIVED:
        raise Outdated(_("Janji ini sudah dipakai karena tamunya sudah datang. Tidak ada yang berubah."))
    if booking.state not in Booking.COMING:
        raise Outdated(_("Janji ini sudah lewat. Buat janji baru bila perlu."))
    if booking.state == State.BOOKED and booking.slot.ends_at <= clock.now():
        raise Outdated(_("Waktu janji ini sudah lewat. Buat janji baru bila perlu."))


@verb
def move_booking(booking: Booking, *, by: Actor, slot_id: int, seen_slot_id: int | None = None) -> Booking:
    """Move a booking to another slot of its service; its address, code and QR code stay the same.

    Moving it to its own slot does nothing. ``seen_slot_id``: the slot that the page showed.

    Allowed: whoever holds its address, as often as ``APPOINTMENT_MOVES`` says, and the desk without such a limit; while
    the booking is still to come, or after the office took its time away.
    Effects: a notice to the visitor; a journal entry.
    Raises: NotAllowed, ``seats.TimeTaken``, Outdated, Refused.
    """
    _check_may_change(by)
    _serialise_bookings("", "", Request.objects.filter(bookings=booking.pk).first())
    locked, slots = _locked(booking, slot_id)
    _check_coming(locked)
    slot = slots.get(slot_id)
    if slot_id == locked.slot_id and locked.state == State.BOOKED:
        return locked
    _check_seen_slot(locked, seen_slot_id)
    if slot is None or slot.service_id != locked.slot.service_id:
        raise Refused(_("Janji belum dipindah. Pilih waktu pada layanan yang sama."))
    if by.user is None and locked.moves >= settings.APPOINTMENT_MOVES and locked.state == State.BOOKED:
        raise Refused(
            _("Janji ini sudah %(n)d kali dipindah dan tetap berlaku. Batalkan janji ini, lalu buat janji baru.")
            % {"n": settings.APPOINTMENT_MOVES}
        )
    if locked.state == State.DISPLACED:
        _check_request(locked.request, slot)
    seat = seats.free_seat(slot)
    BOOKING.make(locked, "move")
    locked.slot, locked.seat, locked.reason = slot, seat, ""
    locked.moves += 1
    locked.reminded_at = locked.lost_seat = None
    locked.save(update_fields=["slot", "seat", "lost_seat", "state", "reason", "moves", "reminded_at"])
    seats.notify_visitor(locked, "booking_moved")
    journal.record("move_booking", "booking", locked.pk, by, slot=slot.pk)
    return locked


@verb
def cancel_booking(booking: Booking, *, by: Actor, seen_slot_id: int | None = None) -> Booking:
    """Cancel a booking and free its seat. ``seen_slot_id``: the slot that the page showed.

    Allowed: as ``move_booking``.
    Effects: a notice to the visitor; a journal entry.
    Raises: NotAllowed, Outdated.
    """
    _check_may_change(by)
    locked, _slots = _locked(booking)
    _check_coming(locked)
    _check_seen_slot(locked, seen_slot_id)
    BOOKING.make(locked, "cancel")
    locked.seat, locked.lost_seat, locked.ended_at = None, None, clock.now()
    locked.save(update_fields=["state", "seat", "lost_seat", "ended_at"])
    seats.notify_visitor(locked, "booking_cancelled")
    journal.record("cancel_booking", "booking", locked.pk, by)
    return locked
