"""The side effects of a verb: journal, timeline, notices, tasks, queue events, a signal to live pages."""

from collections import Counter
from dataclasses import dataclass, fields

from django.db import connection
from django.db.models import Model
from django_tasks_db.models import DBTaskResult

from services.models import Request, TimelineEntry
from sop.models import SopVersion
from tests.factories.world import ROLES, World
from ula_portal.core import clock
from ula_portal.core.live import waking as live
from ula_portal.core.models import JournalEntry, Notice, User
from visitors.models import Booking, HostCall, QueueEvent, Ticket

KINDS = {
    Request: "request",
    SopVersion: "sop_version",
    Booking: "booking",
    User: "user",
    Ticket: "ticket",
    HostCall: "host_call",
}


@dataclass(frozen=True)
class Before:
    """The rows that exist already."""

    journal: int
    timeline: set[int]
    notices: dict[int, str]
    tasks: set
    events: set[int]
    nudges: int


def before() -> Before:
    return Before(
        journal=_newest(JournalEntry),
        timeline=set(TimelineEntry.objects.values_list("pk", flat=True)),
        notices=dict(Notice.objects.values_list("pk", "state")),
        tasks=set(DBTaskResult.objects.values_list("pk", flat=True)),
        events=set(QueueEvent.objects.values_list("pk", flat=True)),
        nudges=len(connection.run_on_commit),
    )


def since(past: Before, world: World, by: str) -> list[str]:
    """The difference as sorted text; entries of an actor other than ``by`` end with ``@`` and the actor."""
    names = _names(world)
    notices = list(Notice.objects.exclude(pk__in=past.notices).order_by("pk"))
    shown = [
        *_acts("journal", _journal(past.journal), names, by),
        *_acts("timeline", _timeline(past.timeline), names, by),
        *(_words_of_notice(each, names) for each in notices),
        *_changed_notices(past.notices),
        *_tasks(past.tasks, notices),
    ]
    events = QueueEvent.objects.exclude(pk__in=past.events).values_list("kind", flat=True)
    shown += [f"event {kind}" for kind in events]
    return sorted(shown + _nudge(past, shown))


def _newest(model):
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _names(world):
    """Names of the world's objects by kind and id; people by their role."""
    named = {("user", str(getattr(world.cast, role).pk)): role for role in (*ROLES[1:], "secretary")}
    for field in fields(world):
        value = getattr(world, field.name)
        if isinstance(value, Model) and type(value) in KINDS:
            named[KINDS[type(value)], str(value.pk)] = field.name
    return named


def _journal(newest):
    for each in JournalEntry.objects.filter(pk__gt=newest):
        yield (each.subject_kind, each.subject_id), each.verb, (each.actor_kind, each.actor_id)


def _timeline(known):
    for each in TimelineEntry.objects.exclude(pk__in=known):
        verb = each.verb if each.audience == "public" else f"{each.verb} ({each.audience})"
        yield ("request", str(each.request_id)), verb, (each.actor_kind, each.actor_id)


def _acts(where, rows, names, by):
    for subject, verb, (kind, pk) in rows:
        who = names.get(("user", pk), "somebody") if kind == "staff" else kind
        yield f"{where} {names.get(subject, subject[0])}: {verb}" + ("" if who == by else f" @{who}")


def _words_of_notice(notice, names):
    subject = names.get((notice.subject_kind, notice.subject_id), notice.subject_kind)
    to = names.get(("user", str(notice.user_id)), "somebody") if notice.user_id else "outside"
    later = notice.next_try_at - clock.now()
    more = f" after {int(later.total_seconds())} s" if later else ""
    return f"notice {subject}: {notice.kind} to {to}{more}" + ("" if notice.state == "waiting" else f" {notice.state}")


def _changed_notices(known):
    for pk, state, kind in Notice.objects.filter(pk__in=known).values_list("pk", "state", "kind"):
        if state != known[pk]:
            yield f"notice {kind} now {state}"


def _tasks(known, notices):
    """Tasks other than deliveries of notices; checks that each waiting notice has exactly one delivery."""
    wanted = Counter(each.pk for each in notices if each.state == "waiting")
    for task in DBTaskResult.objects.exclude(pk__in=known):
        name = task.task_path.rpartition(".")[2]
        args = task.args_kwargs["args"]
        if name == "deliver_notice" and wanted[args[0]] > 0:
            wanted[args[0]] -= 1
        else:
            yield f"task {name}"
    yield from ("notice without task" for _left in (+wanted).elements())


def _nudge(past, shown):
    """A verb wakes the live pages if it moves a case or the queue, and only then."""
    nudged = any(function is live.notify for _ids, function, *_more in connection.run_on_commit[past.nudges :])
    expected = any(each.startswith(("timeline", "event")) for each in shown)
    if nudged == expected:
        return []
    return ["live pages woken"] if nudged else ["live pages not woken"]
