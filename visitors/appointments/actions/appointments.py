"""Booking a time, moving it, cancelling it: what a visitor does without an account, or the desk for them."""

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.models import Request
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor, staff
from ula_portal.core.models import User
from ula_portal.core.notices import mail
from ula_portal.core.security import codes
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.models import Booking, Slot, Visitor
from visitors.states import BOOKING

from ..queries.appointments import CODE, CODE_LENGTH, TOKEN
from . import seats

State = Booking.State


@transaction.atomic
def book(
    slot_id: int,
    *,
    name: str,
    phone: str = "",
    email: str = "",
    wants_reminder: bool = False,
    request: Request | None = None,
    idempotency_key: str = "",
) -> Booking:
    """Take a seat in a slot. Anybody may; ``request`` is one whose number and code the caller has checked.

    A reminder needs an e-mail address (where the portal sends mail) or a phone. Two people who take the last seat at
    once: one of them gets it.
    Called again with the same key it returns what the first call made. Raises ``seats.TimeTaken`` when no seat is left,
    Refused with the form field that has to be mended.
    """
    claim = idempotency.claim("booking", idempotency_key)
    if earlier := claim.earlier(Booking.objects.select_related("slot")):
        return earlier
    name, phone, email = _clean_contact(name, phone, email)
    if wants_reminder and not (phone or mail.reachable(email)):
        words = _("Tulis nomor HP atau surel, supaya kami dapat mengingatkan Anda.")
        if not mail.is_sent():
            words = _("Tulis nomor HP, supaya kami dapat mengingatkan Anda.")
        raise Refused(words, field="phone")
    _serialise_bookings(phone, email, request)
    _check_booking_limit(phone, email)
    slot = seats.locked_slots(slot_id).get(slot_id)
    seat = seats.free_seat(slot)
    assert slot is not None, "one that is not there has no free seat"
    _check_request(request, slot)
    nonce = codes.new_nonce()
    booking = Booking.objects.create(
        slot=slot,
        seat=seat,
        visitor=_visitor(name, phone),
        email=email,
        wants_reminder=wants_reminder,
        request=request,
        booked_at=clock.now(),
        nonce=nonce,
        token_hash=codes.stored_hash(codes.token(TOKEN, nonce)),
        code_hash=codes.stored_hash(codes.code(CODE, nonce, CODE_LENGTH)),
    )
    claim.record("booking", booking.pk)
    seats.notify_visitor(booking, "booking_made")
    journal.record("book", "booking", booking.pk, _actor(booking), slot=slot.pk)
    return booking


def _clean_contact(name: str, phone: str, email: str) -> tuple[str, str, str]:
    name = plain_line(name)[:150]
    if not name:
        raise Refused(_("Tulis nama Anda."), field="name")
    phone = plain_line(phone)
    if phone:
        try:
            phone = identifiers.parse_phone(phone)
        except ValueError as error:
            raise Refused(str(error), field="phone") from None
    return name, phone, email.strip().lower()


def _serialise_bookings(phone: str, email: str, request: Request | None) -> None:
    """Two bookings of one person, or for one request, wait for each other: what is counted stays true."""
    keys = {"phone": phone, "email": email, "request": request.pk if request else None}
    with connection.cursor() as cursor:
        for key in sorted(f"{kind}:{what}" for kind, what in keys.items() if what):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"booking:{key}"])


def _check_booking_limit(phone: str, email: str) -> None:
    same = Q()
    if phone:
        same |= Q(visitor__phone=phone)
    if email:
        same |= Q(email=email)
    if not same:
        return
    coming = Booking.objects.filter(same, state=State.BOOKED, slot__starts_at__gt=clock.now())
    if coming.count() >= settings.APPOINTMENTS_PER_CONTACT:
        raise Refused(
            _(
                "Nomor HP atau surel ini sudah memegang %(n)d janji. Pindahkan atau batalkan salah satunya lewat "
                "tautannya, atau hubungi kantor."
            )
            % {"n": settings.APPOINTMENTS_PER_CONTACT},
            field="phone" if phone else "email",
        )


def _check_request(request: Request | None, slot: Slot) -> None:
    if request is None:
        return
    if request.service_id != slot.service_id:
        raise Refused(
            _("Permohonan ini untuk layanan “%(service)s”. Pilih waktu pada layanan itu.")
            % {"service": request.service.name},
            field="request_number",
        )
    held = Booking.objects.filter(request=request, state=State.BOOKED).select_related("slot").first()
    if held is None:
        return
    if held.slot.ends_at > clock.now():
        when = date_format(clock.local(held.slot.starts_at), "l, j F Y H.i")
        raise Refused(
            _("Permohonan ini sudah punya janji: %(when)s WIB. Pindahkan janji itu lewat tautannya.") % {"when": when},
            field="request_number",
        )
    # Past and not come; the sweep would say so within the hour.
    miss(held)


def miss(booking: Booking) -> None:
    """A booking whose time went by without its visitor."""
    BOOKING.make(booking, "miss")
    booking.ended_at = clock.now()
    booking.save(update_fields=["state", "ended_at"])


def _visitor(name: str, phone: str) -> Visitor:
    known = Visitor.objects.filter(phone=phone, name__iexact=name).first() if phone else None
    return known or Visitor.objects.create(name=name, phone=phone)


def _actor(booking: Booking, user: User | None = None) -> Actor:
    """Whoever holds the booking's address (no account, no name), or the member of staff who acts for them."""
    return staff(user) if user else Actor("booking", str(booking.pk))


def _check_may_change(user: User | None) -> None:
    if user is not None and not permissions.may_change_bookings(user):
        raise NotAllowed(_("Janji dipindah dan dibatalkan oleh pemiliknya atau petugas meja depan."))


def _check_seen(booking: Booking, seen: int | None) -> None:
    if seen is not None and booking.slot_id != seen:
        raise Outdated(_("Janji ini baru saja dipindah. Muat ulang halamannya."))


def _locked(booking_id: int, *slot_ids: int) -> tuple[Booking, dict[int, Slot]]:
    """The booking with the slots it is about, all locked: slots first, as everywhere."""
    slot_id = Booking.objects.values_list("slot_id", flat=True).get(pk=booking_id)
    slots = seats.locked_slots(slot_id, *slot_ids)
    booking = Booking.objects.select_for_update(of=("self",)).select_related("visitor").get(pk=booking_id)
    if booking.slot_id != slot_id:
        raise Outdated(_("Janji ini baru saja dipindah. Muat ulang halamannya."))
    booking.slot = slots[slot_id]
    return booking, slots


def _check_coming(booking: Booking) -> None:
    if booking.state == State.CANCELLED:
        raise Outdated(_("Janji ini sudah dibatalkan."))
    if booking.state == State.ARRIVED:
        raise Outdated(_("Janji ini sudah dipakai: tamunya sudah datang."))
    if booking.state not in Booking.COMING:
        raise Outdated(_("Janji ini sudah lewat."))
    if booking.state == State.BOOKED and booking.slot.ends_at <= clock.now():
        raise Outdated(_("Waktu janji ini sudah lewat."))


@transaction.atomic
def move_booking(booking_id: int, slot_id: int, *, user: User | None = None, seen: int | None = None) -> Booking:
    """Move a booking to another slot of its service; its address, code and QR stay the same.

    Whoever holds its address may, while it is coming or after the office took its time away; so may the desk (``user``)
    for somebody who calls, however often. Moving it to where it is changes nothing. ``seen``: the slot it was in when
    the person looked. Raises NotAllowed, ``seats.TimeTaken``, Outdated, Refused.
    """
    _check_may_change(user)
    _serialise_bookings("", "", Request.objects.filter(bookings=booking_id).first())
    booking, slots = _locked(booking_id, slot_id)
    _check_coming(booking)
    slot = slots.get(slot_id)
    if slot_id == booking.slot_id and booking.state == State.BOOKED:
        return booking
    _check_seen(booking, seen)
    if slot is None or slot.service_id != booking.slot.service_id:
        raise Refused(_("Pilih waktu pada layanan yang sama."))
    if user is None and booking.moves >= settings.APPOINTMENT_MOVES and booking.state == State.BOOKED:
        raise Refused(
            _("Janji ini sudah %(n)d kali dipindah. Batalkan, lalu buat yang baru.") % {"n": settings.APPOINTMENT_MOVES}
        )
    if booking.state == State.DISPLACED:
        _check_request(booking.request, slot)
    seat = seats.free_seat(slot)
    BOOKING.make(booking, "move")
    booking.slot, booking.seat, booking.reason = slot, seat, ""
    booking.moves += 1
    booking.reminded_at = booking.lost_seat = None
    booking.save(update_fields=["slot", "seat", "lost_seat", "state", "reason", "moves", "reminded_at"])
    seats.notify_visitor(booking, "booking_moved")
    journal.record("move_booking", "booking", booking.pk, _actor(booking, user), slot=slot.pk)
    return booking


@transaction.atomic
def cancel_booking(booking_id: int, *, user: User | None = None, seen: int | None = None) -> Booking:
    """Give a seat back. May and ``seen``: as ``move_booking``. Raises NotAllowed, Outdated."""
    _check_may_change(user)
    booking, _slots = _locked(booking_id)
    _check_coming(booking)
    _check_seen(booking, seen)
    BOOKING.make(booking, "cancel")
    booking.seat, booking.lost_seat, booking.ended_at = None, None, clock.now()
    booking.save(update_fields=["state", "seat", "lost_seat", "ended_at"])
    seats.notify_visitor(booking, "booking_cancelled")
    journal.record("cancel_booking", "booking", booking.pk, _actor(booking, user))
    return booking
