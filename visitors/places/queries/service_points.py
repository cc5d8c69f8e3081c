"""Service points of a location (counters and officials' rooms), and which tickets each may call."""

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

# The most priority visitors in a row that a location's rule may allow.
LONGEST_STREAK = BOUNDS["priority_in_a_row"][1]


class TicketLike(Protocol):
    """A ticket, or a visitor who would take one."""

    @property
    def target_id(self) -> int | None: ...

    @property
    def service_id(self) -> int | None: ...


@dataclass(frozen=True)
class ServicePoint:
    """A counter or room, and what it may call. ``session``: "open", "paused", or "" while nobody works there.

    ``preferred``: services that come first in their lane; ``recent``: lanes of today's last calls in turn, newest
    first.
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
        """Whether it may call a ticket: one transferred here, or one of a service that it serves."""
        if ticket.target_id is not None:
            return ticket.target_id == self.id
        if ticket.service_id is None:
            return self.is_counter
        return ticket.service_id in self.services

    def goes_first(self, ticket: TicketLike) -> bool:
        """Whether a ticket that it may call comes first: one transferred here, or one of a preferred service."""
        if ticket.target_id is not None:
            return ticket.target_id == self.id
        return ticket.service_id in self.preferred


def rule_of(location_id: int) -> QueueRule:
    """The queue rule of a location, or an unsaved one with the defaults. One query."""
    return QueueRule.objects.filter(location_id=location_id).first() or QueueRule(location_id=location_id)


def own_rule(location: Location) -> QueueRule:
    """``rule_of`` for a location object; no query if its ``queue_rule`` was fetched with it."""
    return getattr(location, "queue_rule", None) or QueueRule(location_id=location.pk)


class ForNumber(TypedDict):
    """``holds_number``: the visit has a live ticket; ``serves``: an active counter there serves the service."""

    holds_number: bool
    serves: bool


def place_for_number(visit: Visit, service: Service | None) -> "WithAnnotations[Location, ForNumber]":
    """The location of a visit with what issuing a number needs to know, its closure included. One query."""
    live = Ticket.objects.filter(visit=visit.pk, state__in=Ticket.LIVE_STATES)
    serving = Counter.objects.filter(location=OuterRef("pk"), active=True)
    serving = serving.filter(services=service.pk) if service else serving.none()
    places = closures.with_closure(Location.objects.all(), clock.now())
    return places.annotate(holds_number=Exists(live), serves=Exists(serving)).get(pk=visit.location_id)


def points_at(location_ids: Iterable[int]) -> dict[int, list[ServicePoint]]:
    """Active service points of each location, in their order, with today's sessions. One query.

    A point that was deactivated counts for as long as somebody works there. A session left open yesterday does not
    count.
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
    """Lanes of the outer counter's last calls in turn, as ``visitors_call_next`` reads them.

    A call that was taken back does not count.
    """
    moment = Cast(KT("data__at"), DateTimeField())
    undone = QueueEvent.objects.filter(ticket=OuterRef("ticket"), kind="undone", pk__gt=OuterRef("pk"))
    undone = undone.annotate(of_call=moment).filter(data__of="called", of_call=OuterRef("at"))
    calls = QueueEvent.objects.filter(counter=OuterRef("pk"), kind="called", at__gte=midnight(), data__turn="next")
    calls = calls.filter(~Exists(undone)).order_by("-at", "-id").annotate(lane=KT("data__lane"))
    return calls.values("lane")[:LONGEST_STREAK]


def open_counters() -> QuerySet[CounterSession]:
    """Today's sessions of counters that call now, for counting."""
    here = CounterSession.objects.filter(closed_at__isnull=True, paused_at__isnull=True, opened_at__gte=midnight())
    return here.filter(counter__kind=Counter.Kind.COUNTER)


def open_here() -> QuerySet[CounterSession]:
    """Today's open sessions (at most one) of the counter of the outer query."""
    return CounterSession.objects.filter(counter=OuterRef("pk"), closed_at__isnull=True, opened_at__gte=midnight())


def midnight(now: datetime.datetime | None = None) -> datetime.datetime:
    """The beginning of today in the office's time zone, or of the day of ``now``."""
    return clock.local(now or clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
