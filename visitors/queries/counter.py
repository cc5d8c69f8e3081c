"""What somebody at a counter or in a room works with."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from services.models import Request, Service
from services.queries.cases import visible_to
from ula_portal.core import clock

from .. import permissions, states
from ..models import Counter, CounterSession, Ticket
from . import line


@dataclass(frozen=True)
class Workplace:
    """The counter of a session now. ``numbers``: request numbers by id that this person may open."""

    session: CounterSession
    current: Ticket | None
    waiting: list[Ticket]
    held: list[Ticket]
    missed: list[Ticket]
    targets: list[Counter]
    services: list[Service]
    undoable: Ticket | None = None
    numbers: dict[int, str] = field(default_factory=dict)


def session_of(user) -> CounterSession | None:
    """The session that somebody opened today, with counter and location; one of yesterday has to be opened anew."""
    today = CounterSession.objects.filter(user=user, closed_at__isnull=True, opened_at__gte=line.midnight())
    return today.select_related("counter__location").first()


def counters_for(user) -> list[Counter]:
    """Counters and rooms that somebody may open, each with ``open_now``: today's open sessions (one or none)."""
    may = Q(pk__in=permissions.room_ids_of(user))
    if permissions.may_check_in(user):
        may |= Q(kind=Counter.Kind.COUNTER)
    sessions = CounterSession.objects.filter(closed_at__isnull=True, opened_at__gte=line.midnight())
    return list(
        Counter.objects.filter(may, active=True)
        .select_related("location")
        .prefetch_related(Prefetch("sessions", sessions.select_related("user"), to_attr="open_now"), "services")
        .order_by("location__name", "kind", "number", "name")
    )


def workplace_of(session, user) -> Workplace:
    """All that the counter's page shows. The person's right is the session itself."""
    counter = session.counter
    own = list(
        Ticket.objects.filter(
            session=session, location=counter.location_id, day=clock.today(), state__in=["called", "serving", "held"]
        )
        .select_related("visit__visitor", "visit__host", "service")
        .order_by("called_at")
    )
    waiting = line.waiting_at(counter)
    missed = list(
        Ticket.objects.filter(
            session__counter=counter,
            location=counter.location_id,
            day=clock.today(),
            state=Ticket.State.NO_SHOW,
            visit__left_at__isnull=True,
        ).order_by("-finished_at")[:8]
    )
    places = list(
        Counter.objects.filter(location=counter.location_id, active=True)
        .annotate(offered=Count("services"))
        .order_by("kind", "number", "name")
    )
    request_ids = {t.visit.request_id for t in [*own, *waiting] if t.visit.request_id}
    return Workplace(
        session=session,
        current=next((t for t in own if t.state != Ticket.State.HELD), None),
        waiting=waiting,
        held=[t for t in own if t.state == Ticket.State.HELD],
        missed=missed,
        targets=[c for c in places if c.pk != counter.pk],
        services=_services_at(places),
        undoable=_undoable(counter, user),
        numbers=_readable(request_ids, user),
    )


def _undoable(counter, user):
    """The ticket of this person's last click, while it can be taken back (``actions.take_back``)."""
    mine = Ticket.objects.filter(location=counter.location_id, day=clock.today(), undo__by=user.pk)
    clicked = [(datetime.datetime.fromisoformat(ticket.undo["at"]), ticket) for ticket in mine]
    recent = [click for click in clicked if clock.now() - click[0] <= states.UNDO_WITHIN]
    return max(recent, key=lambda click: click[0])[1] if recent else None


def _services_at(counters):
    served = Counter.services.through.objects.filter(counter__in=[c.pk for c in counters if c.offered])
    return list(Service.objects.filter(pk__in=served.values("service_id")).only("name"))


def _readable(request_ids, user):
    if not request_ids:
        return {}
    return dict(Request.objects.filter(visible_to(user), pk__in=request_ids).values_list("pk", "number"))
