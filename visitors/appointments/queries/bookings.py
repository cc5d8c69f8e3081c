"""Expected visitors with appointments, for the desk and administrators."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Min, QuerySet

from ula_portal.core import clock
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import Location, User
from ula_portal.core.security import codes
from visitors import permissions
from visitors.models import Booking, Counter, Slot, SlotPlan, Visitor

State = Booking.State
LIST_LIMIT = 60


@dataclass(frozen=True)
class Closed:
    """A period of a day that was closed by hand, its reason, and its number of slots."""

    reason: str
    from_at: datetime.datetime
    to_at: datetime.datetime
    slots: int


def _span(day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    start = datetime.datetime.combine(day, datetime.time.min, clock.OFFICE_ZONE)
    return start, start + datetime.timedelta(days=1)


def _on(location: Location, day: datetime.date) -> QuerySet[Booking]:
    start, end = _span(day)
    return Booking.objects.filter(slot__location=location, slot__starts_at__gte=start, slot__starts_at__lt=end)


def _with_related(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related("slot__service", "slot__location", "visitor", "request")


def places_of_bookings() -> list[Location]:
    """Locations that receive visitors, by appointment or at a counter, by name. One query."""
    planned = SlotPlan.objects.values("location_id").union(Counter.objects.filter(active=True).values("location_id"))
    return list(Location.objects.filter(pk__in=planned))


def bookings_of_day(
    user: User, location: Location, day: datetime.date, cursor: str | None = None, size: int = 50
) -> Page[Booking]:
    """A page of a day's bookings, in the order of their times, whether their visitors came or not. One query.

    Empty for users who may not see bookings.
    """
    if not permissions.may_see_bookings(user):
        return Page([], None, None)
    rows = _with_related(_on(location, day).filter(state__in=Booking.SEATED))
    return paginate(rows, [("slot__starts_at", False), ("pk", False)], cursor, size)


def tally_of_day(user: User, location: Location, day: datetime.date) -> dict[str, int]:
    """The number of a day's bookings in each state; empty for users who may not see them. One query."""
    if not permissions.may_see_bookings(user):
        return {}
    return dict(_on(location, day).order_by().values_list("state").annotate(Count("pk")))


def next_of_day(user: User, location: Location, day: datetime.date, limit: int) -> list[Booking]:
    """The first bookings of a day whose visitors have not come yet. One query; none for users who may not see them."""
    if not permissions.may_see_bookings(user):
        return []
    coming = _with_related(_on(location, day).filter(state=State.BOOKED))
    return list(coming.order_by("slot__starts_at", "pk")[:limit])


def displaced_of_day(user: User, location: Location, day: datetime.date) -> list[Booking]:
    """Bookings of a day whose time the office took away and that have not been moved yet, at most LIST_LIMIT. One
    query.
    """
    if not permissions.may_see_bookings(user):
        return []
    lost = _with_related(_on(location, day).filter(state=State.DISPLACED)).select_related("displaced_notice")
    return list(lost.order_by("slot__starts_at", "pk")[:LIST_LIMIT])


def closed_on(location: Location, day: datetime.date) -> list[Closed]:
    """The periods of a day that were closed by hand, by reason. One query."""
    start, end = _span(day)
    slots = Slot.objects.filter(
        location=location, starts_at__gte=start, starts_at__lt=end, state=Slot.State.CLOSED
    ).values("closed_reason")
    rows = slots.annotate(from_at=Min("starts_at"), to_at=Max("ends_at"), slots=Count("pk")).order_by("from_at")
    return [Closed(row["closed_reason"], row["from_at"], row["to_at"], row["slots"]) for row in rows]


def booking_for_staff(user: User, pk: int) -> Booking | None:
    """A booking by its id, for users who may see bookings. One query."""
    return _with_related(Booking.objects.filter(pk=pk)).first() if permissions.may_see_bookings(user) else None


def expected_today(location: Location, visitors: Iterable[Visitor]) -> list[Booking]:
    """Today's bookings of these visitors at a location, displaced ones included. One query.

    The caller has checked the permission.
    """
    rows = _on(location, clock.today()).filter(state__in=(*Booking.SEATED, State.DISPLACED), visitor__in=visitors)
    return list(_with_related(rows).order_by("slot__starts_at", "pk")[:LIST_LIMIT])


def expected_by_token(token: str) -> list[Booking]:
    """The booking whose QR code was scanned, whatever its day. One query.

    The caller has checked the permission.
    """
    return list(_with_related(Booking.objects.filter(token_hash=codes.stored_hash(token))))
