"""The load of the queue for everybody."""

from collections import Counter as Tally
from dataclasses import dataclass

from django.db.models import Count

from ula_portal.core import clock, workdays
from ula_portal.core.models import Location

from ..models import Counter, CounterSession, QueueRule, Ticket
from . import line
from .board import notice_at
from .closing import closures_at


@dataclass(frozen=True)
class Letter:
    """A letter of the tickets: what it stands for, how many wait, and the number called last."""

    letter: str
    services: list[str]
    waiting: int
    last_called: str


@dataclass(frozen=True)
class Hall:
    """A place where visitors are received. ``opens``, ``closes``: today's service hours, None on a closed day."""

    location: Location
    counters_open: int
    waiting: int
    letters: list[Letter]
    notice: str
    hours: workdays.ServiceHours | None
    rule: QueueRule


def halls_now() -> list[Hall]:
    """Every place with a counter in use, and its queue now. Seven queries whatever the number of places."""
    now, day = clock.now(), clock.today()
    counters = list(Counter.objects.filter(active=True).select_related("location").prefetch_related("services"))
    opened = Tally(
        CounterSession.objects.filter(
            closed_at__isnull=True, paused_at__isnull=True, opened_at__gte=line.midnight(), counter__kind="counter"
        ).values_list("counter__location_id", flat=True)
    )
    tickets = Ticket.objects.filter(day=day)
    waiting = tickets.filter(state=Ticket.State.WAITING).values_list("location_id", "letter").annotate(Count("pk"))
    called = tickets.filter(called_at__isnull=False).order_by("location_id", "letter", "-called_at")
    line_of = {(place, letter): [count, ""] for place, letter, count in waiting}
    for ticket in called.distinct("location_id", "letter"):
        line_of.setdefault((ticket.location_id, ticket.letter), [0, ""])[1] = ticket.label
    locations = {counter.location_id: counter.location for counter in counters}
    hours = workdays.service_hours(day)
    rules = {rule.location_id: rule for rule in QueueRule.objects.all()}
    stopped = {closure.location_id: closure for closure in closures_at(now)}
    halls = []
    for pk, location in sorted(locations.items(), key=lambda item: item[1].name):
        own = {letter: tuple(line) for (place, letter), line in line_of.items() if place == pk}
        letters = _letters(own, [c for c in counters if c.location_id == pk])
        total = sum(letter.waiting for letter in letters)
        notice = notice_at(now, bool(opened[pk]), stopped.get(pk))
        rule = rules.get(pk) or QueueRule(location_id=pk)
        halls.append(Hall(location, opened[pk], total, letters, notice, hours, rule))
    return halls


def _letters(line_of, counters):
    names = {}
    for counter in counters:
        for service in counter.services.all():
            if service.ticket_letter:
                names.setdefault(service.ticket_letter, set()).add(service.name)
    return [
        Letter(letter, sorted(names.get(letter, ())), *line_of.get(letter, (0, "")))
        for letter in sorted(names.keys() | line_of.keys())
    ]
