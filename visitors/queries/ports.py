"""Answers to what lower floors ask (``core.ports``)."""

from django.db import connection

from ula_portal.core import clock

from ..models import Visit

_NOW = """
SELECT (SELECT count(*) FROM visitors_ticket t WHERE t.day = %(day)s AND t.state = 'waiting'
        AND (%(services)s::bigint[] IS NULL OR t.service_id = ANY (%(services)s::bigint[]))),
    EXISTS (SELECT FROM visitors_countersession s JOIN visitors_counter c ON c.id = s.counter_id
        WHERE s.closed_at IS NULL AND s.paused_at IS NULL AND s.opened_at >= %(midnight)s AND c.active
        AND (%(services)s::bigint[] IS NULL OR EXISTS (SELECT FROM visitors_counter_services cs
            WHERE cs.counter_id = c.id AND cs.service_id = ANY (%(services)s::bigint[]))))
"""


def queue_now(services=None) -> dict:
    """How many wait now and whether a counter is open: ``{"waiting": int, "open": bool}``. One query.

    ``services``: ids of the services asked about; None for all.
    """
    now = clock.local(clock.now())
    values = {
        "day": now.date(),
        "midnight": now.replace(hour=0, minute=0, second=0, microsecond=0),
        "services": None if services is None else [int(pk) for pk in services],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOW, values)
        waiting, is_open = cursor.fetchone()
    return {"waiting": waiting, "open": is_open}


def visit_of(request) -> Visit | None:
    """The visit at which a walk-in request was opened, with its visitor; None for a request made online."""
    if request.source != request.Source.WALK_IN:
        return None
    return (
        Visit.objects.filter(request=request, purpose=Visit.Purpose.SERVICE)
        .select_related("visitor", "location")
        .order_by("pk")
        .first()
    )
