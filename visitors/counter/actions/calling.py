"""Calling visitors to a counter: the next in turn, a particular one, or the same one again."""

import datetime
import json

from django.db import connection
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.data import locked_relations
from ula_portal.core.journal.actors import Actor
from ula_portal.core.live import waking as live
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions, states
from visitors.models import CounterSession, Ticket
from visitors.models.rules import AGES_AFTER_MINUTES, IN_A_ROW
from visitors.places.queries import service_points
from visitors.queue.actions import events
from visitors.queue.actions.undoing import record_undo

# A second click within this time is answered with the ticket that the first one called.
DOUBLE_CLICK = datetime.timedelta(seconds=2)

_COLUMNS = [field.attname for field in Ticket._meta.concrete_fields]
_CALL_NEXT = (
    "SELECT c.outcome, "
    + ", ".join(f"(c.ticket).{field.column}" for field in Ticket._meta.concrete_fields)
    + " FROM visitors_call_next(%s, %s, %s, %s, %s, %s, %s) c"
)


def call_next(session: CounterSession, *, by: Actor) -> Ticket | None:
    """Call the next visitor to the session's counter, exactly once; None when nobody waits for it.

    Two clerks who click at the same time get two tickets, because each skips the row that the other has locked. The
    order is that of ``fairness.lane_to_call``, from this counter's calls of today and the waiting tickets: two priority
    visitors, then one regular one; alternating once the first regular visitor has waited 20 minutes (the location's
    ``QueueRule`` can change both numbers). Within a lane the longest wait comes first, or the services that the counter
    prefers while nobody in the lane has waited long. Only tickets that were transferred to the counter, whose service
    it serves, or that have no service are called.

    It runs as one statement outside any transaction (``visitors/sql/call_next.sql``), so it costs one round trip.

    Allowed: the user whose open session it is, while they work at that counter.
    Effects: an event "called".
    Raises: NotAllowed for others; Refused while the session is paused or has a ticket called or being served; Outdated
    when it was closed.
    """
    user = by.staff_member
    _require_at_work(session, user)
    now = clock.now()
    midnight = service_points.midnight(now)
    values: list[int | datetime.date] = [
        user.pk,
        session.pk,
        now,
        midnight.date(),
        midnight,
        IN_A_ROW,
        AGES_AFTER_MINUTES,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CALL_NEXT, values)
        outcome, *row = cursor.fetchone()
    if outcome == "no session":
        raise _unusable_session(session, user)
    if outcome == "nobody":
        return None
    ticket = Ticket.from_db(connection.alias, _COLUMNS, row)
    ticket.undo = json.loads(ticket.undo) if isinstance(ticket.undo, str) else ticket.undo
    assert ticket.called_at is not None, "a ticket at a counter was called"
    if outcome == "busy" and now - ticket.called_at < DOUBLE_CLICK and ticket.state == Ticket.State.CALLED:
        return ticket
    if outcome == "busy":
        raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": ticket.label})
    live.nudge()
    return ticket


def _require_at_work(session: CounterSession, user: User) -> None:
    """Desk roles may call at every counter of theirs, officials only in their own room."""
    if not has_role(user, *permissions.DESK_ROLES) and session.counter_id not in permissions.room_ids_of(user):
        raise NotAllowed(_("Anda tidak bertugas di loket ini."))


def _busy(session: CounterSession) -> Refused:
    current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
    return Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label if current else ""})


def _unusable_session(session: CounterSession, user: User) -> Refused:
    """The refusal that says why this user cannot call from this session."""
    current = CounterSession.objects.filter(pk=session.pk).first()
    if current is None or current.user_id != user.pk:
        return NotAllowed(_("Sesi loket ini bukan milik Anda."))
    if current.closed_at is not None:
        return Outdated(_("Loket ini sudah ditutup. Buka kembali untuk melanjutkan."))
    return Refused(_("Loket sedang jeda. Lanjutkan dahulu sebelum memanggil."))


@verb
def call_particular(ticket: Ticket, *, by: Actor, session: CounterSession) -> Ticket:
    """Call one waiting ticket out of turn to a session's counter.

    Allowed: as ``call_next``.
    Effects: an event "called".
    Raises: as ``call_next``, and Outdated when a colleague was faster.
    """
    return _call(ticket, by.staff_member, session, "call_particular")


@verb
def resume(ticket: Ticket, *, by: Actor, session: CounterSession) -> Ticket:
    """Call a visitor back who was put on hold, to a session's counter.

    Allowed, Effects and Raises: as ``call_particular``.
    """
    return _call(ticket, by.staff_member, session, "resume")


def _call(ticket: Ticket, user: User, session: CounterSession, verb_name: str) -> Ticket:
    _require_at_work(session, user)
    locked_session = (
        CounterSession.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=session.pk, user=user, closed_at__isnull=True, paused_at__isnull=True)
        .select_related("counter")
        .first()
    )
    if locked_session is None:
        raise _unusable_session(session, user)
    if Ticket.objects.filter(session=locked_session, state__in=states.AT_COUNTER).exists():
        raise _busy(locked_session)
    locked = (
        Ticket.objects.select_for_update(no_key=True)
        .filter(pk=ticket.pk, day=clock.today(), location_id=locked_session.counter.location_id)
        .first()
    )
    if locked is None:
        raise Refused(_("Nomor antrean ini tidak ada di lokasi Anda hari ini."))
    if not states.TICKET.applies(verb_name, locked.state):
        raise outdated(locked)
    record_undo(locked, "called", user)
    states.TICKET.make(locked, verb_name)
    locked.session, locked.called_at = locked_session, clock.now()
    locked.calls += 1
    locked.save(update_fields=["state", "session", "called_at", "calls", "undo"])
    events.append_call(locked, locked_session.counter, verb_name)
    return locked


@verb
def recall(ticket: Ticket, *, by: Actor) -> Ticket:
    """Call the ticket at one's counter once more.

    Allowed: the user whose session called it.
    Effects: an event "recalled".
    Raises: NotAllowed, Outdated; Refused too soon after the last call (ten seconds, unless the location's rule says
    otherwise), because that would only confuse the waiting room.
    """
    locked = own_ticket(ticket, by.staff_member, "recall")
    pause = datetime.timedelta(seconds=service_points.rule_of(locked.location_id).recall_after_seconds)
    assert locked.called_at is not None, "what is called again was called before"
    waited = clock.now() - locked.called_at
    if waited < pause:
        seconds = int((pause - waited).total_seconds()) + 1
        raise Refused(_("Baru saja dipanggil. Panggil ulang dapat dilakukan %(n)s detik lagi.") % {"n": seconds})
    locked.called_at = clock.now()
    locked.calls += 1
    locked.save(update_fields=["called_at", "calls"])
    events.append("recalled", locked.location_id, ticket=locked, counter=locked.counter, call=locked.calls)
    return locked


@part
def own_ticket(ticket: Ticket, user: User, verb_name: str) -> Ticket:
    """Lock and return a ticket of the user's own session, in a state to which the verb applies.

    Raises: NotAllowed for a colleague's ticket; Outdated in another state.
    """
    locked = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session__counter")
        .filter(pk=ticket.pk)
        .first()
    )
    if locked is None or not has_role(user, *Role):
        raise NotAllowed(_("Nomor antrean ini tidak ditemukan di loket Anda."))
    locked_relations.drop_stale_relations(locked, "session")
    if not states.TICKET.applies(verb_name, locked.state):
        raise outdated(locked)
    if locked.session is None or locked.session.user_id != user.pk:
        raise NotAllowed(_("%(label)s sedang ditangani loket lain.") % {"label": locked.label})
    return locked


def outdated(ticket: Ticket) -> Outdated:
    """The refusal for somebody whose click came too late for a ticket."""
    words = {"label": ticket.label, "state": ticket.get_state_display().lower()}
    if ticket.session_id and ticket.state in states.AT_COUNTER:
        counter = CounterSession.objects.select_related("counter").get(pk=ticket.session_id).counter
        return Outdated(_("%(label)s sudah dipanggil di %(counter)s.") % {**words, "counter": counter})
    return Outdated(_("%(label)s sudah tidak menunggu tindakan ini (keadaan: %(state)s).") % words)
