"""Reads of the visitors floor, named by the question they answer."""

from .board import Board, Place, board_of, location_by_code, place_of, ticket_by_token, words_of
from .events import REPLAY_LIMIT, Cursor, Event, current_cursor, events_after
from .line import competitors_of, desks_of, midnight, open_sessions, places, waiting_at, waiting_in
from .ports import queue_now, visit_of

__all__ = [
    "REPLAY_LIMIT",
    "Board",
    "Cursor",
    "Event",
    "Place",
    "board_of",
    "competitors_of",
    "current_cursor",
    "desks_of",
    "events_after",
    "location_by_code",
    "midnight",
    "open_sessions",
    "place_of",
    "places",
    "queue_now",
    "ticket_by_token",
    "visit_of",
    "waiting_at",
    "waiting_in",
    "words_of",
]
