"""Legal moves of a ticket, as data: verb → (states it may come from, state it leads to)."""

import datetime

from .models import Ticket

_S = Ticket.State

MOVES = {
    "call_next": ((_S.WAITING,), _S.CALLED),
    "call_particular": ((_S.WAITING,), _S.CALLED),
    "resume": ((_S.HELD,), _S.CALLED),
    "recall": ((_S.CALLED,), _S.CALLED),
    "no_show": ((_S.CALLED,), _S.NO_SHOW),
    "report_back": ((_S.NO_SHOW,), _S.WAITING),
    "start_serving": ((_S.CALLED,), _S.SERVING),
    "hold": ((_S.CALLED, _S.SERVING), _S.HELD),
    "transfer": ((_S.WAITING, _S.CALLED, _S.SERVING, _S.HELD), _S.WAITING),
    "finish": ((_S.CALLED, _S.SERVING), _S.FINISHED),
    "leave_queue": ((_S.WAITING, _S.CALLED, _S.HELD), _S.CANCELLED),
}
# States in which a ticket occupies its counter.
AT_COUNTER = (_S.CALLED, _S.SERVING)
ENDED = (_S.FINISHED, _S.NO_SHOW, _S.CANCELLED)


# A misclick at a counter can be taken back for so long.
UNDO_WITHIN = datetime.timedelta(minutes=1)


def may(verb: str, state: str) -> bool:
    """Whether the verb applies to a ticket in this state."""
    return state in MOVES[verb][0]
