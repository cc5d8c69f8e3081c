"""The rule by which the lanes take turns; pure, and the same as the statement in ``actions.calling``."""

import datetime
from collections.abc import Iterable, Sequence

REGULAR, PRIORITY = "regular", "priority"
# Priority visitors that a counter calls in a row while somebody waits in the regular lane.
PRIORITY_IN_A_ROW = 2
# From this wait on a regular visitor is let in after a single priority visitor.
AGES_AFTER = datetime.timedelta(minutes=20)


def lane_to_call(recent: Sequence[str], oldest_regular_wait: datetime.timedelta | None, priority_waits: bool):
    """The lane of the next call at a counter, or None when nobody waits.

    ``recent``: lanes of this counter's last calls today, newest first (two are enough); ``oldest_regular_wait``: how
    long the first of the regular lane has waited, None when that lane is empty. Only tickets that the counter may
    call are looked at.

    Two priority visitors are followed by one regular. When the first regular visitor has waited 20 minutes, one
    priority visitor is followed by one regular. An empty lane gives its turn away. So nobody starves: while a lane has
    somebody waiting, at least every third call of a counter goes to the regular lane, and every second at least to the
    priority lane; within a lane the longest wait comes first.
    """
    if oldest_regular_wait is None:
        return PRIORITY if priority_waits else None
    if not priority_waits:
        return REGULAR
    allowed = 1 if oldest_regular_wait >= AGES_AFTER else PRIORITY_IN_A_ROW
    streak = 0
    for lane in recent:
        if lane != PRIORITY:
            break
        streak += 1
    return REGULAR if streak >= allowed else PRIORITY


def likely_order(tickets: Iterable, now: datetime.datetime) -> list:
    """Waiting tickets in the order in which one counter alone would call them; with several it is an estimate.

    ``tickets`` have ``lane``, ``waiting_since`` (aware) and ``id``.
    """
    lanes = {REGULAR: [], PRIORITY: []}
    for ticket in sorted(tickets, key=lambda t: (t.waiting_since, t.id)):
        lanes[ticket.lane].append(ticket)
    heads, ordered, recent = {REGULAR: 0, PRIORITY: 0}, [], []
    while True:
        regular = lanes[REGULAR][heads[REGULAR] : heads[REGULAR] + 1]
        wait = now - regular[0].waiting_since if regular else None
        lane = lane_to_call(recent, wait, heads[PRIORITY] < len(lanes[PRIORITY]))
        if lane is None:
            return ordered
        ordered.append(lanes[lane][heads[lane]])
        heads[lane] += 1
        recent = [lane, *recent[:1]]
