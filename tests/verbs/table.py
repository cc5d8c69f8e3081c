"""The table of all verbs: what each writes beside its own rows, by room."""

from . import (
    approving,
    booking,
    drafting,
    office,
    preparing,
    queueing,
    recording,
    requesting,
    serving,
    stepping,
    talking,
    upkeep,
)

ROOMS = [office, upkeep, drafting, approving, requesting, preparing]
ROOMS += [stepping, recording, serving, talking, queueing, booking]
ROWS = [row for room in ROOMS for row in room.ROWS]

# Offered to others like verbs, but none: with the reason.
READS = "reads only"
PART = "part of the verb that calls it, whose row names what it writes"
NO_VERBS = {
    "services.conversation.actions.asking.unanswered_since": READS,
    "services.letters.actions.letters.draft_body": READS,
    "services.letters.actions.letters.render_preview": READS,
    "services.engine.actions.locked.who_was_faster": READS,
    "services.routing.actions.rules.recorded": READS,
    "services.letters.actions.templates.refuse_unknown": READS,
    "services.engine.actions.steps.deciding_words": READS,
    "services.engine.actions.steps.signing_words": READS,
    "ula_portal.core.journal.actions.verify": READS,
    "ula_portal.core.office.actions.people.has_other_administrator": READS,
    "visitors.checkin.actions.checkin.gaps": READS,
    "visitors.closing.actions.end_of": READS,
    "visitors.appointments.actions.slots.moments": READS,
    "visitors.appointments.actions.slots.rival_of": READS,
    "visitors.queue.actions.tickets.letter_for": READS,
    "visitors.queue.actions.tickets.token_of": READS,
    "services.engine.actions.opening.open_case": PART,
    "services.routing.actions.rules.place_last": PART,
}
