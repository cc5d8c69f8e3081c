"""The public load of the queue."""

import datetime
from collections import Counter as Count
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core import clock, workdays
from ula_portal.core.models import Location
from ula_portal.core.text.badges import Badge
from visitors.display.queries import screen
from visitors.models import Counter, QueueRule, Ticket
from visitors.places.queries.closures import closure_of, notice_at, with_closure
from visitors.queue import waiting_time
from visitors.queue.queries.waiting import Queue, QueuePosition, queues_at


@dataclass(frozen=True)
class ServiceLoad:
    """A service and its waiting tickets; ``name`` is "" for tickets without a service.

    ``counters``: open counters that serve it; ``wait``: minutes that a newcomer is likely to wait, from and to, None
    without an estimate.
    """

    name: str
    letter: str
    waiting: int
    counters: int
    wait: tuple[int, int] | None


@dataclass(frozen=True)
class Hall:
    """A location that receives visitors. ``last_called``: the newest called number of each letter.

    ``hours``: today's service hours, None on a closed day; ``stopped``: a sudden closure is in force.
    """

    location: Location
    counters_open: int
    paused: bool
    waiting: int
    services: list[ServiceLoad]
    last_called: list[str]
    notice: str
    hours: workdays.ServiceHours | None
    rule: QueueRule
    stopped: bool

    @property
    def badge(self) -> Badge:
        if self.stopped:
            return Badge("bad", _("Pelayanan dihentikan"))
        if self.counters_open:
            return Badge("good", _("Buka"))
        if self.paused:
            return Badge("neutral", _("Loket sedang jeda"), "pause")
        return Badge("neutral", _("Loket tutup") if self.notice else _("Belum ada loket yang buka"))

    @property
    def state(self) -> str:
        """The state shown: stopped, open, break (within the hours, but nobody calls) or closed."""
        if self.stopped:
            return "stopped"
        if self.counters_open:
            return "open"
        within = self.hours and (self.hours.all_day or self.hours.opens <= clock.now() < self.hours.closes)
        return "break" if self.paused or within else "closed"

    @property
    def busy(self) -> list[ServiceLoad]:
        return [each for each in self.services if each.waiting]

    @property
    def quiet(self) -> list[ServiceLoad]:
        return [each for each in self.services if not each.waiting]


def halls_now() -> list[Hall]:
    """Every location with an active counter, and its queue now. Four queries, however many locations.

    One more for the service times, every few minutes.
    """
    now = clock.now()
    in_use = Location.objects.filter(pk__in=Counter.objects.filter(active=True).values("location_id"))
    places = {place.pk: place for place in with_closure(in_use.select_related("queue_rule"), now).order_by("name")}
    newest = Ticket.objects.filter(day=clock.today(), called_at__isnull=False)
    newest = newest.order_by("location_id", "letter", "-called_at").distinct("location_id", "letter")
    queues = queues_at(places.values(), extra_tickets=Q(pk__in=newest.values("pk")), related=())
    served = screen.served_seconds_at(places)
    services = _services(queues.values())
    return [_hall(place, queues[pk], services, served.get(pk, [])) for pk, place in places.items()]


def _services(queues: Collection[Queue]) -> dict[int, Service]:
    asked = {pk for queue in queues for point in queue.points for pk in point.services}
    asked |= {ticket.service_id for queue in queues for ticket in queue.waiting if ticket.service_id}
    return Service.objects.only("name", "ticket_letter").in_bulk(asked)


def _hall(place: Location, queue: Queue, services: Mapping[int, Service], served: Sequence[float]) -> Hall:
    closure = closure_of(place)
    counters = [point for point in queue.points if point.is_counter]
    return Hall(
        location=place,
        counters_open=sum(point.session == "open" for point in counters),
        paused=any(point.session == "paused" for point in counters),
        waiting=len(queue.waiting),
        services=_loads(queue, services, [] if closure else served),
        last_called=_last_called(queue.tickets),
        notice=notice_at(queue.at, queue.is_open, closure, titled=True),
        hours=workdays.service_hours(clock.today()),
        rule=queue.rule,
        stopped=closure is not None,
    )


def _last_called(tickets: Iterable[Ticket]) -> list[str]:
    newest: dict[str, str] = {}
    called: list[tuple[datetime.datetime, int, Ticket]] = [(t.called_at, t.pk, t) for t in tickets if t.called_at]
    for _at, _pk, ticket in sorted(called, key=lambda each: each[:2]):
        newest[ticket.letter] = ticket.label
    return [newest[letter] for letter in sorted(newest)]


def _loads(queue: Queue, services: Mapping[int, Service], served: Sequence[float]) -> list[ServiceLoad]:
    """Every service that issues numbers here or has waiting tickets, the busiest first.

    A letter may stand for several services, so tickets are counted by service. The waiting time of a newcomer is the
    one that their ticket's page would show; none while service is stopped (``served`` is empty then).
    """
    waiting = Count(ticket.service_id for ticket in queue.waiting)
    here = {pk for point in queue.points for pk in point.services}
    known: dict[int | None, tuple[str, str]] = {
        pk: (each.name, each.ticket_letter) for pk, each in services.items() if each.ticket_letter and pk in here
    }
    for ticket in queue.waiting:
        service = services.get(ticket.service_id) if ticket.service_id else None
        known.setdefault(ticket.service_id, (service.name if service else "", ticket.letter))
    loads: list[ServiceLoad] = []
    positions: dict[frozenset[int], QueuePosition] = {}
    for pk, (name, letter) in known.items():
        # Services of the same counters have the same waiting time.
        alike = frozenset(point.id for point in queue.points if pk in point.services)
        if alike not in positions:
            positions[alike] = queue.position_of_newcomer(pk)
        newcomer = positions[alike]
        wait = waiting_time.band(newcomer.ahead, newcomer.calling, served)
        loads.append(ServiceLoad(name, letter, waiting[pk], newcomer.calling, wait))
    return sorted(loads, key=lambda load: (-load.waiting, not load.name, load.name))
