"""Who waits for which counter, and in which order."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from ula_portal.core import clock

from .. import fairness
from ..models import Counter, CounterSession, QueueRule, Ticket


@dataclass(frozen=True)
class Desk:
    """A counter or room in use, and what it may call."""

    id: int
    name: str
    number: int | None
    kind: str
    services: frozenset[int] = field(default_factory=frozenset)

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


def desks_of(location_id: int) -> list[Desk]:
    """Counters and rooms in use at a location, in their order. Two queries."""
    counters = list(Counter.objects.filter(location_id=location_id, active=True))
    served: dict[int, set[int]] = {}
    for counter_id, service_id in Counter.services.through.objects.filter(counter__in=counters).values_list(
        "counter_id", "service_id"
    ):
        served.setdefault(counter_id, set()).add(service_id)
    return [Desk(c.pk, c.name, c.number, c.kind, frozenset(served.get(c.pk, ()))) for c in counters]


def waiting_in(location_id: int, day: datetime.date) -> list[Ticket]:
    """All tickets that wait at a location on a day, longest wait first."""
    return list(
        Ticket.objects.filter(location_id=location_id, day=day, state=Ticket.State.WAITING).order_by(
            "waiting_since", "id"
        )
    )


def waiting_at(counter, rule: QueueRule | None = None) -> list[Ticket]:
    """Tickets that this counter may call today, in the likely order. Three queries, one less with the ``rule``."""
    may = Q(target=counter) | Q(target__isnull=True, service__in=counter.services.all())
    if counter.kind == Counter.Kind.COUNTER:
        may |= Q(target__isnull=True, service__isnull=True)
    found = Ticket.objects.filter(
        may, location_id=counter.location_id, day=clock.today(), state=Ticket.State.WAITING
    ).select_related("service", "visit")
    first = set(counter.preferred.values_list("pk", flat=True))

    def preferred(ticket):
        return ticket.target_id == counter.pk or (ticket.target_id is None and ticket.service_id in first)

    rule = rule or rule_of(counter.location_id)
    return fairness.likely_order(found, clock.now(), rule, preferred if first else None)


def competitors_of(ticket, *, lane: str | None = None) -> list[Ticket]:
    """Tickets that wait for the same counters as this one (itself left out), longest wait first. Three queries."""
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


def open_sessions(location_id: int) -> dict[int, CounterSession]:
    """Today's open sessions at a location by counter id, with their people; one left open yesterday counts no more."""
    sessions = CounterSession.objects.filter(
        counter__location_id=location_id, closed_at__isnull=True, opened_at__gte=midnight()
    )
    return {session.counter_id: session for session in sessions.select_related("user")}


def midnight() -> datetime.datetime:
    """The beginning of today at the office."""
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
