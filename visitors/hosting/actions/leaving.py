"""A guest leaves the house, and is here again when that was a misclick."""

from django.db import transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions, states
from visitors.hosting.queries import guests
from visitors.models import HostCall, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import cancel_ticket
from visitors.queue.actions.undoing import record_undo, take_back, too_late


def check_out(visit_id: int, user: User) -> Visit:
    """Note that a visitor has left; a ticket that still waits is given back.

    May: front desk and counters, and the host (``hosting.queries.guests.guests_of``), whose page is told. For a minute
    ``take_back_leaving`` undoes it. Raises NotAllowed; Refused while the visitor is at a counter; a second check-out
    changes nothing.
    """
    may_note_leaving(visit_id, user)
    with transaction.atomic():
        visit = Visit.objects.select_for_update().filter(pk=visit_id).first()
        if visit is None:
            raise Refused(_("Kunjungan ini tidak ditemukan."))
        if visit.left_at is not None:
            return visit
        live = visit.tickets.select_for_update(no_key=True).filter(state__in=Ticket.LIVE_STATES).first()
        if live and live.state in states.AT_COUNTER:
            raise Refused(_("%(label)s sedang dilayani di loket. Selesaikan dahulu di loket.") % {"label": live.label})
        if live:
            record_undo(live, "left", user, left=True)
            cancel_ticket(live, forget=False)
        visit.left_at = clock.now()
        visit.save(update_fields=["left_at"])
        tell_host(visit)
        return visit


def may_note_leaving(visit_id: int, user: User) -> None:
    """Raise NotAllowed for whoever is neither at the desk nor the visitor's host."""
    if not (permissions.may_check_in(user) or guests.guests_of(user).filter(pk=visit_id).exists()):
        raise NotAllowed(_("Anda tidak berwenang mencatat kepulangan tamu."))


def tell_host(visit: Visit) -> None:
    """Let the pages of the host follow that a guest left, or has not."""
    if call := HostCall.objects.filter(visit=visit).first():
        people = [call.delegate_id] if call.delegate_id else []
        events.append("guest_left", visit.location_id, positions=[call.position_id], people=people)


def take_back_leaving(visit_id: int, user: User) -> Visit:
    """A visitor was sent home by a misclick: they are here again, with the number that was given back.

    May: as ``check_out``, within a minute; the number comes back to who gave it back. Raises NotAllowed,
    Outdated when it is too late or something has happened since.
    """
    may_note_leaving(visit_id, user)
    with transaction.atomic():
        visit = Visit.objects.select_for_update(of=("self",)).filter(pk=visit_id).first()
        if visit is None or visit.left_at is None:
            raise Outdated(_("Tamu ini tidak tercatat pulang."))
        if clock.now() - visit.left_at > states.UNDO_WITHIN:
            raise too_late()
        given_back = visit.tickets.filter(state=Ticket.State.CANCELLED, undo__of="left").first()
        if given_back:
            take_back(given_back.pk, user)
        Visit.objects.filter(pk=visit.pk).update(left_at=None)
        visit.left_at = None
        tell_host(visit)
        return visit
