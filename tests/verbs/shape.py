"""The signature that all verbs share, ``verb(subject, *, by, …, key="")``, and the exceptions with their reasons."""

import inspect
from collections.abc import Callable, Iterator

from ula_portal.core.journal.actors import Actor

MAX_PARAMETERS = 7

# Verbs without ``by``: the portal calls them by itself, at a set time or when it starts.
CHORES = {
    "services.alarms.actions.ringing.ring_alarms",
    "services.applying.actions.drafts.drop_old_drafts",
    "services.conversation.actions.default_templates.ensure_message_templates",
    "services.engine.actions.presence.follow_presence",
    "services.engine.actions.recomputing.recompute_due_dates",
    "services.letters.actions.issuing.ensure_letter_templates",
    "ula_portal.core.journal.actions.seal_day",
    "ula_portal.core.notices.delivery.deliver",
    "ula_portal.core.notices.tasks.enqueue_stale",
    "ula_portal.core.notices.tasks.schedule_sweep",
    "ula_portal.core.office.actions.people.delete_old_email_changes",
    "visitors.appointments.actions.arriving.mark_missed",
    "visitors.appointments.actions.arriving.remind_visitors",
    "visitors.appointments.actions.plans.follow_all_plans",
    "visitors.appointments.actions.plans.open_due_slots",
    "visitors.counter.actions.day_end.end_past_days",
}

# The reason of verbs that work on several rows.
BULK = "each in its own transaction, so that one refusal does not undo the others"

# Verbs without ``@verb``, which open their transactions themselves, with the reason.
OWN_TRANSACTIONS = {
    "services.conversation.actions.messaging.read_mentions": "one statement",
    "services.engine.actions.presence.follow_presence": "one for each step",
    "services.engine.actions.recomputing.recompute_due_dates": "one for each request",
    "services.letters.actions.issuing.issue_letter": "the number is committed before the letter is rendered",
    "services.routing.actions.routing.route_many": BULK,
    "services.inbox.actions.in_bulk.claim_in_bulk": BULK,
    "services.inbox.actions.in_bulk.hand_over_in_bulk": BULK,
    "services.inbox.actions.in_bulk.remind_in_bulk": BULK,
    "ula_portal.core.notices.delivery.deliver": "the lease is committed before sending, so that others see it",
    "visitors.appointments.actions.plans.follow_all_plans": "one for each service and location",
    "visitors.appointments.actions.plans.open_due_slots": "one for each service and location",
    "visitors.counter.actions.calling.call_next": "one statement, committed by itself: the busiest moment of the queue",
    "visitors.counter.actions.day_end.end_past_days": "one each for sessions, tickets and visits",
}

# Other public functions of ``actions`` that write, yet have neither ``@verb`` nor ``@part``, with the reason.
UNDECORATED: dict[str, str] = {}

# Names that parameters must not have: the actor is always ``by``, the idempotency key always ``key``.
REPLACED_NAMES = {"user", "actor", "idempotency_key"}


def faults(name: str, verb: Callable) -> Iterator[str]:
    """The differences of a verb's signature from the common shape, one predicate for each ("has 8 parameters").

    ``name``: the verb's full name, as in ``CHORES``.
    """
    parameters = inspect.signature(verb).parameters.values()
    first, *more = [each for each in parameters if each.kind is not each.KEYWORD_ONLY] or [None]
    if more:
        yield f"takes {', '.join(each.name for each in more)} by position"
    if first is not None and first.name.endswith("_id"):
        yield f"takes an id ({first.name}) instead of what was fetched"
    names = {each.name: each for each in parameters}
    if (name in CHORES) == ("by" in names):
        yield "does not say who acts" if name not in CHORES else "is a chore, yet says who acts"
    if "by" in names and names["by"].annotation not in (Actor, "Actor"):
        yield "takes somebody else than an Actor as by"
    if REPLACED_NAMES & set(names):
        yield f"calls a parameter {', '.join(sorted(REPLACED_NAMES & set(names)))}"
    if len(names) > MAX_PARAMETERS:
        yield f"has {len(names)} parameters"
