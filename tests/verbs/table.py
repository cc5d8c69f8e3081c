"""The table of all verbs with their side effects, by room."""

from . import (
    approving,
    booking,
    drafting,
    files,
    forming,
    office,
    preparing,
    queueing,
    recording,
    requesting,
    serving,
    stepping,
    studio,
    talking,
    upkeep,
)

ROOMS = [office, upkeep, drafting, approving, requesting, preparing, files, studio, forming]
ROOMS += [stepping, recording, serving, talking, queueing, booking]
ROWS = [row for room in ROOMS for row in room.ROWS]

# Offered to other modules like verbs, but not verbs; with the reason.
READS = "reads only"
STARTS = "registers something when the portal starts"
PART = "part of the verb that calls it, whose row names what it writes"
NO_VERBS = {
    "services.conversation.actions.asking.unanswered_since": READS,
    "services.letters.actions.issuing.draft_body": READS,
    "services.letters.actions.issuing.render_preview": READS,
    "services.engine.actions.locked.who_was_faster": READS,
    "services.routing.actions.rules.recorded": READS,
    "services.letters.actions.issuing.context_of": READS,
    "services.letters.actions.templates.refuse_unknown": READS,
    "services.engine.actions.steps.deciding_words": READS,
    "services.engine.actions.steps.signing_words": READS,
    "ula_portal.core.journal.actions.verify": READS,
    "ula_portal.core.office.actions.people.has_other_administrator": READS,
    "visitors.checkin.actions.checkin.missing_fields": READS,
    "visitors.closing.actions.closure_end": READS,
    "visitors.appointments.actions.slots.closing_period": READS,
    "visitors.appointments.actions.plans.overlapping_plan": READS,
    "visitors.queue.actions.tickets.ticket_token": READS,
    "visitors.appointments.actions.plans.follow_plans": PART,
    "services.routing.actions.rules.place_last": PART,
    "ula_portal.core.journal.actions.record": PART,
    "ula_portal.core.notices.outbox.tell": PART,
    "ula_portal.core.time.actions.calendar_changed": PART,
    "ula_portal.core.notices.tasks.add_chore": STARTS,
    "ula_portal.core.time.actions.on_calendar_change": STARTS,
}
