"""Reads of the visitors floor, named by the question they answer."""

from .board import Board, Place, board_of, location_by_code, notice_at, place_of, ticket_by_token, words_of
from .counter import Workplace, counters_for, session_of, workplace_of
from .desk import (
    find_for_desk,
    hosts_to_choose,
    inside,
    locations,
    request_for_desk,
    services_to_choose,
    ticket_for_print,
    tickets_today,
    visitor_for_desk,
)
from .events import REPLAY_LIMIT, Cursor, Event, current_cursor, events_after
from .halls import Hall, halls_now
from .line import competitors_of, desks_of, midnight, open_sessions, places, waiting_at, waiting_in
from .ports import queue_now, visit_of

__all__ = [
    "REPLAY_LIMIT",
    "Board",
    "Cursor",
    "Event",
    "Hall",
    "Place",
    "Workplace",
    "board_of",
    "competitors_of",
    "counters_for",
    "current_cursor",
    "desks_of",
    "events_after",
    "find_for_desk",
    "halls_now",
    "hosts_to_choose",
    "inside",
    "location_by_code",
    "locations",
    "midnight",
    "notice_at",
    "open_sessions",
    "place_of",
    "places",
    "queue_now",
    "request_for_desk",
    "services_to_choose",
    "session_of",
    "ticket_by_token",
    "ticket_for_print",
    "tickets_today",
    "visit_of",
    "visitor_for_desk",
    "waiting_at",
    "waiting_in",
    "words_of",
    "workplace_of",
]
