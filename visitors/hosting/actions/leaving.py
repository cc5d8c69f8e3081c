"""Checking a visitor out, and taking that back after a wrong click."""

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions, states
from visitors.hosting.queries import guests
from visitors.models import HostCall, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import cancel_ticket
from visitors.queue.actions.undoing import record_undo, take_back, too_late


@verb
def check_out(visit: Visit, *, by: Actor) -> Visit:
    """Record that a visitor has left; calling it again does nothing. ``take_back_leaving`` undoes it for a minute.

    Allowed: front desk and counters, and the visitor's host (``guests.guests_of``).
    Effects: a waiting or held ticket is cancelled (event "left"); the host's open pages are updated ("guest_left").
    Raises: NotAllowed; Refused while the visitor is at a counter.
    """
    user = by.staff_member
    _require_desk_or_host(visit, user)
    locked = Visit.objects.select_for_update().filter(pk=visit.pk).first()
    if locked is None:
        raise Refused(_("Kunjungan ini tidak ditemukan."))
    if locked.left_at is not None:
        return locked
    live = locked.tickets.select_for_update(no_key=True).filter(state__in=Ticket.LIVE_STATES).first()
    if live and live.state in states.AT_COUNTER:
        raise Refused(_("%(label)s sedang dilayani di loket. Selesaikan dahulu di loket.") % {"label": live.label})
    if live:
        record_undo(live, "left", user, left=True)
        cancel_ticket(live, keep_undo=True)
    locked.left_at = clock.now()
    locked.save(update_fields=["left_at"])
    update_host(locked)
    return locked


def _require_desk_or_host(visit: Visit, user: User) -> None:
    if not (permissions.may_check_in(user) or guests.guests_of(user).filter(pk=visit.pk).exists()):
        raise NotAllowed(_("Anda tidak berwenang mencatat kepulangan tamu."))


@part
def update_host(visit: Visit) -> None:
    """Update the open pages of the visit's host, if it has one, when the guest left or turned out to be still here."""
    if call := HostCall.objects.filter(visit=visit).first():
        people = [call.delegate_id] if call.delegate_id else []
        events.append("guest_left", visit.location_id, positions=[call.position_id], people=people)


@verb
def take_back_leaving(visit: Visit, *, by: Actor) -> Visit:
    """Undo a check-out within a minute: the visitor is still here, with the ticket that was cancelled by it.

    Allowed: as ``check_out``; the ticket can be restored only by the user who checked the visitor out.
    Effects: events "undone" for the ticket and "guest_left" for the host's pages.
    Raises: NotAllowed; Outdated when it is too late or something has happened since.
    """
    user = by.staff_member
    _require_desk_or_host(visit, user)
    locked = Visit.objects.select_for_update(of=("self",)).filter(pk=visit.pk).first()
    if locked is None or locked.left_at is None:
        raise Outdated(_("Tamu ini tidak tercatat pulang."))
    if clock.now() - locked.left_at > states.UNDO_WITHIN:
        raise too_late()
    if cancelled := locked.tickets.filter(state=Ticket.State.CANCELLED, undo__of="left").first():
        take_back(cancelled, by=by)
    Visit.objects.filter(pk=locked.pk).update(left_at=None)
    locked.left_at = None
    update_host(locked)
    return locked
