"""Counters and rooms of a location, and what each may call."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, DateTimeField, Exists, Manager, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django_stubs_ext import WithAnnotations

from services.models import Service
from ula_portal.core import clock
from ula_portal.core.models import Location
from visitors.models import Counter, CounterSession, QueueEvent, QueueRule, Ticket, Visit
from visitors.models.rules import BOUNDS

from . import closures

# As many priority visitors in a row as a location's rule may allow.
LONGEST_STREAK = BOUNDS["priority_in_a_row"][1]


class TicketLike(Protocol):
    """Who waits for a counter: a ticket, or somebody who would take one."""

    @property
    def target_id(self) -> int | None: ...

    @property
    def service_id(self) -> int | None: ...


@dataclass(frozen=True)
class ServicePoint:
    """A counter or room, and what it may call. ``session``: open, paused, or "" while nobody sits there.

    ``preferred``: services that go first in their lane; ``recent``: lanes of today's last calls in turn, newest first.
    """

    id: int
    name: str
    number: int | None
    kind: str
    services: frozenset[int] = field(default_factory=frozenset)
    session: str = ""
    active: bool = True
    preferred: frozenset[int] = field(default_factory=frozenset)
    recent: tuple[str, ...] = ()

    @property
    def is_counter(self) -> bool:
        return self.kind == Counter.Kind.COUNTER

    def may_call(self, ticket: TicketLike) -> bool:
        """The rule of ``calling``: transferred here, or free for every counter that serves the service."""
        if ticket.target_id is not None:
            return ticket.target_id == self.id
        if ticket.service_id is None:
            return self.is_counter
        return ticket.service_id in self.services

    def goes_first(self, ticket: TicketLike) -> bool:
        """Of those that it may call: transferred here, or of a service that it prefers."""
        if ticket.target_id is not None:
            return ticket.target_id == self.id
        return ticket.service_id in self.preferred


def rule_of(location_id: int) -> QueueRule:
    """How the queue of a location is run: its own rule, else the usual one (not saved). One query."""
    return QueueRule.objects.filter(location_id=location_id).first() or QueueRule(location_id=location_id)


def own_rule(location: Location) -> QueueRule:
    """``rule_of`` for a location that is read; no query where its ``queue_rule`` was fetched with it."""
    return getattr(location, "queue_rule", None) or QueueRule(location_id=location.pk)


class ForNumber(TypedDict):
    """``holds_number``: the visit has a live ticket; ``serves``: a counter in use there serves the service."""

    holds_number: bool
    serves: bool


def place_for_number(visit: Visit, service: Service | None) -> "WithAnnotations[Location, ForNumber]":
    """The location of a visit as the giving of a number finds it, for ``closing.closure_of`` too. One query."""
    live = Ticket.objects.filter(visit=visit.pk, state__in=Ticket.LIVE_STATES)
    serving = Counter.objects.filter(location=OuterRef("pk"), active=True)
    serving = serving.filter(services=service.pk) if service else serving.none()
    places = closures.with_closure(Location.objects.all(), clock.now())
    return places.annotate(holds_number=Exists(live), serves=Exists(serving)).get(pk=visit.location_id)


def points_at(location_ids: Iterable[int]) -> dict[int, list[ServicePoint]]:
    """Counters and rooms in use at each location, in their order, with today's sessions. One query.

    One that was taken out of use counts for as long as somebody sits there. A session left open yesterday counts no
    more.
    """
    found: dict[int, list[ServicePoint]] = {pk: [] for pk in location_ids}
    state = Case(When(paused_at__isnull=True, then=Value("open")), default=Value("paused"))
    counters = Counter.objects.filter(location__in=found).annotate(
        served=ArraySubquery(_services_of(Counter.services.through.objects)),
        first=ArraySubquery(_services_of(Counter.preferred.through.objects)),
        session=Subquery(open_here().values(state=state)[:1]),
        recent=ArraySubquery(_turns_taken()),
    )
    columns = ("pk", "location_id", "name", "number", "kind", "active", "served", "first", "session", "recent")
    for c in counters.filter(Q(active=True) | Q(session__isnull=False)).values_list(*columns, named=True):
        served, first = frozenset(c.served), frozenset(c.first)
        point = ServicePoint(c.pk, c.name, c.number, c.kind, served, c.session or "", c.active, first, tuple(c.recent))
        found[c.location_id].append(point)
    return found


def _services_of(served: Manager[Model]) -> QuerySet[Model, Mapping[str, object]]:
    return served.filter(counter=OuterRef("pk")).values("service_id")


def _turns_taken() -> QuerySet[QueueEvent, Mapping[str, object]]:
    """Lanes of the last calls in turn of the counter around it, as ``visitors_call_next`` reads them.

    A call that was taken back took nobody's turn.
    """
    moment = Cast(KT("data__at"), DateTimeField())
    undone = QueueEvent.objects.filter(ticket=OuterRef("ticket"), kind="undone", pk__gt=OuterRef("pk"))
    undone = undone.annotate(of_call=moment).filter(data__of="called", of_call=OuterRef("at"))
    calls = QueueEvent.objects.filter(counter=OuterRef("pk"), kind="called", at__gte=midnight(), data__turn="next")
    calls = calls.filter(~Exists(undone)).order_by("-at", "-id").annotate(lane=KT("data__lane"))
    return calls.values("lane")[:LONGEST_STREAK]


def open_here() -> QuerySet[CounterSession]:
    """Today's open sessions (one at most) of the counter of the query around it."""
    return CounterSession.objects.filter(counter=OuterRef("pk"), closed_at__isnull=True, opened_at__gte=midnight())


def midnight(now: datetime.datetime | None = None) -> datetime.datetime:
    """The beginning of today at the office, or of the day of ``now``."""
    return clock.local(now or clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
