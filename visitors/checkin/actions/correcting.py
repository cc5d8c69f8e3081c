"""What the desk put down wrongly is put right: another errand, or somebody sent home who is still here."""

from django.db import transaction
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actors
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions, states
from visitors.hosting.actions.hosts import call_host
from visitors.models import HostCall, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import cancel_ticket, issue_within

from .checkin import CheckIn, VisitPlan, check_in_of, missing_fields, plan_visit


def correct_visit(
    visit_id: int,
    *,
    user: User,
    purpose: str,
    service: Service | None = None,
    request_number: str = "",
    host_id: int | None = None,
    ground: str = "",
    idempotency_key: str = "",
) -> CheckIn:
    """The visitor came for something else than was put down: the visit says so, with the right number.

    The old number is given back; the new one waits since the old one did, so that the desk's mistake costs the visitor
    no place. An official who was told in error no longer sees the visitor. Called again with the same idempotency key
    it returns what the first call made.

    May: front desk and counters. Raises NotAllowed; Outdated when the visitor has left; Refused at a counter, once they
    were served, for a visit that opened a request, or with the form field that has to be mended.
    """
    _must_be_desk(user)
    with transaction.atomic():
        claim = idempotency.claim(actors.staff(user).key, idempotency_key)
        if earlier := claim.earlier(Visit.objects.select_related("request")):
            return check_in_of(earlier)
        visit = Visit.objects.select_for_update(of=("self",)).select_related("visitor").filter(pk=visit_id).first()
        if visit is None or visit.left_at is not None:
            raise Outdated(_("Tamu ini sudah pulang."))
        if visit.tickets.filter(state=Ticket.State.FINISHED).exists():
            raise Refused(_("Tamu ini sudah dilayani. Catat keperluan lain sebagai kunjungan tambahan."))
        if visit.purpose == Visit.Purpose.SERVICE and visit.request_id:
            raise Refused(_("Kunjungan ini sudah membuka permohonan. Catat keperluan lain sebagai kunjungan tambahan."))
        for field, message in missing_fields(purpose, visit.visitor_id, service, host_id, request_number).items():
            raise Refused(message, field=field)
        plan = plan_visit(user, visit.location, purpose, service, request_number, host_id, False)
        old = _give_back(visit)
        visit.purpose, visit.service, visit.request, visit.host_id = purpose, plan.service, plan.request, plan.host_id
        visit.save(update_fields=["purpose", "service", "request", "host"])
        _tell_host(visit)
        claim.record("visit", visit.pk)
        return CheckIn(visit, _renumbered(visit, plan, old, ground), visit.request)


def _must_be_desk(user: User) -> None:
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))


def _give_back(visit: Visit) -> Ticket | None:
    live = visit.tickets.select_for_update(no_key=True).filter(state__in=Ticket.LIVE_STATES).first()
    if live and live.state in states.AT_COUNTER:
        raise Refused(_("%(label)s sedang dilayani di loket. Alihkan dari loket.") % {"label": live.label})
    if live:
        cancel_ticket(live)
    return live


def _tell_host(visit: Visit) -> None:
    """An earlier call goes in any case: it was for somebody else, or for a visit that is none to an official."""
    earlier = HostCall.objects.filter(visit=visit).exclude(position=visit.host_id)
    told = list(earlier.values_list("position_id", "delegate_id"))
    if told:
        earlier.delete()
        positions, people = zip(*told, strict=True)
        events.append("host_answered", visit.location_id, positions=positions, people=[pk for pk in people if pk])
    if visit.host_id:
        call_host(visit)


def _renumbered(visit: Visit, plan: VisitPlan, old: Ticket | None, ground: str) -> Ticket | None:
    if old is None:
        return None
    lane = Ticket.Lane.PRIORITY if ground else Ticket.Lane.REGULAR
    ticket = issue_within(visit, service=plan.service, target=plan.target, lane=lane, ground=ground)
    ticket.waiting_since = old.waiting_since
    ticket.save(update_fields=["waiting_since"])
    return ticket
