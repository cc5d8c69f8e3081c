"""What the events of the queue add up to; pure."""

from collections.abc import Iterable

# Kind of event → state of its ticket after it. "undone" carries the state that it restored.
STATE_AFTER = {
    "issued": "waiting",
    "called": "called",
    "recalled": "called",
    "serving": "serving",
    "held": "held",
    "no_show": "no_show",
    "reported_back": "waiting",
    "transferred": "waiting",
    "finished": "finished",
    "left": "cancelled",
}


def states_after(events: Iterable) -> dict[int, str]:
    """State of every ticket after the events, in their order: ticket id → state.

    ``events`` have ``ticket_id`` (None for events of a counter or location), ``kind`` and ``data``. Raises KeyError for
    a kind that is told nowhere how it leaves its ticket.
    """
    found = {}
    for event in events:
        if event.ticket_id is not None:
            found[event.ticket_id] = event.data["state"] if event.kind == "undone" else STATE_AFTER[event.kind]
    return found
