"""Legal moves as data: from, verb, to, who. The database guards the same with check constraints and unique indexes."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from ula_portal.core.data.errors import Outdated


class Move(NamedTuple):
    """``who`` is for readers; who really may is in ``permissions``."""

    source: str
    verb: str
    target: str
    who: str


# A draft becomes submitted, work on the first office step makes it in progress; the applicant is asked and answers;
# an end step, the applicant or thirty days of silence close it.
REQUEST_MOVES = (
    Move("draft", "submit", "submitted", "applicant, front desk"),
    Move("submitted", "begin", "in_progress", "whoever works the first step"),
    Move("in_progress", "begin", "in_progress", "whoever works a step"),
    Move("in_progress", "ask", "waiting_applicant", "whoever works the step, or a step of the applicant"),
    Move("waiting_applicant", "answer", "in_progress", "applicant, front desk, the unit's pool"),
    Move("in_progress", "take_back", "in_progress", "who finished a step, for a minute"),
    Move("waiting_applicant", "take_back", "in_progress", "who finished a step that asked the applicant, for a minute"),
    Move("completed", "take_back", "in_progress", "who finished an end step, for a minute"),
    Move("rejected", "take_back", "in_progress", "who finished an end step, for a minute"),
    Move("in_progress", "rest_again", "submitted", "the step that is taken back was the first work on the request"),
    Move("in_progress", "ask_again", "waiting_applicant", "a skip that ended an ask is taken back"),
    Move("in_progress", "complete", "completed", "an end step"),
    Move("in_progress", "reject", "rejected", "an end step"),
    Move("waiting_applicant", "reject", "rejected", "staff, when the applicant does not answer"),
    Move("submitted", "withdraw", "withdrawn", "applicant, front desk"),
    Move("in_progress", "withdraw", "withdrawn", "applicant, front desk"),
    Move("waiting_applicant", "withdraw", "withdrawn", "applicant, front desk"),
)

# The verb that each kind of end step brings.
END_VERBS = {"completed": "complete", "passed_on": "complete", "rejected": "reject"}

LETTER_MOVES = (
    Move("reserved", "issue", "issued", "whoever works the letter's step"),
    Move("issued", "withdraw", "withdrawn", "a letter that replaces it"),
)

RUN_OUTCOMES = {
    "complete": "done",
    "decide_yes": "yes",
    "decide_no": "no",
    "skip": "skipped",
    "stop": "cancelled",
    "take_back": "undone",
}


def target_of(moves, source: str, verb: str) -> str:
    """The state that a verb leads to. Raises Outdated when it does not apply in the state ``source``."""
    for move in moves:
        if move.source == source and move.verb == verb:
            return move.target
    raise Outdated(_("Keadaan sudah berubah, sehingga tindakan ini tidak berlaku lagi. Muat ulang halaman ini."))
