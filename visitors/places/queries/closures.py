"""Sudden closures: which is in force, what one affects, and whether numbers are issued now."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays
from ula_portal.core.models import Location
from visitors.models import Booking, Closure, Counter, Slot, Ticket


def closure_in_force(moment: datetime.datetime, closure: str = "") -> Q:
    """The condition for closures in force at a moment. ``closure``: prefix of their fields, such as ``closures__``."""
    stopped = {f"{closure}closed_at__lte": moment, f"{closure}until__gt": moment}
    reopened = Q(**{f"{closure}reopened_at__isnull": True}) | Q(**{f"{closure}reopened_at__gt": moment})
    return Q(**stopped) & reopened


def with_closure(locations: QuerySet[Location], moment: datetime.datetime) -> QuerySet[Location]:
    """Locations with the closure in force there at a moment (there is at most one), for ``closure_of``."""
    stopped = FilteredRelation("closures", condition=closure_in_force(moment, "closures__"))
    # The mypy plugin does not know FilteredRelation; the same below.
    return locations.annotate(stopped=stopped).select_related("stopped")  # type: ignore[misc]


def with_closure_of_location(tickets: QuerySet[Ticket], moment: datetime.datetime) -> QuerySet[Ticket]:
    """Tickets with the closure in force at their location, for ``closure_of``."""
    stopped = FilteredRelation("location__closures", condition=closure_in_force(moment, "location__closures__"))
    return tickets.annotate(stopped=stopped).select_related("stopped")  # type: ignore[misc]


def closure_of(place: Location | Ticket) -> Closure | None:
    """The closure fetched by ``with_closure`` or ``with_closure_of_location``, or None. No query."""
    # Django sets no attribute when there is no closure.
    return getattr(place, "stopped", None)


def closure_at(location_id: int, moment: datetime.datetime | None = None) -> Closure | None:
    """The closure of a location that is in force, or None. One query."""
    return Closure.objects.filter(closure_in_force(moment or clock.now()), location_id=location_id).first()


def closure_by_id(pk: int) -> Closure | None:
    """A closure, in force or not; None for an unknown id. One query."""
    return Closure.objects.filter(pk=pk).first()


def end_of_service(now: datetime.datetime) -> datetime.datetime:
    """The end of today's service, or else of the day, so that a closure never goes on unnoticed overnight."""
    hours = workdays.service_hours(clock.local(now).date())
    if hours is not None and now < hours.closes:
        return hours.closes
    return clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)


def slots_within(location: Location, first: datetime.datetime, last: datetime.datetime) -> QuerySet[Slot]:
    """Slots that have not ended and overlap the time from ``first`` to ``last``, ordered by id."""
    still = Slot.objects.filter(location=location, starts_at__lt=last, ends_at__gt=max(first, clock.now()))
    return still.order_by("pk")


def bookings_in(slots: Iterable[Slot]) -> QuerySet[Booking]:
    """Bookings that would lose their seats if these slots closed: those still to come."""
    return Booking.objects.filter(slot__in=slots, state=Booking.State.BOOKED, slot__ends_at__gt=clock.now())


@dataclass(frozen=True)
class ClosureImpact:
    """What a closure affects: bookings, those of them without an e-mail address (``unmailed``), and tickets.

    ``tickets``: today's that wait or are at a counter; they stay valid.
    """

    bookings: int
    unmailed: int
    tickets: int


def impact_of_closing(location: Location, first: datetime.datetime, last: datetime.datetime) -> ClosureImpact:
    """What closing a location for a period would affect, by the query that displaces bookings. Two queries."""
    found = bookings_in(slots_within(location, first, last)).aggregate(
        bookings=Count("pk"), unmailed=Count("pk", filter=Q(email=""))
    )
    now = clock.now()
    waiting = Ticket.objects.filter(location=location, day=clock.local(now).date(), state__in=Ticket.LIVE_STATES)
    return ClosureImpact(**found, tickets=waiting.count() if first <= now < last else 0)


def impact_of_closure(closure: Closure) -> ClosureImpact:
    """What a closure has displaced and not given back yet. One query."""
    lost = Booking.objects.filter(slot__closure=closure, state=Booking.State.DISPLACED)
    return ClosureImpact(**lost.aggregate(bookings=Count("pk"), unmailed=Count("pk", filter=Q(email=""))), tickets=0)


def words_of_closure(closure: Closure, local: datetime.datetime, *, titled: bool = False) -> str:
    """The sentences for the waiting room. ``local``: now, in the office's time zone; ``titled``: below a title that
    already says that service is stopped."""
    until = clock.local(closure.until)
    hours = workdays.service_hours(local.date())
    lead = _("Pelayanan dihentikan sementara")
    if until.date() != local.date():
        lead, follows = _("Pelayanan dihentikan"), _("Hari ini tidak dilanjutkan. Petugas akan memberi penjelasan.")
    elif hours is not None and until >= hours.closes:
        # The end is unknown, and nothing goes on after the end of service.
        follows = _("Belum pasti kapan dilanjutkan. Nomor Anda tetap berlaku.")
    else:
        follows = _("Dilanjutkan pukul %(time)s WIB. Nomor Anda tetap berlaku.") % {"time": date_format(until, "H.i")}
    reason = closure.reason.rstrip(".")
    return f"{capfirst(reason)}. {follows}" if titled else f"{lead}: {reason}. {follows}"


def last_ticket_passed(moment: datetime.datetime) -> bool:
    """Whether no more numbers are issued today because of the hour, or because there is no service."""
    local = clock.local(moment)
    hours = workdays.service_hours(local.date())
    return hours is None or local >= hours.last_ticket


def locations() -> list[Location]:
    """Locations with an active counter, by name, ready for ``closure_of`` and ``queue_at``."""
    places = Location.objects.filter(pk__in=Counter.objects.filter(active=True).values("location_id"))
    places = places.select_related("queue_rule")
    return list(with_closure(places, clock.now()))


def notice_at(
    moment: datetime.datetime, counters_open: bool, closure: Closure | None = None, *, titled: bool = False
) -> str:
    """The sentence for the waiting room about a closure, a break, or closed counters; "" when there is nothing to say.

    ``closure``: the one in force at the location, from ``closure_at``; ``titled``: as for ``words_of_closure``.
    """
    local = clock.local(moment)
    if closure is not None:
        return words_of_closure(closure, local, titled=titled)
    hours = workdays.service_hours(local.date())
    if hours is None:
        return "" if counters_open else _("Hari ini tidak ada pelayanan.")
    if gap := hours.break_at(local):
        words = {"time": date_format(clock.local(gap[1]), "H.i")}
        if local.weekday() == 4:
            return (
                _("Istirahat dan salat Jumat. Pelayanan dilanjutkan pukul %(time)s WIB. Nomor Anda tetap berlaku.")
                % words
            )
        return _("Istirahat. Pelayanan dilanjutkan pukul %(time)s WIB. Nomor Anda tetap berlaku.") % words
    if local < hours.opens and not counters_open:
        return _("Pelayanan dibuka pukul %(time)s WIB.") % {"time": date_format(hours.opens, "H.i")}
    if local >= hours.closes and not counters_open:
        return _("Pelayanan hari ini sudah selesai.")
    return ""
