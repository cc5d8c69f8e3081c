"""The rule by which the lanes take turns; pure Python, equal to the SQL function ``visitors_call_next``."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from visitors.models.rules import AGES_AFTER_MINUTES, IN_A_ROW

REGULAR, PRIORITY = "regular", "priority"


@dataclass(frozen=True)
class Turns:
    """Turns of the lanes at a location without a ``models.QueueRule``; see ``Rule``."""

    priority_in_a_row: int = IN_A_ROW
    ages_after: datetime.timedelta = datetime.timedelta(minutes=AGES_AFTER_MINUTES)


USUAL = Turns()


class Rule(Protocol):
    """How the lanes of a location take turns.

    ``priority_in_a_row``: priority visitors that a counter calls in a row while somebody waits in the regular lane.
    ``ages_after``: a regular visitor who has waited this long alternates with priority visitors.
    """

    @property
    def priority_in_a_row(self) -> int: ...

    @property
    def ages_after(self) -> datetime.timedelta: ...


class Waiting(Protocol):
    """A visitor who waits in a lane; ``waiting_since`` is timezone-aware."""

    @property
    def lane(self) -> str: ...

    @property
    def waiting_since(self) -> datetime.datetime: ...

    @property
    def id(self) -> float: ...


Waiter = TypeVar("Waiter", bound=Waiting)


def lane_to_call(
    recent: Sequence[str],
    oldest_regular_wait: datetime.timedelta | None,
    priority_waits: bool,
    turns: Rule = USUAL,
) -> str | None:
    """The lane of a counter's next call, or None when nobody waits for it.

    ``recent``: lanes of this counter's last calls today, newest first (``turns.priority_in_a_row`` are enough).
    ``oldest_regular_wait``: how long the first in the regular lane has waited; None when that lane is empty. Only
    tickets that the counter may call are considered.

    After ``priority_in_a_row`` priority visitors comes one regular visitor; once the first regular visitor has waited
    long, the lanes alternate. An empty lane passes its turn on. So neither lane starves: while somebody waits in a
    lane, it gets a turn after at most that many calls of the other. Within a lane the longest wait comes first.

    Source: standards §7.
    """
    if oldest_regular_wait is None:
        return PRIORITY if priority_waits else None
    if not priority_waits:
        return REGULAR
    allowed = 1 if oldest_regular_wait >= turns.ages_after else turns.priority_in_a_row
    streak = 0
    for lane in recent:
        if lane != PRIORITY:
            break
        streak += 1
    return REGULAR if streak >= allowed else PRIORITY


def likely_order(
    tickets: Iterable[Waiter],
    now: datetime.datetime,
    turns: Rule = USUAL,
    preferred: Callable[[Waiter], bool] | None = None,
    recent: Sequence[str] = (),
) -> list[Waiter]:
    """Waiting tickets in the order in which one counter alone would call them; an estimate when several counters call.

    ``preferred`` tells which tickets the counter takes first within a lane while the first of that lane has not waited
    long. ``recent``: as in ``lane_to_call``.
    """
    lanes: dict[str, list[Waiter]] = {REGULAR: [], PRIORITY: []}
    for ticket in sorted(tickets, key=lambda t: (t.waiting_since, t.id)):
        lanes[ticket.lane].append(ticket)
    ordered: list[Waiter] = []
    if preferred is None:
        lanes = {lane: list(reversed(lane_tickets)) for lane, lane_tickets in lanes.items()}
    while True:
        regular = _first(lanes[REGULAR], preferred)
        wait = now - regular.waiting_since if regular else None
        lane = lane_to_call(recent, wait, bool(lanes[PRIORITY]), turns)
        if lane is None:
            return ordered
        ordered.append(_take(lanes[lane], now, turns, preferred))
        recent = [lane, *recent[: turns.priority_in_a_row - 1]]


def _first(lane_tickets: list[Waiter], preferred: Callable[[Waiter], bool] | None) -> Waiter | None:
    """The longest wait of a lane. Without preferences the list is reversed, so removing its first ticket is cheap."""
    if not lane_tickets:
        return None
    return lane_tickets[-1] if preferred is None else lane_tickets[0]


def _take(
    lane_tickets: list[Waiter], now: datetime.datetime, turns: Rule, preferred: Callable[[Waiter], bool] | None
) -> Waiter:
    if preferred is None:
        return lane_tickets.pop()
    if now - lane_tickets[0].waiting_since < turns.ages_after:
        for index, ticket in enumerate(lane_tickets):
            if preferred(ticket):
                return lane_tickets.pop(index)
    return lane_tickets.pop(0)
