"""Answers to questions of lower floors (``core.ports``)."""

import datetime
from collections.abc import Iterable

from django.db import connection

from services.models import Request
from ula_portal.core import clock
from ula_portal.core.ports import QueueNow
from visitors.models import Closure, Visit
from visitors.places.queries.closures import words_of_closure

from .waiting import service_ended_at

_NOW = """
SELECT (SELECT count(*) FROM visitors_ticket t WHERE t.day = %(day)s AND t.state = 'waiting'
        AND (%(services)s::bigint[] IS NULL OR t.service_id = ANY (%(services)s::bigint[]))
        AND (%(ended)s::timestamptz IS NULL OR t.issued_at >= %(ended)s
            OR t.target_id IN (SELECT c.id FROM visitors_counter c WHERE c.kind = 'room')
            OR EXISTS (SELECT FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
                WHERE s.closed_at IS NULL AND s.opened_at >= %(midnight)s AND c.location_id = t.location_id
                AND (t.target_id = c.id OR t.target_id IS NULL AND (
                    t.service_id IS NULL AND c.kind = 'counter' OR EXISTS (SELECT FROM visitors_counter_services cs
                        WHERE cs.counter_id = c.id AND cs.service_id = t.service_id)))))),
    EXISTS (SELECT FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
        WHERE s.closed_at IS NULL AND s.paused_at IS NULL AND s.opened_at >= %(midnight)s
        AND (%(services)s::bigint[] IS NULL OR EXISTS (SELECT FROM visitors_counter_services cs
            WHERE cs.counter_id = c.id AND cs.service_id = ANY (%(services)s::bigint[])))),
    stopped.reason, stopped.until, stopped.name,
    (SELECT count(DISTINCT c.location_id) FROM visitors_counter c WHERE c.active)
FROM (SELECT 1) one LEFT JOIN LATERAL (
    SELECT x.reason, x.until, l.name FROM visitors_closure x JOIN core_location l ON l.id = x.location_id
    WHERE x.closed_at <= %(now)s AND x.until > %(now)s AND coalesce(x.reopened_at, x.until) > %(now)s
    ORDER BY x.id LIMIT 1) stopped ON true
"""


def queue_now(services: Iterable[int] | None = None) -> QueueNow:
    """How busy the queue is now, as ``core.ports.QueueNow``. One query.

    ``waiting`` counts the same tickets as ``waiting.Queue.waiting``, which would take more queries than the home page
    may use. ``services``: ids of the services asked about; None for all.
    """
    now = clock.local(clock.now())
    values = {
        "now": now,
        "day": now.date(),
        "midnight": now.replace(hour=0, minute=0, second=0, microsecond=0),
        "ended": service_ended_at(now),
        "services": None if services is None else [int(pk) for pk in services],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOW, values)
        waiting, is_open, *stopped = cursor.fetchone()
    return {"waiting": waiting, "open": is_open, "stopped": _stopped(now, *stopped)}


def _stopped(
    now: datetime.datetime, reason: str | None, until: datetime.datetime, location: str, locations: int
) -> str:
    if reason is None:
        return ""
    words = words_of_closure(Closure(reason=reason, until=until), now, titled=True)
    return words if locations < 2 else f"{location}: {words}"


def visit_of(request: Request) -> Visit | None:
    """The visit at which a walk-in request was opened, with its visitor; None for an online request."""
    if request.source != request.Source.WALK_IN:
        return None
    return (
        Visit.objects.filter(request=request, purpose=Visit.Purpose.SERVICE)
        .select_related("visitor", "location")
        .order_by("pk")
        .first()
    )
