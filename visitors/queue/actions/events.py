"""Appending queue events: one row per change, in the same transaction, then a signal to the live screens."""

from django.db import connection

from ula_portal.core import clock
from ula_portal.core.live import waking as live
from ula_portal.core.verbs.transactions import part
from visitors.models import Counter, QueueEvent, Ticket

_CALLED = "SELECT visitors_called(t, %s, %s, %s) FROM visitors_ticket t WHERE t.id = %s"


@part
def append_call(ticket: Ticket, counter: Counter, turn: str) -> None:
    """Append the event of a call to a counter, after the ticket was saved.

    The row is written by the same SQL function that ``visitors_call_next`` uses. ``turn``: name of the calling verb.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [counter.pk, counter.name, turn, ticket.pk])
    live.nudge()


@part
def append(
    kind: str, location_id: int, *, ticket: Ticket | None = None, counter: Counter | None = None, **data: object
) -> None:
    """Append any event but a call (see ``append_call``).

    ``data``: counter names and ids only, never anything about a person. Live screens are signalled after the commit,
    because a signal inside the transaction would make commits wait for one another.
    """
    if ticket is not None:
        data = {"lane": ticket.lane, **data}
    if counter is not None:
        data = {"counter": counter.name, **data}
    QueueEvent.objects.create(
        location_id=location_id, at=clock.now(), kind=kind, ticket=ticket, counter=counter, data=data
    )
    live.nudge()
