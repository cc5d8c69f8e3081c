"""Legal moves of requests, step runs, letters and services. Who may make them: ``services.permissions``."""

from ula_portal.core.verbs.moves import Move, Moves

_OPEN = ("submitted", "in_progress", "waiting_applicant")

# A draft becomes submitted, work on the first office step makes it in progress; the applicant is asked and answers;
# an end step, the applicant or thirty days of silence close it.
REQUEST = Moves(
    "services_request",
    Move("submit", ("draft",), "submitted"),
    Move("begin", ("submitted", "in_progress"), "in_progress"),
    Move("ask", ("in_progress",), "waiting_applicant"),
    Move("answer", ("waiting_applicant",), "in_progress"),
    Move("complete", ("in_progress",), "completed"),
    # An end step; from waiting: by staff, when the applicant does not answer.
    Move("reject", ("in_progress", "waiting_applicant"), "rejected"),
    Move("withdraw", _OPEN, "withdrawn"),
    # By whoever finished a step, for a minute.
    Move("take_back", ("in_progress", "waiting_applicant", "completed", "rejected"), "in_progress"),
    # The step that is taken back was the first work on the request.
    Move("rest_again", ("in_progress",), "submitted"),
    # A skip that ended an ask is taken back.
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

# The verb that each kind of end step brings.
END_VERBS = {"completed": "complete", "passed_on": "complete", "rejected": "reject"}

# The state of a run is what came of it; none while it is open.
RUN = Moves(
    "services_steprun",
    *(Move(outcome, ("",), outcome) for outcome in ("done", "yes", "no", "skipped", "cancelled", "undone")),
    column="outcome",
)

LETTER = Moves(
    "services_letter",
    Move("issue", ("reserved",), "issued"),
    # By a letter that replaces it.
    Move("withdraw", ("issued",), "withdrawn"),
)

SERVICE = Moves(
    "services_service",
    Move("publish", ("draft", "published", "withdrawn"), "published"),
    Move("withdraw", ("published",), "withdrawn"),
)
