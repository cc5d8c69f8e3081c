"""Opening, pausing and closing a counter."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.errors import NotAllowed, Outdated, Refused

from .. import permissions, states
from ..models import Counter, CounterSession, Ticket
from . import events


def open_session(counter_id: int, user) -> CounterSession:
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
            events.write("opened", counter.location_id, counter_id=counter.pk)
            return session
    except IntegrityError:
        raise _taken(counter, user) from None


def _taken(counter, user):
    own = CounterSession.objects.filter(user=user, closed_at__isnull=True).select_related("counter").first()
    if own:
        return Refused(_("Anda masih membuka %(counter)s. Tutup dahulu.") % {"counter": own.counter})
    other = CounterSession.objects.filter(counter=counter, closed_at__isnull=True).select_related("user").first()
    return Refused(
        _("%(counter)s sedang dipakai %(who)s.")
        % {"counter": counter, "who": other.user if other else _("petugas lain")}
    )


def _end_left_over(counter, user):
    """Close sessions from an earlier day that stand in the way: this counter's and this person's."""
    start = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    stale = CounterSession.objects.select_for_update().filter(closed_at__isnull=True, opened_at__lt=start)
    for session in (stale.filter(counter=counter) | stale.filter(user=user)).select_related(None).order_by("pk"):
        for ticket in Ticket.objects.select_for_update().filter(session=session, state__in=states.AT_COUNTER):
            served = ticket.state == Ticket.State.SERVING
            ticket.state = Ticket.State.FINISHED if served else Ticket.State.NO_SHOW
            ticket.finished_at = clock.now()
            ticket.save(update_fields=["state", "finished_at"])
        _close(session)


def close_session(session_id: int, user) -> CounterSession:
    """Leave the counter. Raises Refused while a ticket is called or being served there; held ones stay held."""
    with transaction.atomic():
        session = _own(session_id, user)
        current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
        if current:
            raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label})
        return _close(session)


def _close(session):
    session.closed_at = clock.now()
    session.paused_at = None
    session.save(update_fields=["closed_at", "paused_at"])
    events.write("closed", _location_of(session), counter_id=session.counter_id)
    return session


def pause(session_id: int, user) -> CounterSession:
    """Take a break: nobody is called to the counter until ``unpause``. Raises Refused with a ticket at the counter."""
    with transaction.atomic():
        session = _own(session_id, user)
        current = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).first()
        if current:
            raise Refused(_("Selesaikan dahulu %(label)s.") % {"label": current.label})
        if session.paused_at is None:
            session.paused_at = clock.now()
            session.save(update_fields=["paused_at"])
            events.write("paused", _location_of(session), counter_id=session.counter_id)
        return session


def unpause(session_id: int, user) -> CounterSession:
    """Go on after a break."""
    with transaction.atomic():
        session = _own(session_id, user)
        if session.paused_at is not None:
            session.paused_at = None
            session.save(update_fields=["paused_at"])
            events.write("unpaused", _location_of(session), counter_id=session.counter_id)
        return session


def _own(session_id, user):
    """The open session of this person, locked. Raises NotAllowed for another's, Outdated for a closed one."""
    session = CounterSession.objects.select_for_update().filter(pk=session_id).first()
    if session is None or session.user_id != user.pk:
        raise NotAllowed(_("Sesi loket ini bukan milik Anda."))
    if session.closed_at is not None:
        raise Outdated(_("Loket ini sudah ditutup. Buka kembali untuk melanjutkan."))
    return session


def _location_of(session):
    return Counter.objects.values_list("location_id", flat=True).get(pk=session.counter_id)
