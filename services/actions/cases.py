"""The door to a case: its verbs, one function each. The rooms behind it are this package's other modules."""

from .asking import (
    applicant_answers,
    ask_applicant,
    close_unanswered,
    declare_complete,
    withdraw_request,
)
from .deviating import reassign, skip_step
from .handing_over import hand_over_letter, letter_downloaded
from .judging import clear_verdict, judge_document
from .opening import open_case
from .presence import follow_presence
from .recording import DoneStep, attach_paper, complete_in_row, detach_paper, record_on_paper
from .reminding import remind
from .routing import route_case, route_many, undo_routing
from .steps import Moved, claim_step, complete_step, decide_step, start_step
from .taking_back import take_back_step
from .talking import add_internal_note, read_mentions, write_to_applicant

__all__ = [
    "DoneStep",
    "Moved",
    "add_internal_note",
    "applicant_answers",
    "ask_applicant",
    "attach_paper",
    "claim_step",
    "clear_verdict",
    "close_unanswered",
    "complete_in_row",
    "complete_step",
    "decide_step",
    "declare_complete",
    "detach_paper",
    "follow_presence",
    "hand_over_letter",
    "judge_document",
    "letter_downloaded",
    "open_case",
    "read_mentions",
    "reassign",
    "record_on_paper",
    "remind",
    "route_case",
    "route_many",
    "skip_step",
    "start_step",
    "take_back_step",
    "undo_routing",
    "withdraw_request",
    "write_to_applicant",
]
