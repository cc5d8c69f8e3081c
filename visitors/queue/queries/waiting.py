"""Who waits at a location, whom a counter can call now, and in which order.

The public load, the display, the visitor's own page, the counter's list and the desk's list all use this module; none
of them reads waiting tickets itself. It repeats the rule of ``visitors_call_next`` in Python, and
``tests/visitors/queue/test_queue_machine.py`` holds the two together.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays
from ula_portal.core.models import Location
from ula_portal.core.text.badges import Badge
from visitors.models import QueueRule, Ticket
from visitors.places.queries.service_points import ServicePoint, TicketLike, own_rule, points_at

from .. import fairness


@dataclass(frozen=True)
class QueuePosition:
    """A ticket's position: ``ahead`` visitors come before it; ``calling`` counters may call it now.

    ``seated``: the best session state of the counters that may call it ("open", "paused", or "" when nobody works at
    one); ``room``: it was transferred to an active room.
    """

    ahead: int
    calling: int
    seated: str
    room: bool = False

    @property
    def badge(self) -> Badge | None:
        """Why no counter can call it now; None when one can."""
        if self.calling:
            return None
        if self.seated == "paused":
            return Badge("warn", _("Loketnya sedang jeda"), "pause")
        if self.room:
            return Badge("neutral", _("Ruangnya belum dibuka"), "clock")
        return Badge("warn", _("Belum ada loket yang memanggil"), "alert")


@dataclass(frozen=True)
class Newcomer:
    """A visitor who would take a number now, to ask how long they would wait."""

    service_id: int | None
    waiting_since: datetime.datetime
    issued_at: datetime.datetime
    target_id: int | None = None
    lane: str = fairness.REGULAR
    state: str = Ticket.State.WAITING
    # Sorted behind tickets of the same moment.
    id: float = float("inf")


# A ticket or a newcomer, waiting in one line.
Waiter = TypeVar("Waiter", bound=Ticket | Newcomer)


@dataclass(frozen=True)
class Queue:
    """The queue of a location at one moment, from ``points_at`` and all live tickets (``tickets`` may hold others too).

    Each counter has its line: the tickets that it may call, in the order in which it alone would call them. A ticket
    can be called when a counter with an open session may call it, and its position is the best one in the lines of
    those counters. While no such counter is open, the closed ones count instead, and the ticket is nobody's next.
    """

    at: datetime.datetime
    rule: QueueRule
    points: list[ServicePoint]
    tickets: list[Ticket]
    _lines: dict[int, list[Ticket]] = field(default_factory=dict, repr=False)

    @cached_property
    def waiting(self) -> list[Ticket]:
        """All waiting tickets, the longest wait first.

        After the end of service, tickets for counters that were left unattended no longer count.
        """
        ended = service_ended_at(self.at)
        waiting = [t for t in self.tickets if t.state == Ticket.State.WAITING and not self._left_over(t, ended)]
        return sorted(waiting, key=lambda ticket: (ticket.waiting_since, ticket.id))

    def _left_over(self, ticket: Ticket, ended: datetime.datetime | None) -> bool:
        if ended is None or ticket.issued_at >= ended:
            return False
        points = self.points_for(ticket)
        to_a_room = ticket.target_id is not None and not any(point.is_counter for point in points)
        return not to_a_room and not any(point.session for point in points)

    @property
    def at_work(self) -> list[ServicePoint]:
        """Counters and rooms with an open session."""
        return [point for point in self.points if point.session == "open"]

    @cached_property
    def is_open(self) -> bool:
        """Whether the waiting room sees a counter in use: open, paused, or with a visitor called to it or to a room."""
        at_point = any(ticket.state in (Ticket.State.CALLED, Ticket.State.SERVING) for ticket in self.tickets)
        return at_point or any(point.session and point.is_counter for point in self.points)

    @cached_property
    def callable(self) -> list[Ticket]:
        """Waiting tickets that can be called now, in the likely order of the calls."""
        found = [ticket for ticket in self.waiting if self.positions[ticket.id].calling]
        return sorted(found, key=lambda t: (self.positions[t.id].ahead, t.waiting_since, t.id))

    def points_for(self, ticket: TicketLike) -> list[ServicePoint]:
        return [point for point in self.points if point.may_call(ticket)]

    def line_of(self, point_id: int) -> list[Ticket]:
        """The tickets that wait for a counter, in the order in which it would call them if it alone called."""
        if point_id not in self._lines:
            point = next((each for each in self.points if each.id == point_id), None)
            self._lines[point_id] = [] if point is None else self._order(point, self.waiting)
        return self._lines[point_id]

    def _order(self, point: ServicePoint, waiting: Iterable[Waiter]) -> list[Waiter]:
        own = [ticket for ticket in waiting if point.may_call(ticket)]
        first = point.goes_first if point.preferred else None
        return fairness.likely_order(own, self.at, self.rule, first, point.recent)

    @cached_property
    def _indexes(self) -> dict[int, dict[int, int]]:
        return {point.id: {t.id: n for n, t in enumerate(self.line_of(point.id))} for point in self.points}

    @cached_property
    def positions(self) -> dict[int, QueuePosition]:
        """The position of each waiting ticket, by its id."""
        return {ticket.id: self._position(ticket) for ticket in self.waiting}

    def position_of(self, ticket: Ticket) -> QueuePosition | None:
        """The position of a ticket; None when it does not wait."""
        return self.positions.get(ticket.id)

    def _position(self, ticket: Ticket) -> QueuePosition:
        points = self.points_for(ticket)
        room = ticket.target_id is not None and any(not point.is_counter for point in points)
        return _position_at(points, lambda point: self._indexes[point.id][ticket.id], room)

    def position_of_newcomer(self, service_id: int | None) -> QueuePosition:
        """The position of a visitor who would take a number for a service now, without priority."""
        if not any(point.active and service_id in point.services for point in self.points):
            # Then any counter may call, as in ``queue.actions.tickets.issue_ticket``.
            service_id = None
        newcomer = Newcomer(service_id, self.at, self.at)
        line_with: list[Ticket | Newcomer] = [*self.waiting, newcomer]
        return _position_at(self.points_for(newcomer), lambda point: self._order(point, line_with).index(newcomer))

    def rivals_of(self, ticket: Ticket) -> list[Ticket]:
        """Other tickets that wait for the same counters as this one, the longest wait first."""
        points = self.points_for(ticket)
        return [t for t in self.waiting if t.id != ticket.id and any(point.may_call(t) for point in points)]


def _position_at(
    points: Sequence[ServicePoint],
    place_at: Callable[[ServicePoint], int],
    room: bool = False,
) -> QueuePosition:
    """The position from the points that may call, and ``place_at``: how many tickets one of them would call before."""
    calling = [point for point in points if point.session == "open"]
    before = [place_at(point) for point in calling or points]
    seated = "open" if calling else next((point.session for point in points if point.session), "")
    return QueuePosition(min(before, default=0), len(calling), seated, room)


def queues_at(
    locations: Iterable[Location], *, extra_tickets: Q | None = None, related: tuple[str, ...] = ("session",)
) -> dict[int, Queue]:
    """The queue of each location, by its id. Two queries, however many locations.

    ``locations``: with their ``queue_rule`` fetched, or one more query each. ``extra_tickets``: condition for tickets
    of today to be read besides the live ones. ``related``: relations to fetch with each ticket.
    """
    places = {location.pk: location for location in locations}
    wanted = Q(state__in=Ticket.LIVE_STATES)
    rows = Ticket.objects.filter(
        wanted | extra_tickets if extra_tickets else wanted, location__in=places, day=clock.today()
    )
    tickets: dict[int, list[Ticket]] = {pk: [] for pk in places}
    for ticket in rows.select_related(*related):
        tickets[ticket.location_id].append(ticket)
    points = points_at(places)
    now = clock.now()
    return {pk: Queue(now, own_rule(place), points[pk], tickets[pk]) for pk, place in places.items()}


def queue_at(location: Location, **options: Any) -> Queue:
    """The queue of one location now; ``options`` as in ``queues_at``. Two queries."""
    return queues_at([location], **options)[location.pk]


def service_ended_at(moment: datetime.datetime) -> datetime.datetime | None:
    """When the day's service ended; None before that, and on a day without service."""
    hours = workdays.service_hours(clock.local(moment).date())
    return hours.closes if hours is not None and moment >= hours.closes else None
