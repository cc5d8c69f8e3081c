"""Opening, pausing and closing a counter."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions, states
from visitors.models import Counter, CounterSession, Ticket
from visitors.places.queries import service_points
from visitors.queue.actions import events


@verb
def open_session(counter: Counter, *, by: Actor) -> CounterSession:
    """Open a counter or room; a session that the user already has open there is returned.

    Allowed: users who may work there (``permissions.may_work_at``).
    Effects: an event "opened". Sessions left open on an earlier day, at this counter or by this user, are closed first.
    Raises: NotAllowed; Refused when the counter is out of use or taken, or when the user has another one open.
    """
    user = by.staff_member
    current = Counter.objects.filter(pk=counter.pk, active=True).first()
    if current is None:
        raise Refused(_("Loket ini tidak dipakai. Pilih loket lain."))
    if not permissions.may_work_at(user, current):
        raise NotAllowed(_("Anda tidak bertugas di %(counter)s.") % {"counter": current})
    try:
        # A savepoint, so that the reason can be read after the constraint has refused the row.
        with transaction.atomic():
            _end_left_over(current, user)
            found = CounterSession.objects.filter(counter=current, user=user, closed_at__isnull=True).first()
            if found:
                return found
            session = CounterSession.objects.create(counter=current, user=user, opened_at=clock.now())
            events.append("opened", current.location_id, counter=current)
            return session
    except IntegrityError:
        raise _taken(current, user) from None


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
    """Close sessions of this counter and of this user that were left open on an earlier day."""
    same_counter_or_user = Q(counter=counter) | Q(user=user)
    stale = CounterSession.objects.filter(
        same_counter_or_user, closed_at__isnull=True, opened_at__lt=service_points.midnight()
    )
    for session in stale.select_for_update(of=("self",)).select_related("counter").order_by("pk"):
        close_with_tickets(session)


@part
def close_with_tickets(session: CounterSession) -> CounterSession:
    """Close a locked session that was left open; a ticket being served is finished, one called is a no-show.

    Only for sessions of earlier days: during the day the user who called a ticket ends it.
    """
    for ticket in Ticket.objects.select_for_update().filter(session=session, state__in=states.AT_COUNTER):
        served = ticket.state == Ticket.State.SERVING
        states.TICKET.make(ticket, "finish" if served else "no_show")
        ticket.finished_at, ticket.undo = clock.now(), None
        ticket.save(update_fields=["state", "finished_at", "undo"])
        events.append("finished" if served else "no_show", ticket.location_id, ticket=ticket, counter=session.counter)
    return _close(session)


@verb
def close_session(session: CounterSession, *, by: Actor) -> CounterSession:
    """Close the counter; tickets on hold stay on hold.

    Allowed: the user whose session it is.
    Effects: an event "closed".
    Raises: NotAllowed; Outdated when it is closed already; Refused with a ticket called or being served.
    """
    locked = _own_session(session, by.staff_member)
    _require_no_ticket(locked)
    return _close(locked)


def _require_no_ticket(session: CounterSession) -> None:
    current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
    if current:
        raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label})


def _close(session: CounterSession) -> CounterSession:
    session.closed_at = clock.now()
    session.paused_at = None
    session.save(update_fields=["closed_at", "paused_at"])
    events.append("closed", session.counter.location_id, counter=session.counter)
    return session


@verb
def pause(session: CounterSession, *, by: Actor) -> CounterSession:
    """Take a break: nobody is called to the counter until ``unpause``; calling it again does nothing.

    Allowed: the user whose session it is.
    Effects: an event "paused".
    Raises: NotAllowed; Outdated when it is closed; Refused with a ticket called or being served.
    """
    locked = _own_session(session, by.staff_member)
    _require_no_ticket(locked)
    if locked.paused_at is None:
        locked.paused_at = clock.now()
        locked.save(update_fields=["paused_at"])
        events.append("paused", locked.counter.location_id, counter=locked.counter)
    return locked


@verb
def unpause(session: CounterSession, *, by: Actor) -> CounterSession:
    """Continue after a break; calling it again does nothing.

    Allowed: the user whose session it is.
    Effects: an event "unpaused".
    Raises: NotAllowed; Outdated when it is closed.
    """
    locked = _own_session(session, by.staff_member)
    if locked.paused_at is not None:
        locked.paused_at = None
        locked.save(update_fields=["paused_at"])
        events.append("unpaused", locked.counter.location_id, counter=locked.counter)
    return locked


def _own_session(session: CounterSession, user: User) -> CounterSession:
    """Lock and return an open session of the user. Raises NotAllowed for another's, Outdated for a closed one."""
    locked = (
        CounterSession.objects.select_for_update(of=("self",)).select_related("counter").filter(pk=session.pk).first()
    )
    if locked is None or locked.user_id != user.pk:
        raise NotAllowed(_("Sesi loket ini bukan milik Anda."))
    if locked.closed_at is not None:
        raise Outdated(_("Loket ini sudah ditutup. Buka kembali untuk melanjutkan."))
    return locked
