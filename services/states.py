"""Legal state transitions of requests, step runs, letters and services; ``services.permissions`` says who may."""

from ula_portal.core.verbs.moves import Move, Moves

_OPEN = ("submitted", "in_progress", "waiting_applicant")

# A draft is submitted, and work on the first office step puts it in progress. The applicant may be asked and answers.
# An end step, a withdrawal or an unanswered question closes it.
REQUEST = Moves(
    "services_request",
    Move("submit", ("draft",), "submitted"),
    Move("begin", ("submitted", "in_progress"), "in_progress"),
    Move("ask", ("in_progress",), "waiting_applicant"),
    Move("answer", ("waiting_applicant",), "in_progress"),
    Move("complete", ("in_progress",), "completed"),
    # By an end step; from the waiting state, by staff when the applicant does not answer.
    Move("reject", ("in_progress", "waiting_applicant"), "rejected"),
    Move("withdraw", _OPEN, "withdrawn"),
    # By whoever finished a step, within a minute.
    Move("take_back", ("in_progress", "waiting_applicant", "completed", "rejected"), "in_progress"),
    # When the step that is taken back was the first work on the request.
    Move("rest_again", ("in_progress",), "submitted"),
    # When a skip that ended a pause is taken back.
    Move("ask_again", ("in_progress",), "waiting_applicant"),
    folded=(
        ("submitted", "begin", "ask"),
        ("submitted", "begin", "complete"),
        ("submitted", "begin", "reject"),
        ("waiting_applicant", "answer", "complete"),
        *((closed, "take_back", verb) for closed in ("completed", "rejected") for verb in ("rest_again", "ask_again")),
        ("waiting_applicant", "take_back", "rest_again"),
    ),
)

# The verb that closes the request, for each kind of end step.
END_VERBS = {"completed": "complete", "passed_on": "complete", "rejected": "reject"}

# The state of a run is its outcome, which is empty while the run is open.
RUN = Moves(
    "services_steprun",
    *(Move(outcome, ("",), outcome) for outcome in ("done", "yes", "no", "skipped", "cancelled", "undone")),
    column="outcome",
)

LETTER = Moves(
    "services_letter",
    Move("issue", ("reserved",), "issued"),
    # When another letter replaces it.
    Move("withdraw", ("issued",), "withdrawn"),
)

SERVICE = Moves(
    "services_service",
    Move("publish", ("draft", "published", "withdrawn"), "published"),
    Move("withdraw", ("published",), "withdrawn"),
)
