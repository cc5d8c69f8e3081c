"""Appointments as the public sees them: free times, and one's own booking by its secret."""

import datetime
from dataclasses import dataclass, field
from typing import TypedDict

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django_stubs_ext import WithAnnotations

from services.catalogue.queries.catalogue import published_services
from services.models import Service
from ula_portal.core import clock
from ula_portal.core.models import Location
from ula_portal.core.security import codes
from visitors.models import Booking, Slot

# How long before their time visitors are asked to come.
COME_EARLY = datetime.timedelta(minutes=10)
TOKEN, CODE, CODE_LENGTH = "booking", "booking-code", 12
OTHERS_SHOWN = 4


def _soonest() -> datetime.datetime:
    """The earliest start of a slot that can still be booked."""
    return clock.now() + datetime.timedelta(minutes=settings.APPOINTMENT_NOTICE_MINUTES)


@dataclass(frozen=True)
class Time:
    """A slot as it is offered; ``free``: its free seats, 0 for a full one."""

    slot: Slot
    free: int


@dataclass
class Day:
    """A day with slots."""

    date: datetime.date
    times: list[Time] = field(default_factory=list)

    @property
    def free(self) -> int:
        return sum(time.free for time in self.times)

    def by_location(self) -> list[tuple[Location, list[Time]]]:
        """The day's times by location, sorted by the location's name."""
        places: dict[int, tuple[Location, list[Time]]] = {}
        for time in self.times:
            places.setdefault(time.slot.location_id, (time.slot.location, []))[1].append(time)
        return sorted(places.values(), key=lambda pair: pair[0].name)


def takes_appointments(service: Service) -> bool:
    return "appointment" in service.channels and service.state == Service.State.PUBLISHED


def may_be_booked(slot: Slot) -> bool:
    """Whether the slot (with its service) accepts bookings now, even if it is full."""
    return slot.state == Slot.State.OPEN and slot.starts_at > _soonest() and takes_appointments(slot.service)


class Taken(TypedDict):
    """``taken``: the number of booked seats."""

    taken: int


def _offered() -> "QuerySet[WithAnnotations[Slot, Taken]]":
    """Open slots that can still be booked."""
    taken = Count("bookings", filter=Q(bookings__seat__isnull=False))
    return Slot.objects.filter(state=Slot.State.OPEN, starts_at__gt=_soonest()).annotate(taken=taken)


def services_to_book() -> list[Service]:
    """Services with an open slot that the public may book, by name. One query."""
    slots = Slot.objects.filter(service_id=OuterRef("pk"), state=Slot.State.OPEN, starts_at__gt=_soonest())
    services = published_services().filter(channels__contains=["appointment"])
    return list(services.filter(Exists(slots)).order_by("name", "pk"))


def service_to_book(slug: str) -> Service | None:
    """A service that takes appointments, by its slug; it may have no open slot at present."""
    return published_services().filter(channels__contains=["appointment"], slug=slug).first()


def days_of(service: Service) -> list[Day]:
    """The days on which the service has open slots, full ones included, in order. One query."""
    slots = _offered().filter(service=service).select_related("location", "service").order_by("starts_at", "pk")
    days: dict[datetime.date, Day] = {}
    for slot in slots:
        date = clock.local(slot.starts_at).date()
        days.setdefault(date, Day(date)).times.append(Time(slot, max(slot.capacity - slot.taken, 0)))
    return list(days.values())


def slot_offered(pk: int) -> Slot | None:
    """A slot of a bookable service with service and location, in any state; None for an unknown one."""
    slots = Slot.objects.select_related("service", "location")
    return slots.filter(pk=pk, service__in=published_services().filter(channels__contains=["appointment"])).first()


def is_free(slot: Slot) -> bool:
    """Whether the slot still has a free seat. One query."""
    return may_be_booked(slot) and slot.bookings.filter(seat__isnull=False).count() < slot.capacity


def nearest_free(slot: Slot, limit: int = OTHERS_SHOWN) -> list[Slot]:
    """Free slots of the same service nearest to a slot's time, those at the same location first. One query."""
    others = [
        other
        for other in _offered().filter(service_id=slot.service_id).exclude(pk=slot.pk).select_related("location")
        if other.taken < other.capacity
    ]
    others.sort(
        key=lambda other: (other.location_id != slot.location_id, abs(other.starts_at - slot.starts_at), other.pk)
    )
    return sorted(others[:limit], key=lambda other: (other.starts_at, other.pk))


def booking_token(booking: Booking) -> str:
    """The secret part of the booking's address."""
    return codes.token(TOKEN, booking.nonce)


def booking_code(booking: Booking) -> str:
    """The code that opens the booking on another device, in groups of four; long, because no number goes with it."""
    code = codes.code(CODE, booking.nonce, CODE_LENGTH)
    return " ".join(code[n : n + 4] for n in range(0, CODE_LENGTH, 4))


def _with_related() -> QuerySet[Booking]:
    return Booking.objects.select_related("slot__service", "slot__location", "visitor", "request")


def booking_by_token(token: str) -> Booking | None:
    """A booking by the secret part of its address. One query."""
    return _with_related().filter(token_hash=codes.stored_hash(token)).first()


def booking_by_code(code: str) -> Booking | None:
    """A booking by its code as people type it. The caller limits the number of attempts."""
    return _with_related().filter(code_hash=codes.stored_hash(codes.normalise(code))).first()
