"""Correcting the errand of a visit that the desk recorded wrongly."""

from django.utils.translation import gettext as _

from ula_portal.core.data import idempotency
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions, states
from visitors.hosting.actions.hosts import call_host
from visitors.models import HostCall, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import cancel_ticket, issue_ticket

from .checkin import CheckIn, Errand, VisitPlan, check_in_of, missing_fields, plan_visit


@verb
def correct_visit(visit: Visit, *, by: Actor, errand: Errand, ground: str = "", key: str = "") -> CheckIn:
    """Correct what a visitor came for; the visit gets a ticket that fits.

    The new ticket has been waiting since the old one, so the desk's mistake costs the visitor no place. Calling it
    again with the same key returns what the first call created. ``ground``: a key of GROUNDS, for the priority lane.

    Allowed: front desk and counters.
    Effects: the old ticket is cancelled ("left"), a new one is issued; a wrongly notified official no longer sees the
    visitor, the right one is notified.
    Raises: NotAllowed; Outdated when the visitor has left; Refused while they are at a counter, after they were served,
    for a visit that opened a request, or with the form field to correct.
    """
    user = by.staff_member
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))
    claim = idempotency.claim(by.key, key)
    if earlier := claim.earlier(Visit.objects.select_related("request")):
        return check_in_of(earlier)
    locked = Visit.objects.select_for_update(of=("self",)).select_related("visitor").filter(pk=visit.pk).first()
    if locked is None or locked.left_at is not None:
        raise Outdated(_("Tamu ini sudah pulang."))
    if locked.tickets.filter(state=Ticket.State.FINISHED).exists():
        raise Refused(_("Tamu ini sudah dilayani. Catat keperluan lain sebagai kunjungan tambahan."))
    if locked.purpose == Visit.Purpose.SERVICE and locked.request_id:
        raise Refused(_("Kunjungan ini sudah membuka permohonan. Catat keperluan lain sebagai kunjungan tambahan."))
    for field, message in missing_fields(errand, locked.visitor_id).items():
        raise Refused(message, field=field)
    plan = plan_visit(user, locked.location, errand)
    old_ticket = _cancel_ticket(locked)
    locked.purpose, locked.service = errand.purpose, plan.service
    locked.request, locked.host_id = plan.request, plan.host_id
    locked.save(update_fields=["purpose", "service", "request", "host"])
    _update_host(locked)
    claim.record("visit", locked.pk)
    return CheckIn(locked, _new_ticket(locked, plan, old_ticket, ground), locked.request)


def _cancel_ticket(visit: Visit) -> Ticket | None:
    live = visit.tickets.select_for_update(no_key=True).filter(state__in=Ticket.LIVE_STATES).first()
    if live and live.state in states.AT_COUNTER:
        raise Refused(_("%(label)s sedang dilayani di loket. Alihkan dari loket.") % {"label": live.label})
    if live:
        cancel_ticket(live)
    return live


def _update_host(visit: Visit) -> None:
    """Withdraw a call to another official than the visit now names, and call the one it names."""
    outdated_calls = HostCall.objects.filter(visit=visit).exclude(position=visit.host_id)
    notified = list(outdated_calls.values_list("position_id", "delegate_id"))
    if notified:
        outdated_calls.delete()
        positions, people = zip(*notified, strict=True)
        events.append("host_answered", visit.location_id, positions=positions, people=[pk for pk in people if pk])
    if visit.host_id:
        call_host(visit)


def _new_ticket(visit: Visit, plan: VisitPlan, old: Ticket | None, ground: str) -> Ticket | None:
    if old is None:
        return None
    lane = Ticket.Lane.PRIORITY if ground else Ticket.Lane.REGULAR
    ticket = issue_ticket(visit, service=plan.service, target=plan.target, lane=lane, ground=ground)
    ticket.waiting_since = old.waiting_since
    ticket.save(update_fields=["waiting_since"])
    return ticket
