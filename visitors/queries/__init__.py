"""Reads of the visitors floor, named by the question they answer."""

from .board import Board, Place, board_of, location_by_code, notice_at, place_of, ticket_by_token, words_of
from .closing import closure_at, closures_at, last_ticket_passed, words_of_closure
from .counter import Workplace, counters_for, session_of, workplace_of
from .desk import (
    find_for_desk,
    hosts_away,
    hosts_to_choose,
    in_the_building,
    inside,
    locations,
    printer_at,
    request_for_desk,
    services_to_choose,
    ticket_for_print,
    tickets_today,
    visit_for_badge,
    visitor_for_desk,
)
from .events import REPLAY_LIMIT, Cursor, Event, current_cursor, events_after
from .halls import Hall, halls_now
from .hosting import delegates_for, host_calls_for, host_calls_waiting, may_answer
from .line import competitors_of, desks_of, midnight, open_sessions, places, rule_of, waiting_at, waiting_in
from .paper import numbers_entered, paper_sheet, paper_sheets
from .ports import queue_now, visit_of
from .screen import (
    call_of_event,
    news_of,
    picture_of_notice,
    screen_rule_of,
    served_seconds,
)

__all__ = [
    "REPLAY_LIMIT",
    "Board",
    "Cursor",
    "Event",
    "Hall",
    "Place",
    "Workplace",
    "board_of",
    "call_of_event",
    "closure_at",
    "closures_at",
    "competitors_of",
    "counters_for",
    "current_cursor",
    "delegates_for",
    "desks_of",
    "events_after",
    "find_for_desk",
    "halls_now",
    "host_calls_for",
    "host_calls_waiting",
    "hosts_away",
    "hosts_to_choose",
    "in_the_building",
    "inside",
    "last_ticket_passed",
    "location_by_code",
    "locations",
    "may_answer",
    "midnight",
    "news_of",
    "notice_at",
    "numbers_entered",
    "open_sessions",
    "paper_sheet",
    "paper_sheets",
    "picture_of_notice",
    "place_of",
    "places",
    "printer_at",
    "queue_now",
    "request_for_desk",
    "rule_of",
    "screen_rule_of",
    "served_seconds",
    "services_to_choose",
    "session_of",
    "ticket_by_token",
    "ticket_for_print",
    "tickets_today",
    "visit_for_badge",
    "visit_of",
    "visitor_for_desk",
    "waiting_at",
    "waiting_in",
    "words_of",
    "words_of_closure",
    "workplace_of",
]
