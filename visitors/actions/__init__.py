"""One function per verb of the front desk and the queue."""

from .appointments import book, cancel_booking, move_booking
from .arriving import arrive
from .calling import call_next, call_particular, recall, resume
from .checkin import GROUNDS, CheckIn, check_in, gaps
from .closing import close_suddenly, end_of, move_end, reopen
from .correcting import correct_visit, take_back_leaving
from .day_end import end_past_days
from .hosting import answer_host, call_host
from .paper import enter_from_paper, reserve_numbers
from .seats import TimeTaken
from .serving import (
    check_out,
    finish,
    hold,
    leave_queue,
    no_show,
    report_back,
    report_back_oneself,
    start_serving,
    transfer,
)
from .sessions import close_session, open_session, pause, unpause
from .slots import Closing, Opening, add_slot_plan, close_slots, moments, reopen_slots
from .tickets import issue_ticket, letter_for, token_of
from .undoing import take_back

__all__ = [
    "GROUNDS",
    "CheckIn",
    "Closing",
    "Opening",
    "TimeTaken",
    "add_slot_plan",
    "answer_host",
    "arrive",
    "book",
    "call_host",
    "call_next",
    "call_particular",
    "cancel_booking",
    "check_in",
    "check_out",
    "close_session",
    "close_slots",
    "close_suddenly",
    "correct_visit",
    "end_of",
    "end_past_days",
    "enter_from_paper",
    "finish",
    "gaps",
    "hold",
    "issue_ticket",
    "leave_queue",
    "letter_for",
    "moments",
    "move_booking",
    "move_end",
    "no_show",
    "open_session",
    "pause",
    "recall",
    "reopen",
    "reopen_slots",
    "report_back",
    "report_back_oneself",
    "reserve_numbers",
    "resume",
    "start_serving",
    "take_back",
    "take_back_leaving",
    "token_of",
    "transfer",
    "unpause",
]
