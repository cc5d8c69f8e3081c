"""What the counter's page needs: sessions, tickets at the counter, and where a visitor can be transferred."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from django.db.models import DateTimeField, Prefetch, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django_stubs_ext import WithAnnotations

from services.engine.queries.cases import visible_to
from services.models import Request, Service
from ula_portal.core import clock
from ula_portal.core.models import User
from visitors import permissions, states
from visitors.models import Counter, CounterSession, Ticket
from visitors.places.queries import service_points
from visitors.queue.queries.waiting import queue_at

# States of tickets that are at a counter or on hold there.
OWN = ("called", "serving", "held")
MISSED_SHOWN = 8


@dataclass(frozen=True)
class Workplace:
    """The counter of a session now. ``numbers``: numbers of the requests that this user may open, by id."""

    session: CounterSession
    current: Ticket | None
    waiting: list[Ticket]
    held: list[Ticket]
    missed: list[Ticket]
    targets: list[service_points.ServicePoint]
    services: list[Service]
    undoable: Ticket | None = None
    numbers: dict[int, str] = field(default_factory=dict)
    # How many of the waiting tickets are listed.
    shown = 20

    @property
    def upcoming(self) -> Ticket | None:
        """The ticket that this counter would call now; None while it has one."""
        return self.waiting[0] if self.waiting and not self.current else None

    @property
    def called_enough(self) -> bool:
        """Whether the visitor was called as often as the rule asks before a no-show."""
        ticket, rule = self.current, service_points.own_rule(self.session.counter.location)
        return bool(ticket and ticket.state == Ticket.State.CALLED and ticket.calls >= rule.calls_before_no_show)


def session_of(user: User) -> CounterSession | None:
    """The session that the user opened today, with counter, location and its rule. One query."""
    today = CounterSession.objects.filter(user=user, closed_at__isnull=True, opened_at__gte=service_points.midnight())
    return today.select_related("counter__location__queue_rule").first()


def counters_for(user: User) -> list[Counter]:
    """Counters and rooms that the user may open, each with ``open_now``: a list of today's open session, if any."""
    may = Q(pk__in=permissions.room_ids_of(user))
    if permissions.may_check_in(user):
        may |= Q(kind=Counter.Kind.COUNTER)
    sessions = CounterSession.objects.filter(closed_at__isnull=True, opened_at__gte=service_points.midnight())
    return list(
        Counter.objects.filter(may, active=True)
        .select_related("location")
        .prefetch_related(Prefetch("sessions", sessions.select_related("user"), to_attr="open_now"), "services")
        .order_by("location__name", "kind", "number", "name")
    )


def counter_to_open(pk: int) -> Counter | None:
    """A counter or room by its id; whether the user may open it is checked by ``sessions.open_session``. One query."""
    return Counter.objects.filter(pk=pk).first()


def ticket_to_act_on(user: User, pk: int) -> Ticket | None:
    """A ticket by its id, for users who may call; the verbs check which of them may act on it. One query."""
    return Ticket.objects.filter(pk=pk).first() if permissions.may_call(user) else None


def is_staffed(counter_id: int) -> bool:
    """Whether somebody has opened the counter or room today. One query."""
    opened = CounterSession.objects.filter(
        counter=counter_id, closed_at__isnull=True, opened_at__gte=service_points.midnight()
    )
    return opened.exists()


def waiting_for_rooms(user: User) -> QuerySet[Ticket]:
    """Tickets that wait for the user's rooms, for the staff rail."""
    return Ticket.objects.filter(target__in=permissions.rooms_of(user), day=clock.today(), state=Ticket.State.WAITING)


def workplace_of(session: CounterSession, user: User) -> Workplace:
    """Everything that the counter's page shows. Four queries, and one more where requests are named.

    ``session``: from ``session_of``; having it is the user's permission.
    """
    counter = session.counter
    tickets = _tickets_at(session, user)
    own = [ticket for ticket in tickets if ticket.session_id == session.pk and ticket.state in OWN]
    queue = queue_at(counter.location, related=("service", "visit"))
    waiting = queue.line_of(counter.pk)
    others = [point for point in queue.points if point.active and point.id != counter.pk]
    request_ids = {t.visit.request_id for t in [*own, *waiting] if t.visit.request_id}
    return Workplace(
        session=session,
        current=next((t for t in own if t.state != Ticket.State.HELD), None),
        waiting=waiting,
        held=[t for t in own if t.state == Ticket.State.HELD],
        missed=_missed_at(counter, tickets),
        targets=others,
        services=_services_at(queue.points),
        undoable=_undoable(tickets, user),
        numbers=_readable(request_ids, user),
    )


class Clicked(TypedDict):
    """``clicked_at``: the time of the last click on a ticket that can be taken back."""

    clicked_at: datetime.datetime


def _tickets_at(session: CounterSession, user: User) -> "list[WithAnnotations[Ticket, Clicked]]":
    """Tickets of this session, those that missed this counter's call, and those that the user clicked in the last
    minute.

    Ordered by the time of the call. One query, by the index of the day's numbers.
    """
    missed = Q(session__counter=session.counter, state=Ticket.State.NO_SHOW, visit__left_at__isnull=True)
    clicked = Q(undo__by=user.pk, clicked_at__gte=clock.now() - states.UNDO_WITHIN)
    today = Ticket.objects.annotate(clicked_at=Cast(KT("undo__at"), DateTimeField()))
    today = today.filter(location=session.counter.location_id, day=clock.today())
    found = today.filter(Q(session=session, state__in=OWN) | missed | clicked)
    return list(found.select_related("session", "visit__visitor", "visit__host", "service").order_by("called_at"))


def _missed_at(counter: Counter, tickets: Iterable[Ticket]) -> list[Ticket]:
    """Tickets that missed a call of this counter and whose visitors are still here, newest first."""
    missed = [
        (ticket.finished_at, ticket)
        for ticket in tickets
        if ticket.state == Ticket.State.NO_SHOW
        and ticket.finished_at
        and ticket.session
        and ticket.session.counter_id == counter.pk
        and ticket.visit.left_at is None
    ]
    missed.sort(key=lambda pair: pair[0], reverse=True)
    return [ticket for _at, ticket in missed[:MISSED_SHOWN]]


def _undoable(tickets: "Iterable[WithAnnotations[Ticket, Clicked]]", user: User) -> Ticket | None:
    """The ticket of the user's last click, while it can be taken back (``queue.actions.undoing.take_back``)."""
    since = clock.now() - states.UNDO_WITHIN
    clicked = [t for t in tickets if t.undo and t.undo["by"] == user.pk and t.clicked_at >= since]
    return max(clicked, key=lambda ticket: ticket.clicked_at, default=None)


def _services_at(points: Sequence[service_points.ServicePoint]) -> list[Service]:
    served = {pk for point in points if point.active for pk in point.services}
    return list(Service.objects.filter(pk__in=served).only("name"))


def _readable(request_ids: set[int], user: User) -> dict[int, str]:
    if not request_ids:
        return {}
    found = Request.objects.filter(visible_to(user), pk__in=request_ids).values_list("pk", "number")
    return {pk: number for pk, number in found if number}
