"""What the front desk looks up: visitors, requests, today's tickets, expected appointments."""

import datetime
import re
from dataclasses import dataclass, field
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django_stubs_ext import WithAnnotations

from services.applying import queries as applying
from services.catalogue.queries.catalogue import services_for_desk
from services.letters.queries import letter_for_applicant
from services.models import Request, Service
from services.papers.queries.slots import DocumentSlot, missing_documents
from services.tracking.queries import tracking
from ula_portal.core import clock, identifiers
from ula_portal.core.data.process_cache import AlignedProcessCache
from ula_portal.core.models import Location, Position, User
from ula_portal.core.office.queries import is_held, names_in_office
from ula_portal.core.security import codes
from visitors import permissions, states
from visitors.appointments.queries.bookings import expected_by_token, expected_today
from visitors.models import Booking, Counter, Ticket, TicketPrinter, Visit, Visitor
from visitors.queue.queries.waiting import QueuePosition, queue_at

SHOWN = 8
# Services offered as chips, and the days whose visits decide which ones.
CHIPS, _CHIP_DAYS = 4, 30
_frequent_cache: AlignedProcessCache[list[int]] = AlignedProcessCache(3600)
LIST_LIMIT = 60

_TICKET = re.compile(r"([A-HJ-NPR-Z])-?(\d{1,4})", re.IGNORECASE)
_REQUEST = re.compile(r"[A-Z]{2,10}[-/ ]?\d{4}[-/ ]?\d{1,9}", re.IGNORECASE)
_TRACKING = re.compile(r"/lacak/([A-Za-z0-9_-]{20,100})")
_OWN_BOOKING = re.compile(r"/janji-temu/([A-Za-z0-9_-]{20,100})")
_OWN_TICKET = re.compile(r"/antrean/tiket/([A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True)
class FoundRequest:
    """A request as the desk sees it: missing documents, and whether a letter can be collected."""

    request: Request
    missing: list[DocumentSlot]
    letter_ready: bool


@dataclass(frozen=True)
class DeskSearch:
    """What was found for the search text (``typed``), which was taken for a ``kind``."""

    typed: str
    kind: str
    visitors: list[Visitor] = field(default_factory=list)
    requests: list[FoundRequest] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    # By a scanned code those of any day; by name or phone only today's.
    bookings: list[Booking] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not (self.visitors or self.requests or self.tickets or self.bookings)

    @property
    def only_visitor(self) -> bool:
        """Whether one known visitor was found and nothing else, so that the desk need not choose."""
        return len(self.visitors) == 1 and not self.bookings


def find_for_desk(user: User, location: Location, typed: str) -> DeskSearch:
    """Look up typed or scanned text: a secret address, a request or ticket number, a phone number, a name.

    Visitors are found with their appointments. Only for users who may check visitors in; others find nothing. Three
    queries, a few more for a request.
    """
    typed = " ".join(typed.split())[:200]
    if not typed or not permissions.may_check_in(user):
        return DeskSearch(typed, "nothing")
    if match := _TRACKING.search(typed):
        return _requests(typed, applying.request_by_token(match[1]))
    if match := _OWN_BOOKING.search(typed):
        return DeskSearch(typed, "booking", bookings=expected_by_token(match[1]))
    if match := _OWN_TICKET.search(typed):
        return DeskSearch(typed, "ticket", tickets=_tickets(location, token_hash=codes.stored_hash(match[1])))
    if match := _TICKET.fullmatch(typed):
        found = _tickets(location, letter=match[1].upper(), number=int(match[2]))
        return DeskSearch(typed.upper(), "ticket", tickets=found)
    if _REQUEST.fullmatch(typed) or (typed.isdecimal() and len(typed) < 8):
        return _requests(typed, tracking.request_by_number_for_desk(user, typed))
    try:
        phone = identifiers.parse_phone(typed)
    except ValueError:
        # A shorter text would match nearly everybody.
        people = Visitor.objects.filter(name__icontains=typed) if len(typed) > 2 else Visitor.objects.none()
        return _people(typed, "name", location, list(people.order_by("name", "-pk")[:SHOWN]))
    people = Visitor.objects.filter(phone=phone).order_by("-pk")
    return _people(typed, "phone", location, list(people[:SHOWN]))


def _people(typed: str, kind: str, location: Location, visitors: list[Visitor]) -> DeskSearch:
    expected = expected_today(location, visitors) if visitors else []
    return DeskSearch(typed, kind, visitors=visitors, bookings=expected)


def _requests(typed: str, request: Request | None) -> DeskSearch:
    if request is None:
        return DeskSearch(typed, "request")
    missing = missing_documents(request) if request.is_open else []
    return DeskSearch(
        typed, "request", requests=[FoundRequest(request, missing, letter_for_applicant(request) is not None)]
    )


def request_for_desk(user: User, number: str) -> FoundRequest | None:
    """A submitted request by its number, with its missing documents, for users who may check visitors in."""
    request = tracking.request_by_number_for_desk(user, number) if permissions.may_check_in(user) else None
    return _requests(number, request).requests[0] if request else None


def _tickets(location: Location, **which: str | int) -> list[Ticket]:
    found = Ticket.objects.filter(location=location, day=clock.today()).filter(**which)
    return list(found.select_related("visit__visitor", "service"))


def visitor_for_desk(user: User, pk: int) -> Visitor | None:
    """A known visitor, for users who may check visitors in."""
    return Visitor.objects.filter(pk=pk).first() if permissions.may_check_in(user) else None


@dataclass(frozen=True)
class NumbersToday:
    """``waiting``: tickets with their ``QueuePosition``, in the likely order of the calls; ``others``: newest first."""

    waiting: list[tuple[Ticket, QueuePosition]] = field(default_factory=list)
    others: list[Ticket] = field(default_factory=list)

    def last_of(self, user: User, pk: int | None = None) -> tuple[Ticket | None, QueuePosition | None]:
        """The ticket ``pk``, or else the newest one for a visitor whom this user checked in. No query.

        With its position while it waits.
        """
        listed = [*self.waiting, *((ticket, None) for ticket in self.others)]
        own = [pair for pair in listed if pair[0].pk == pk or (not pk and pair[0].visit.checked_in_by_id == user.pk)]
        return max(own, key=lambda pair: (pair[0].issued_at, pair[0].pk), default=(None, None))


def numbers_today(user: User, location: Location) -> NumbersToday:
    """Today's tickets: all that wait, and the newest 60 of the others, with visitors' names. Two queries.

    Empty for users who may not check visitors in. ``location``: from ``locations``.
    """
    if not permissions.may_check_in(user):
        return NumbersToday()
    newest = Ticket.objects.filter(location=location, day=clock.today()).order_by("-issued_at", "-pk")
    listed = Q(pk__in=newest.values("pk")[:LIST_LIMIT])
    queue = queue_at(location, extra_tickets=listed, related=("visit__visitor", "service", "target"))
    positions = queue.positions
    order = [*queue.callable, *(ticket for ticket in queue.waiting if not positions[ticket.pk].calling)]
    others = [ticket for ticket in queue.tickets if ticket.pk not in positions]
    others.sort(key=lambda ticket: (ticket.issued_at, ticket.pk), reverse=True)
    return NumbersToday([(ticket, positions[ticket.pk]) for ticket in order], others[:LIST_LIMIT])


def just_left(user: User, pk: int | None) -> Visit | None:
    """A visit that ended within the last minute, with its visitor and tickets; no query without ``pk``."""
    if pk is None or not permissions.may_check_in(user):
        return None
    ended = Visit.objects.filter(pk=pk, left_at__gte=clock.now() - states.UNDO_WITHIN)
    return ended.select_related("visitor").prefetch_related("tickets").first()


def visit_to_correct(user: User, pk: int | None) -> Visit | None:
    """A visit that has not ended, with its visitor; no query without ``pk``."""
    if not pk or not permissions.may_check_in(user):
        return None
    return Visit.objects.filter(pk=pk, left_at__isnull=True).select_related("visitor").first()


def visit_for_desk(user: User, pk: int) -> Visit | None:
    """A visit by its id, for users who may check visitors in. One query."""
    return Visit.objects.filter(pk=pk).first() if permissions.may_check_in(user) else None


def visit_for_badge(user: User, pk: int) -> Visit | None:
    """A visit that has not ended, for users who may check visitors in."""
    if not permissions.may_check_in(user):
        return None
    inside_now = Visit.objects.filter(pk=pk, left_at__isnull=True)
    return inside_now.select_related("visitor", "host", "service", "location").first()


def ticket_for_desk(user: User, pk: int) -> Ticket | None:
    """A ticket with what its slip shows, for users who may check visitors in. One query."""
    if not permissions.may_check_in(user):
        return None
    return Ticket.objects.filter(pk=pk).select_related("service", "location", "visit", "target").first()


def printer_at(location_id: int) -> TicketPrinter | None:
    """The ticket printer in use at a location, or None. One query."""
    return TicketPrinter.objects.filter(location_id=location_id, active=True).first()


def services_to_choose() -> QuerySet[Service]:
    """Services offered at counters, by name; those that make no request (meeting an official) come last."""
    return services_for_desk().order_by("kind", "name")


def frequent_services(location_id: int) -> list[int]:
    """Ids of the four services that visitors of a location came for most often in the last 30 days.

    Cached for an hour; one query when it is read. Empty in a new office.
    """

    def read(until: datetime.datetime) -> list[int]:
        since = until - datetime.timedelta(days=_CHIP_DAYS)
        visits = Visit.objects.filter(location=location_id, checked_in_at__range=(since, until))
        visits = visits.filter(purpose=Visit.Purpose.SERVICE, service__isnull=False)
        counted = visits.values("service").annotate(visits=Count("pk")).order_by("-visits", "service")
        return list(counted.values_list("service", flat=True)[:CHIPS])

    return _frequent_cache.get(location_id, read)


class Host(TypedDict):
    """``is_there``: whether somebody holds the position here today, as holder or stand-in; ``names``: the holders'
    names.
    """

    has_room: bool
    is_there: bool
    names: list[str]


def hosts_to_choose() -> "QuerySet[WithAnnotations[Position, Host]]":
    """Positions that visitors ask for: those with a room first, then those that lead a unit."""
    rooms = Counter.objects.filter(kind=Counter.Kind.ROOM, active=True, position_id=OuterRef("pk"))
    today = clock.today()
    positions = Position.objects.annotate(has_room=Exists(rooms), is_there=is_held(today), names=names_in_office(today))
    return positions.order_by("-has_room", "-heads_unit", "name")
