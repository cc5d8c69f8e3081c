"""The states of tickets as the queue's events tell them; pure Python."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

# Kind of event → state of its ticket afterwards. An event "undone" carries the restored state itself.
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


class TicketEvent(Protocol):
    """An event of the queue; ``ticket_id`` is None for those of a counter or location."""

    @property
    def ticket_id(self) -> int | None: ...

    @property
    def kind(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def states_after(events: Iterable[TicketEvent]) -> dict[int, str]:
    """The state of every ticket after the events in this order: ticket id → state.

    Raises: KeyError for a kind without an entry in STATE_AFTER.
    """
    found: dict[int, str] = {}
    for event in events:
        if event.ticket_id is not None:
            found[event.ticket_id] = event.data["state"] if event.kind == "undone" else STATE_AFTER[event.kind]
    return found
