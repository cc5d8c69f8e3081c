"""The load of the queue for everybody."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F

from ula_portal.core import clock, workdays
from ula_portal.core.models import Location

from .. import waiting_time
from ..models import Closure, Counter, QueueRule, Ticket
from . import line, screen
from .board import is_over, notice_at
from .closing import in_force


@dataclass(frozen=True)
class ServiceLoad:
    """A service and who waits for it; ``name`` "" stands for what needs no service of the catalogue.

    ``counters``: at work for it now. ``wait``: minutes that who comes now is likely to wait, from and to; None when it
    cannot be said.
    """

    name: str
    letter: str
    waiting: int
    counters: int
    wait: tuple[int, int] | None


@dataclass(frozen=True)
class Hall:
    """A place where visitors are received. ``last_called``: the newest number of each letter.

    ``hours``: today's service hours, None on a closed day. ``stopped``: a sudden closure is in force.
    """

    location: Location
    counters_open: int
    waiting: int
    services: list[ServiceLoad]
    last_called: list[str]
    notice: str
    hours: workdays.ServiceHours | None
    rule: QueueRule
    stopped: bool

    @property
    def busy(self) -> list[ServiceLoad]:
        return [each for each in self.services if each.waiting]

    @property
    def quiet(self) -> list[ServiceLoad]:
        return [each for each in self.services if not each.waiting]


@dataclass(frozen=True)
class _Group:
    """Waiting tickets that any counter treats alike."""

    service_id: int | None
    target_id: int | None
    name: str
    letter: str
    count: int


def halls_now() -> list[Hall]:
    """Every place with a counter in use, and its queue now. Five queries whatever the number of places."""
    now, day = clock.now(), clock.today()
    rows = list(_counters())
    tickets = Ticket.objects.filter(day=day)
    waiting, called = {}, {}
    groups = tickets.filter(state=Ticket.State.WAITING).values("location_id", "service_id", "target_id", "letter")
    for row in groups.annotate(n=Count("pk"), name=F("service__name")).order_by():
        group = _Group(row["service_id"], row["target_id"], row["name"] or "", row["letter"], row["n"])
        waiting.setdefault(row["location_id"], []).append(group)
    newest = tickets.filter(called_at__isnull=False).order_by("location_id", "letter", "-called_at")
    for ticket in newest.distinct("location_id", "letter"):
        called.setdefault(ticket.location_id, []).append(ticket.label)
    hours = workdays.service_hours(day)
    stopped = {closure.location_id: closure for closure in Closure.objects.filter(in_force(now))}
    places = {row.location_id: row.location for row in rows}
    served = screen.served_seconds_at(places)
    halls = []
    for pk, location in sorted(places.items(), key=lambda item: item[1].name):
        own = [row for row in rows if row.location_id == pk]
        opened = len({row.pk for row in own if row.at_work and row.kind == Counter.Kind.COUNTER})
        # Numbers that the evening left open are nobody's wait any more.
        over = not opened and is_over(now)
        loads = _loads(own, [] if over else waiting.get(pk, []), served.get(pk, []))
        halls.append(
            Hall(
                location=location,
                counters_open=opened,
                waiting=sum(each.waiting for each in loads),
                services=loads,
                last_called=called.get(pk, []),
                notice=notice_at(now, bool(opened), stopped.get(pk)),
                hours=hours,
                rule=line.own_rule(location),
                stopped=pk in stopped,
            )
        )
    return halls


def _counters():
    """A row for each counter in use and each service of it, with place, rule and whether somebody calls there."""
    return (
        Counter.objects.filter(active=True)
        .select_related("location__queue_rule")
        .annotate(
            at_work=Exists(line.open_here().filter(paused_at__isnull=True)),
            service_id=F("services__pk"),
            service_name=F("services__name"),
            service_letter=F("services__ticket_letter"),
        )
    )


def _loads(rows, groups, served):
    """Every service that gives numbers here or is waited for, the busiest first.

    A letter may stand for several services, so tickets count by service. Before somebody who comes now are all who
    wait for a counter that may call them too, as their ticket's page will say.
    """
    desks, at_work = _desks(rows)
    known = {row.service_id: (row.service_name, row.service_letter) for row in rows if row.service_letter}
    for group in groups:
        known.setdefault(group.service_id, (group.name, group.letter))
    able = {group: {desk.id for desk in desks if desk.may_call(group)} for group in groups}
    loads = []
    for service_id, (name, letter) in known.items():
        comer = _Group(service_id, None, name, letter, 1)
        mine = {desk.id for desk in desks if desk.may_call(comer)}
        ahead = sum(group.count for group in groups if able[group] & mine)
        serving = len(mine & at_work)
        own = sum(group.count for group in groups if group.service_id == service_id)
        loads.append(ServiceLoad(name, letter, own, serving, waiting_time.band(ahead, serving, served)))
    return sorted(loads, key=lambda load: (-load.waiting, not load.name, load.name))


def _desks(rows):
    """The counters and rooms behind the rows, and the ids of those where somebody calls."""
    served = {}
    for row in rows:
        served.setdefault(row.pk, set()).add(row.service_id)
    first = {row.pk: row for row in rows}
    desks = [line.Desk(pk, row.name, row.number, row.kind, frozenset(served[pk])) for pk, row in first.items()]
    return desks, {pk for pk, row in first.items() if row.at_work}
