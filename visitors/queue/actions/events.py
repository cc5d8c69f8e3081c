"""The queue's own record: an event per act, in the act's transaction, and a nudge to the live screens after it."""

from django.db import connection

from ula_portal.core import clock
from ula_portal.core.live import waking as live
from visitors.models import Counter, QueueEvent, Ticket

_CALLED = "SELECT visitors_called(t, %s, %s, %s) FROM visitors_ticket t WHERE t.id = %s"


def append_call(ticket: Ticket, counter: Counter, turn: str) -> None:
    """Append the event of a call to a counter, once the ticket is saved; in SQL, as for ``visitors_call_next``.

    ``turn``: the verb that called.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [counter.pk, counter.name, turn, ticket.pk])
    live.nudge()


def append(
    kind: str, location_id: int, *, ticket: Ticket | None = None, counter: Counter | None = None, **data: object
) -> None:
    """Append an event; ``data`` holds names of counters and ids, never words about people. Of a call: ``append_call``.

    The nudge goes out after the commit: inside the transaction it would make commits wait for one another.
    """
    if ticket is not None:
        data = {"lane": ticket.lane, **data}
    if counter is not None:
        data = {"counter": counter.name, **data}
    QueueEvent.objects.create(
        location_id=location_id, at=clock.now(), kind=kind, ticket=ticket, counter=counter, data=data
    )
    live.nudge()
