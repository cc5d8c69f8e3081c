"""Who waits for which counter, and in which order."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from ula_portal.core import clock
from ula_portal.core.models import Location

from .. import fairness
from ..models import Counter, CounterSession, QueueRule, Ticket
from . import closing


@dataclass(frozen=True)
class Desk:
    """A counter or room in use, and what it may call. ``session``: open, paused, or "" while nobody sits there."""

    id: int
    name: str
    number: int | None
    kind: str
    services: frozenset[int] = field(default_factory=frozenset)
    session: str = ""

    def may_call(self, ticket) -> bool:
        """The rule of ``actions.calling``: transferred here, or free for every counter that serves the service."""
        if ticket.target_id is not None:
            return ticket.target_id == self.id
        if ticket.service_id is None:
            return self.kind == Counter.Kind.COUNTER
        return ticket.service_id in self.services


def rule_of(location_id: int) -> QueueRule:
    """How the queue of a location is run: its own rule, else the usual one (not saved). One query."""
    return QueueRule.objects.filter(location_id=location_id).first() or QueueRule(location_id=location_id)


def own_rule(location) -> QueueRule:
    """``rule_of`` for a location that is read; no query where its ``queue_rule`` was fetched with it."""
    return getattr(location, "queue_rule", None) or QueueRule(location_id=location.pk)


def place_for_number(visit, service) -> Location:
    """The location of a visit as the giving of a number finds it. One query.

    For ``closing.closure_of``; ``holds_number``: the visit has a live ticket; ``serves``: a counter in use there serves
    the service.
    """
    live = Ticket.objects.filter(visit=visit.pk, state__in=Ticket.LIVE_STATES)
    serving = Counter.objects.filter(location=OuterRef("pk"), active=True)
    serving = serving.filter(services=service.pk) if service else serving.none()
    places = Location.objects.annotate(holds_number=Exists(live), serves=Exists(serving))
    return closing.with_closure(places, clock.now()).get(pk=visit.location_id)


def desks_of(location_id: int) -> list[Desk]:
    """Counters and rooms in use at a location, in their order, with today's sessions. One query.

    A session left open yesterday counts no more.
    """
    served = Counter.services.through.objects.filter(counter=OuterRef("pk")).values("service_id")
    state = Case(When(paused_at__isnull=True, then=Value("open")), default=Value("paused"))
    counters = Counter.objects.filter(location_id=location_id, active=True).annotate(
        served=ArraySubquery(served), session=Subquery(open_here().values(state=state)[:1])
    )
    columns = ("pk", "name", "number", "kind", "served", "session")
    rows = counters.values_list(*columns, named=True)
    return [Desk(c.pk, c.name, c.number, c.kind, frozenset(c.served), c.session or "") for c in rows]


def open_here():
    """Today's open sessions (one at most) of the counter of the query around it."""
    return CounterSession.objects.filter(counter=OuterRef("pk"), closed_at__isnull=True, opened_at__gte=midnight())


def waiting_in(location_id: int, day: datetime.date) -> list[Ticket]:
    """All tickets that wait at a location on a day, longest wait first."""
    return list(
        Ticket.objects.filter(location_id=location_id, day=day, state=Ticket.State.WAITING).order_by(
            "waiting_since", "id"
        )
    )


def waiting_at(counter, rule: QueueRule | None = None, preferred: Iterable[int] | None = None) -> list[Ticket]:
    """Tickets that this counter may call today, in the likely order.

    One query, and one each for the location's ``rule`` and for the ids of the ``preferred`` services when not given.
    """
    may = Q(target=counter) | Q(target__isnull=True, service__in=counter.services.all())
    if counter.kind == Counter.Kind.COUNTER:
        may |= Q(target__isnull=True, service__isnull=True)
    found = Ticket.objects.filter(
        may, location_id=counter.location_id, day=clock.today(), state=Ticket.State.WAITING
    ).select_related("service", "visit")
    first = set(counter.preferred.values_list("pk", flat=True) if preferred is None else preferred)

    def goes_first(ticket):
        return ticket.target_id == counter.pk or (ticket.target_id is None and ticket.service_id in first)

    rule = rule or rule_of(counter.location_id)
    return fairness.likely_order(found, clock.now(), rule, goes_first if first else None)


def competitors_of(ticket, *, lane: str | None = None) -> list[Ticket]:
    """Tickets that wait for the same counters as this one (itself left out), longest wait first. Two queries."""
    desks = [desk for desk in desks_of(ticket.location_id) if desk.may_call(ticket)]
    return [
        other
        for other in waiting_in(ticket.location_id, ticket.day)
        if other.pk != ticket.pk
        and (lane is None or other.lane == lane)
        and any(desk.may_call(other) for desk in desks)
    ]


def places(waiting: Iterable[Ticket], desks: list[Desk], now: datetime.datetime, rule: QueueRule) -> dict[int, int]:
    """How many are likely to be called before each waiting ticket, by the ticket's id.

    Tickets compete when some counter may call both; several counters at work call them sooner than this says, and
    what a counter prefers is left out.
    """
    waiting = list(waiting)
    lines: dict[frozenset[int], list] = {}
    for ticket in waiting:
        lines.setdefault(frozenset(d.id for d in desks if d.may_call(ticket)), []).append(ticket)
    found = {}
    for counters, own in lines.items():
        rivals = [t for other, tickets in lines.items() if other == counters or other & counters for t in tickets]
        order = {t.pk: index for index, t in enumerate(fairness.likely_order(rivals, now, rule))}
        found.update({t.pk: order[t.pk] for t in own})
    return found


def midnight() -> datetime.datetime:
    """The beginning of today at the office."""
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
