"""Reads of the visitors floor, named by the question they answer."""

from .events import Cursor, Event, current_cursor, events_after
from .line import competitors_of, desks_of, midnight, open_sessions, places, waiting_at, waiting_in
from .ports import queue_now, visit_of

__all__ = [
    "Cursor",
    "Event",
    "competitors_of",
    "current_cursor",
    "desks_of",
    "events_after",
    "midnight",
    "open_sessions",
    "places",
    "queue_now",
    "visit_of",
    "waiting_at",
    "waiting_in",
]
