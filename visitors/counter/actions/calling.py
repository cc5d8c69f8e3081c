"""Calling visitors: the next in turn, a particular one, again."""

import datetime
import json

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.data import locked_relations
from ula_portal.core.live import waking as live
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions, states
from visitors.models import CounterSession, Ticket
from visitors.models.rules import AGES_AFTER_MINUTES, IN_A_ROW
from visitors.places.queries import service_points
from visitors.queue.actions import events
from visitors.queue.actions.undoing import record_undo

# A second tap on the same button within this time means the visitor whom the first one called.
SAME_TAP = datetime.timedelta(seconds=2)

_NAMES = [field.attname for field in Ticket._meta.concrete_fields]
_CALL_NEXT = (
    "SELECT c.outcome, "
    + ", ".join(f"(c.ticket).{field.column}" for field in Ticket._meta.concrete_fields)
    + " FROM visitors_call_next(%s, %s, %s, %s, %s, %s, %s) c"
)


def call_next(session_id: int, user: User) -> Ticket | None:
    """Call the next visitor to the session's counter, exactly once; None when nobody waits for it.

    Two clerks at once get two tickets: the row that one has locked is skipped by the other. Who comes next is decided
    by ``fairness.lane_to_call`` from this counter's last calls (events of today) and the waiting rows: two priority
    visitors, then one regular; one and one when the first regular visitor has waited 20 minutes (both in the location's
    ``QueueRule``); in a lane the longest wait first, but services that the counter prefers while nobody of the lane has
    waited long. Only tickets that were transferred to the counter or whose service it serves (or that have none).

    A second tap within two seconds answers with the visitor whom the first one called.

    May: the person whose session it is, while they work there. Raises NotAllowed for others, Refused while the
    session has a ticket called or in service, or is paused, Outdated when it was closed.
    """
    if not has_role(user, *permissions.DESK_ROLES):
        _require_own_room(session_id, user)
    now = clock.now()
    midnight = service_points.midnight(now)
    values: list[int | datetime.date] = [
        user.pk,
        session_id,
        now,
        midnight.date(),
        midnight,
        IN_A_ROW,
        AGES_AFTER_MINUTES,
    ]
    # A transaction of its own, in one round trip (``visitors/sql/call_next.sql``).
    with connection.cursor() as cursor:
        cursor.execute(_CALL_NEXT, values)
        outcome, *row = cursor.fetchone()
    if outcome == "no session":
        raise _no_session(session_id, user)
    if outcome == "nobody":
        return None
    ticket = Ticket.from_db(connection.alias, _NAMES, row)
    ticket.undo = json.loads(ticket.undo) if isinstance(ticket.undo, str) else ticket.undo
    assert ticket.called_at is not None, "what stands at a counter was called"
    if outcome == "busy" and now - ticket.called_at < SAME_TAP and ticket.state == Ticket.State.CALLED:
        return ticket
    if outcome == "busy":
        raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": ticket.label})
    live.nudge()
    return ticket


def _require_own_room(session_id: int, user: User) -> None:
    counter_id = CounterSession.objects.filter(pk=session_id).values_list("counter_id", flat=True).first()
    if counter_id not in permissions.room_ids_of(user):
        raise NotAllowed(_("Anda tidak bertugas di loket ini."))


def _busy(session_id: int) -> Refused:
    current = Ticket.objects.filter(session_id=session_id, state__in=states.AT_COUNTER).first()
    return Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label if current else ""})


def _no_session(session_id: int, user: User) -> Refused:
    session = CounterSession.objects.filter(pk=session_id).first()
    if session is None or session.user_id != user.pk:
        return NotAllowed(_("Sesi loket ini bukan milik Anda."))
    if session.closed_at is not None:
        return Outdated(_("Loket ini sudah ditutup. Buka kembali untuk melanjutkan."))
    return Refused(_("Loket sedang jeda. Lanjutkan dahulu sebelum memanggil."))


def call_particular(session_id: int, ticket_id: int, user: User) -> Ticket:
    """Call one waiting ticket out of turn. Raises Outdated when a colleague was faster, else like ``call_next``."""
    return _call(session_id, ticket_id, user, "call_particular")


def resume(session_id: int, ticket_id: int, user: User) -> Ticket:
    """Call somebody back who was put on hold, to this session's counter. Raises as ``call_particular``."""
    return _call(session_id, ticket_id, user, "resume")


def _call(session_id: int, ticket_id: int, user: User, verb: str) -> Ticket:
    if not has_role(user, *permissions.DESK_ROLES):
        _require_own_room(session_id, user)
    with transaction.atomic():
        session = (
            CounterSession.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=session_id, user=user, closed_at__isnull=True, paused_at__isnull=True)
            .select_related("counter")
            .first()
        )
        if session is None:
            raise _no_session(session_id, user)
        if Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).exists():
            raise _busy(session_id)
        ticket = (
            Ticket.objects.select_for_update(no_key=True)
            .filter(pk=ticket_id, day=clock.today(), location_id=session.counter.location_id)
            .first()
        )
        if ticket is None:
            raise Refused(_("Nomor antrean ini tidak ada di lokasi Anda hari ini."))
        if not states.TICKET.applies(verb, ticket.state):
            raise outdated(ticket)
        record_undo(ticket, "called", user)
        states.TICKET.make(ticket, verb)
        ticket.session, ticket.called_at = session, clock.now()
        ticket.calls += 1
        ticket.save(update_fields=["state", "session", "called_at", "calls", "undo"])
        events.append_call(ticket, session.counter, verb)
        return ticket


def recall(ticket_id: int, user: User) -> Ticket:
    """Call the ticket at one's counter again. Raises Refused too soon after the call before (ten seconds, editable)."""
    with transaction.atomic():
        ticket = own_ticket(ticket_id, user, "recall")
        pause = datetime.timedelta(seconds=service_points.rule_of(ticket.location_id).recall_after_seconds)
        assert ticket.called_at is not None, "what is called again was called before"
        waited = clock.now() - ticket.called_at
        # A second call within this time would only confuse the waiting room.
        if waited < pause:
            seconds = int((pause - waited).total_seconds()) + 1
            raise Refused(_("Baru saja dipanggil. Panggil ulang dapat dilakukan %(n)s detik lagi.") % {"n": seconds})
        ticket.called_at = clock.now()
        ticket.calls += 1
        ticket.save(update_fields=["called_at", "calls"])
        events.append("recalled", ticket.location_id, ticket=ticket, counter=ticket.counter, call=ticket.calls)
        return ticket


def own_ticket(ticket_id: int, user: User, verb: str) -> Ticket:
    """The ticket of this person's session, locked, in a state in which the verb applies.

    Raises NotAllowed for the ticket of a colleague, Outdated in another state.
    """
    ticket = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session__counter")
        .filter(pk=ticket_id)
        .first()
    )
    if ticket is None or not has_role(user, *Role):
        raise NotAllowed(_("Nomor antrean ini tidak ditemukan di loket Anda."))
    locked_relations.drop_stale_relations(ticket, "session")
    if not states.TICKET.applies(verb, ticket.state):
        raise outdated(ticket)
    if ticket.session is None or ticket.session.user_id != user.pk:
        raise NotAllowed(_("%(label)s sedang ditangani loket lain.") % {"label": ticket.label})
    return ticket


def outdated(ticket: Ticket) -> Outdated:
    """What to tell somebody who came too late for a ticket."""
    words = {"label": ticket.label, "state": ticket.get_state_display().lower()}
    if ticket.session_id and ticket.state in states.AT_COUNTER:
        counter = CounterSession.objects.select_related("counter").get(pk=ticket.session_id).counter
        return Outdated(_("%(label)s sudah dipanggil di %(counter)s.") % {**words, "counter": counter})
    return Outdated(_("%(label)s sudah tidak menunggu tindakan ini (keadaan: %(state)s).") % words)
