"""Reading the queue's events without missing one."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ula_portal.core import clock
from visitors.models.rules import ticket_label
from visitors.places.queries import service_points

# The most events that are replayed to a display that was away; the board's present state covers the rest.
REPLAY_LIMIT = 200
# How long a call is news; after that it is replayed only while its visitor has not come to the counter.
NEWS_LASTS = datetime.timedelta(minutes=2)


@dataclass(frozen=True)
class Cursor:
    """How far a reader has come: it has all events of transactions below ``xid``, and those in ``seen``.

    ``seen``: pairs (xid, id) at or above ``xid``. ``str(cursor)`` is the id of a stream's message and omits ``seen``,
    so a reader that resumes there may get an event twice (to be dropped by its id) but never misses one.
    """

    xid: int
    seen: frozenset[tuple[int, int]] = frozenset()

    def __str__(self) -> str:
        return str(self.xid)

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor of a ``Last-Event-ID`` header; None for anything else."""
        return cls(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True)
class EventRow:
    """A row of ``QueueEvent`` with its ticket's letter and number; ``data``: the lane and what the kind adds."""

    id: int
    location_id: int
    kind: str
    ticket_id: int | None
    counter_id: int | None
    data: dict[str, Any]
    letter: str | None = None
    number: int | None = None

    @property
    def label(self) -> str:
        """The ticket's label; "" for events of a counter or location."""
        return ticket_label(self.letter, self.number) if self.letter and self.number is not None else ""


def _event_row(row: Sequence[Any]) -> EventRow:
    pk, location_id, kind, ticket_id, counter_id, data, letter, number = row
    return EventRow(pk, location_id, kind, ticket_id, counter_id, json.loads(data), letter, number)


_ROWS = """
SELECT pg_snapshot_xmin(snapshot.now)::text::bigint, e.xid::text::bigint,
    e.id, e.location_id, e.kind, e.ticket_id, e.counter_id, e.data::text, t.letter, t.number
FROM (SELECT pg_current_snapshot() AS now) snapshot
LEFT JOIN visitors_queueevent e ON e.xid >= %s::xid8 AND NOT e.id = ANY (%s::bigint[])
LEFT JOIN visitors_ticket t ON t.id = e.ticket_id
ORDER BY e.xid, e.id LIMIT %s
"""


def current_cursor() -> Cursor:
    """The cursor of a reader that wants events from now on, those of running transactions included. One query."""
    with connection.cursor() as db:
        db.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return Cursor(db.fetchone()[0])


def events_after(cursor: Cursor, limit: int = 5000) -> tuple[list[EventRow], Cursor]:
    """New events of all locations, ordered by transaction and id, and the cursor for the next call. One query.

    A plain id as cursor would lose events, because id 1 may be committed after id 2 was read. So the cursor advances
    only to the oldest transaction that is still running (``pg_snapshot_xmin`` of the statement's snapshot), below which
    nothing can appear any more. Events above it are returned immediately and remembered in ``seen``, so that a long
    transaction does not delay any screen.
    """
    with connection.cursor() as db:
        db.execute(_ROWS, [str(cursor.xid), [pk for _xid, pk in cursor.seen], limit])
        rows = db.fetchall()
    horizon, last_xid = rows[0][0], rows[-1][1]
    events = [_event_row(row[2:]) for row in rows if row[2] is not None]
    if len(rows) == limit and events:
        horizon = min(horizon, last_xid)
    horizon = max(horizon, cursor.xid)
    read = cursor.seen | {(row[1], row[2]) for row in rows if row[2] is not None}
    return events, Cursor(horizon, frozenset(pair for pair in read if pair[0] >= horizon))


def display_payload(event: EventRow) -> dict[str, object]:
    """What a display receives about an event: ``n``, ``kind``, and if they apply ``label``, ``counter``, ``call``."""
    shown: dict[str, object] = {key: event.data[key] for key in ("counter", "call") if key in event.data}
    return {"n": event.id, "kind": event.kind, **({"label": event.label} if event.label else {}), **shown}


_MISSED = """
SELECT missed.id, missed.location_id, missed.kind, missed.ticket_id, missed.counter_id, missed.data::text, t.letter,
    t.number
FROM (
    SELECT id, xid, at, location_id, kind, ticket_id, counter_id, data FROM visitors_queueevent
    WHERE xid >= %(xid)s::xid8 ORDER BY xid DESC, id DESC LIMIT %(limit)s) missed
LEFT JOIN visitors_ticket t ON t.id = missed.ticket_id
WHERE missed.location_id = %(location)s AND missed.at >= %(midnight)s AND (
    missed.at >= %(since)s
    OR missed.kind IN ('called', 'recalled') AND t.state = 'called' AND (missed.data ->> 'call')::int = t.calls)
ORDER BY missed.xid, missed.id
"""


def events_missed(cursor: Cursor, location_id: int) -> list[EventRow]:
    """Events that a display which was away since ``cursor`` still has to announce, oldest first. One query.

    These are the events of the last two minutes, and today's calls whose visitors have not come yet. A television that
    was switched off over the weekend must not call Friday's visitors on Monday.
    """
    values: dict[str, str | int | datetime.datetime] = {
        "xid": str(cursor.xid),
        "limit": REPLAY_LIMIT,
        "location": location_id,
        "midnight": service_points.midnight(),
        "since": clock.now() - NEWS_LASTS,
    }
    with connection.cursor() as db:
        db.execute(_MISSED, values)
        return [_event_row(row) for row in db.fetchall()]
