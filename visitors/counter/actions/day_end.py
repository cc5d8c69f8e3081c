"""Ending what an earlier day left open."""

import datetime
from typing import TypedDict

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django_stubs_ext import WithAnnotations

from ula_portal.core import clock, workdays
from visitors import states
from visitors.models import CounterSession, Ticket, Visit
from visitors.places.queries.service_points import midnight
from visitors.queue.actions import events

from .sessions import close_with_tickets

# Rows of each kind that one sweep of the worker ends; the next sweep continues.
BATCH_SIZE = 200


def end_past_days() -> int:
    """End what earlier days left open: counter sessions, tickets and visits; returns the number of changed rows.

    A ticket that waited is cancelled, one being served is finished, one that was called is a no-show. A visit without a
    recorded check-out ends when the visitor was last served, or else with its day's service (``left_assumed``). Rows
    that somebody is changing at this moment are skipped. Sessions, tickets and visits are ended in a transaction each,
    so that no lock is held longer than needed.

    Effects: the events of each ending.
    """
    return _end_sessions() + _end_tickets(clock.today()) + _end_visits()


def _end_sessions() -> int:
    with transaction.atomic():
        stale = CounterSession.objects.filter(closed_at__isnull=True, opened_at__lt=midnight())
        stale = stale.select_for_update(of=("self",), skip_locked=True).select_related("counter").order_by("pk")
        sessions = list(stale[:BATCH_SIZE])
        for session in sessions:
            close_with_tickets(session)
        return len(sessions)


def _end_tickets(today: datetime.date) -> int:
    with transaction.atomic():
        stale = Ticket.objects.filter(state__in=Ticket.LIVE_STATES, day__lt=today).exclude(state__in=states.AT_COUNTER)
        stale = stale.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
        tickets = list(stale[:BATCH_SIZE])
        for ticket in tickets:
            states.TICKET.make(ticket, "leave_queue")
            ticket.finished_at, ticket.undo = clock.now(), None
            ticket.save(update_fields=["state", "finished_at", "undo"])
            events.append("left", ticket.location_id, ticket=ticket)
        return len(tickets)


class Served(TypedDict):
    """``served_until``: when the visitor was last served; None when they never were."""

    served_until: datetime.datetime | None


def _end_visits() -> int:
    with transaction.atomic():
        stale = Visit.objects.filter(left_at__isnull=True, checked_in_at__lt=midnight())
        stale = stale.filter(~Q(tickets__state__in=Ticket.LIVE_STATES))
        served = Ticket.objects.filter(visit=OuterRef("pk"), state=Ticket.State.FINISHED).order_by("-finished_at")
        ending = stale.annotate(served_until=Subquery(served.values("finished_at")[:1]))
        visits = list(ending.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH_SIZE])
        for visit in visits:
            visit.left_at, visit.left_assumed = _likely_end(visit), True
            visit.save(update_fields=["left_at", "left_assumed"])
        return len(visits)


def _likely_end(visit: "WithAnnotations[Visit, Served]") -> datetime.datetime:
    """When the visitor was last served, unless they came for an official; otherwise the end of that day's service.

    Never before they came, and never on a later day.
    """
    came, served = visit.checked_in_at, visit.served_until
    if served and visit.host_id is None and clock.local(served).date() == clock.local(came).date():
        return max(came, served)
    hours = workdays.service_hours(clock.local(came).date())
    return max(came, hours.closes) if hours else came
