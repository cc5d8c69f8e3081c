"""Opening, pausing and closing a counter."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions, states
from visitors.models import Counter, CounterSession, Ticket
from visitors.places.queries import service_points
from visitors.queue.actions import events


def open_session(counter_id: int, user: User) -> CounterSession:
    """Sit down at a counter or open a room; a session of one's own that is open there already is returned.

    Sessions left open on an earlier day are closed on the way, with the tickets still called in them. Raises
    NotAllowed for who may not work there, Refused when the counter is out of use, taken by a colleague, or when the
    person has another one open.
    """
    counter = Counter.objects.filter(pk=counter_id, active=True).first()
    if counter is None:
        raise Refused(_("Loket ini tidak dipakai. Pilih loket lain."))
    if not permissions.may_work_at(user, counter):
        raise NotAllowed(_("Anda tidak bertugas di %(counter)s.") % {"counter": counter})
    try:
        with transaction.atomic():
            _end_left_over(counter, user)
            found = CounterSession.objects.filter(counter=counter, user=user, closed_at__isnull=True).first()
            if found:
                return found
            session = CounterSession.objects.create(counter=counter, user=user, opened_at=clock.now())
            events.append("opened", counter.location_id, counter=counter)
            return session
    except IntegrityError:
        raise _taken(counter, user) from None


def _taken(counter: Counter, user: User) -> Refused:
    own = CounterSession.objects.filter(user=user, closed_at__isnull=True).select_related("counter").first()
    if own:
        return Refused(_("Anda masih membuka %(counter)s. Tutup dahulu.") % {"counter": own.counter})
    other = CounterSession.objects.filter(counter=counter, closed_at__isnull=True).select_related("user").first()
    return Refused(
        _("%(counter)s sedang dipakai %(who)s.")
        % {"counter": counter, "who": other.user if other else _("petugas lain")}
    )


def _end_left_over(counter: Counter, user: User) -> None:
    """Close sessions from an earlier day that stand in the way: this counter's and this person's."""
    in_the_way = Q(counter=counter) | Q(user=user)
    stale = CounterSession.objects.filter(in_the_way, closed_at__isnull=True, opened_at__lt=service_points.midnight())
    for session in stale.select_for_update(of=("self",)).select_related("counter").order_by("pk"):
        close_with_tickets(session)


def close_with_tickets(session: CounterSession) -> CounterSession:
    """Close a session that was left open, in the caller's transaction: who was served is done, who was called missed.

    ``session`` is locked by the caller. For the end of a day only: during it a ticket is ended by who called it.
    """
    for ticket in Ticket.objects.select_for_update().filter(session=session, state__in=states.AT_COUNTER):
        served = ticket.state == Ticket.State.SERVING
        states.TICKET.make(ticket, "finish" if served else "no_show")
        ticket.finished_at, ticket.undo = clock.now(), None
        ticket.save(update_fields=["state", "finished_at", "undo"])
        events.append("finished" if served else "no_show", ticket.location_id, ticket=ticket, counter=session.counter)
    return _close(session)


def close_session(session_id: int, user: User) -> CounterSession:
    """Leave the counter. Raises Refused while a ticket is called or being served there; held ones stay held."""
    with transaction.atomic():
        session = _own(session_id, user)
        current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
        if current:
            raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label})
        return _close(session)


def _close(session: CounterSession) -> CounterSession:
    session.closed_at = clock.now()
    session.paused_at = None
    session.save(update_fields=["closed_at", "paused_at"])
    events.append("closed", session.counter.location_id, counter=session.counter)
    return session


def pause(session_id: int, user: User) -> CounterSession:
    """Take a break: nobody is called to the counter until ``unpause``. Raises Refused with a ticket at the counter."""
    with transaction.atomic():
        session = _own(session_id, user)
        current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
        if current:
            raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label})
        if session.paused_at is None:
            session.paused_at = clock.now()
            session.save(update_fields=["paused_at"])
            events.append("paused", session.counter.location_id, counter=session.counter)
        return session


def unpause(session_id: int, user: User) -> CounterSession:
    """Go on after a break."""
    with transaction.atomic():
        session = _own(session_id, user)
        if session.paused_at is not None:
            session.paused_at = None
            session.save(update_fields=["paused_at"])
            events.append("unpaused", session.counter.location_id, counter=session.counter)
        return session


def _own(session_id: int, user: User) -> CounterSession:
    """The open session of this person, locked. Raises NotAllowed for another's, Outdated for a closed one."""
    session = (
        CounterSession.objects.select_for_update(of=("self",)).select_related("counter").filter(pk=session_id).first()
    )
    if session is None or session.user_id != user.pk:
        raise NotAllowed(_("Sesi loket ini bukan milik Anda."))
    if session.closed_at is not None:
        raise Outdated(_("Loket ini sudah ditutup. Buka kembali untuk melanjutkan."))
    return session
