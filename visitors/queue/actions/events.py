"""The queue's own record: an event per act, in the act's transaction, and a nudge to the live screens after it."""

from ula_portal.core import clock
from ula_portal.core.live import waking as live
from visitors.models import QueueEvent


def write(kind: str, location_id: int, *, ticket=None, counter=None, **data) -> None:
    """Append an event; ``data`` holds labels, names of counters and ids, never words about people.

    The nudge goes out after the commit: inside the transaction it would make commits wait for one another.
    """
    if ticket is not None:
        data = {"label": ticket.label, "lane": ticket.lane, **data}
    if counter is not None:
        data = {"counter": counter.name, **data}
    QueueEvent.objects.create(
        location_id=location_id, at=clock.now(), kind=kind, ticket=ticket, counter=counter, data=data
    )
    live.nudge()
