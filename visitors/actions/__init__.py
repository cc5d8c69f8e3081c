"""One function per verb of the front desk and the queue."""

from .calling import call_next, call_particular, recall, resume
from .checkin import GROUNDS, CheckIn, check_in, gaps
from .serving import check_out, finish, hold, leave_queue, no_show, report_back, start_serving, transfer
from .sessions import close_session, open_session, pause, unpause
from .tickets import issue_ticket, letter_for, token_of

__all__ = [
    "GROUNDS",
    "CheckIn",
    "call_next",
    "call_particular",
    "check_in",
    "check_out",
    "close_session",
    "finish",
    "gaps",
    "hold",
    "issue_ticket",
    "leave_queue",
    "letter_for",
    "no_show",
    "open_session",
    "pause",
    "recall",
    "report_back",
    "resume",
    "start_serving",
    "token_of",
    "transfer",
    "unpause",
]
