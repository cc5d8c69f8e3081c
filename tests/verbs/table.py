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
    "services.actions.asking.unanswered_since": READS,
    "services.actions.letters.draft_body": READS,
    "services.actions.letters.render_preview": READS,
    "services.actions.locked.who_was_faster": READS,
    "services.actions.routing_rules.recorded": READS,
    "services.actions.setting_up.refuse_unknown": READS,
    "services.actions.steps.deciding_words": READS,
    "services.actions.steps.signing_words": READS,
    "ula_portal.core.actions.journal.verify": READS,
    "ula_portal.core.actions.people.has_other_administrator": READS,
    "visitors.actions.checkin.gaps": READS,
    "visitors.actions.closing.end_of": READS,
    "visitors.actions.slots.moments": READS,
    "visitors.actions.slots.rival_of": READS,
    "visitors.actions.tickets.letter_for": READS,
    "visitors.actions.tickets.token_of": READS,
    "services.actions.opening.open_case": PART,
    "services.actions.routing_rules.place_last": PART,
}
