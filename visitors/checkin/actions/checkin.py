"""Checking a visitor in."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.models import Request, Service
from services.tracking.queries import tracking
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.hosting.actions.hosts import call_host
from visitors.models import Counter, Ticket, Visit, Visitor
from visitors.queue.actions.tickets import issue_within

# Grounds for the priority lane (standards §7): what a ticket keeps, and its words.
GROUNDS = {
    "elderly": gettext_lazy("Lansia (60 tahun ke atas)"),
    "disability": gettext_lazy("Penyandang disabilitas"),
    "pregnant": gettext_lazy("Ibu hamil atau menyusui"),
    "infant": gettext_lazy("Membawa bayi"),
}


# Names of the request form's common answers → fields of the check-in form.
_FIELDS = {"nama_pemohon": "name", "no_hp": "phone", "hubungan": "on_behalf"}


_NEED_REQUEST = (Visit.Purpose.FOLLOW_UP, Visit.Purpose.COLLECT)


@dataclass(frozen=True)
class CheckIn:
    """What a check-in made; ``ticket`` and ``request`` may be None."""

    visit: Visit
    ticket: Ticket | None
    request: Request | None


@dataclass(frozen=True)
class VisitPlan:
    """What a visit is about, once checked; ``target``: the room that alone may call its ticket."""

    service: Service | None
    request: Request | None
    host_id: int | None
    target: Counter | None


def check_in(
    *,
    user: User,
    location: Location,
    purpose: str,
    name: str = "",
    phone: str = "",
    institution: str = "",
    visitor_id: int | None = None,
    service: Service | None = None,
    request_number: str = "",
    host_id: int | None = None,
    head_count: int = 1,
    companion: str = "",
    represents: str = "",
    proxy_seen: bool = False,
    note: str = "",
    ground: str = "",
    open_request: bool = False,
    on_behalf: str = "",
    issue: bool = True,
    came_at: datetime.datetime | None = None,
    promised: bool = False,
    is_over: bool = False,
    idempotency_key: str = "",
) -> CheckIn:
    """Receive a visitor: the visit, the ticket, and where wanted the request, in one transaction.

    Who it is: ``visitor_id`` of a known visitor, else ``name`` with ``phone``; the same name with the same phone is the
    same visitor. What for: ``purpose`` with ``service``; ``request_number`` of an existing request (follow-up and
    collecting a letter need one); ``host_id``, a position, for meeting an official: the ticket then goes to the
    position's room, where the location has one. ``ground`` (a key of GROUNDS) opens the priority lane.
    ``open_request`` starts a walk-in request for a service of kind request. ``issue=False`` records the visit
    only. ``promised``: an appointment, whose number is given while service is stopped too. ``came_at``: the true time
    of a visit that is entered afterwards; it stays visible as such. ``is_over``: the visitor was served by then, so
    that no official is called to them.
    ``represents``: names of those for whom the visitor comes; then the power of attorney must have been shown.
    Called again with the same idempotency key it returns what the first call made.

    May: front desk and counters. Raises NotAllowed, or Refused with the form field that has to be mended.
    """
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))
    actor = actors.staff(user)
    with transaction.atomic():
        claim = idempotency.claim(actor.key, idempotency_key)
        if earlier := claim.earlier(Visit.objects.select_related("request")):
            return check_in_of(earlier)
        for field, message in missing_fields(purpose, visitor_id or name, service, host_id, request_number).items():
            raise Refused(message, field=field)
        plan = plan_visit(user, location, purpose, service, request_number, host_id, open_request)
        visitor = _visitor(visitor_id, name, phone, institution)
        _check_counts(head_count, ground)
        if represents.strip() and not proxy_seen:
            raise Refused(_("Minta dahulu surat kuasanya, lalu centang."), field="proxy_seen")
        if came_at is not None and came_at > clock.now():
            raise Refused(_("Waktu datang masih di masa depan."), field="came_at")
        request = plan.request
        if open_request:
            assert plan.service is not None, "a plan that opens a request has its service"
            request = _open_request(plan.service, user, visitor, on_behalf, idempotency_key)
        visit = Visit.objects.create(
            visitor=visitor,
            location=location,
            purpose=purpose,
            service=plan.service,
            request=request,
            host_id=plan.host_id,
            head_count=head_count,
            companion=companion.strip(),
            represents=represents.strip()[:300],
            proxy_seen=proxy_seen,
            note=note.strip(),
            checked_in_at=came_at or clock.now(),
            checked_in_by=user,
            recorded_late_at=clock.now() if came_at else None,
        )
        if plan.host_id and not is_over:
            call_host(visit)
        ticket = None
        if issue:
            lane = Ticket.Lane.PRIORITY if ground else Ticket.Lane.REGULAR
            ticket = issue_within(
                visit, service=plan.service, target=plan.target, lane=lane, ground=ground, promised=promised
            )
        claim.record("visit", visit.pk)
        return CheckIn(visit, ticket, request)


def missing_fields(
    purpose: str, name: str | int | None, service: Service | None, host: int | None, request_number: str
) -> dict[str, str]:
    """What a check-in still lacks: field → sentence; empty when it may go on. ``name``: or a known visitor's id."""
    found: dict[str, str] = {}
    if not str(name or "").strip():
        found["name"] = _("Tulis nama tamu.")
    if purpose not in Visit.Purpose.values:
        found["purpose"] = _("Pilih keperluan tamu.")
    if purpose == Visit.Purpose.SERVICE and service is None:
        found["service"] = _("Pilih layanan yang diurus.")
    if purpose == Visit.Purpose.MEET and not host:
        found["host"] = _("Pilih pejabat yang akan ditemui.")
    if purpose in _NEED_REQUEST and not request_number.strip():
        found["request_number"] = _("Tulis nomor permohonan.")
    return found


def check_in_of(visit: Visit) -> CheckIn:
    """What an earlier call with the same idempotency key made; ``visit.request`` is read."""
    return CheckIn(visit, visit.tickets.order_by("pk").first(), visit.request)


def plan_visit(
    user: User,
    location: Location,
    purpose: str,
    service: Service | None,
    request_number: str,
    host_id: int | None,
    open_request: bool,
) -> VisitPlan:
    """What a visit is about, checked; Refused with the field that has to be mended."""
    opens = purpose == Visit.Purpose.SERVICE and service is not None and service.kind == Service.Kind.REQUEST
    if open_request and not opens:
        raise Refused(_("Layanan ini tidak memakai permohonan."), field="open_request")
    if open_request and request_number.strip():
        raise Refused(_("Permohonan sudah ada; hapus nomornya atau jangan membuka yang baru."), field="request_number")
    request = None
    if purpose in _NEED_REQUEST or request_number.strip():
        request = _request(user, request_number.strip())
        service = request.service
    target = None
    if purpose == Visit.Purpose.MEET:
        target = Counter.objects.filter(
            location=location, active=True, kind=Counter.Kind.ROOM, position=host_id
        ).first()
        service = service or Service.objects.filter(kind=Service.Kind.VISIT, state=Service.State.PUBLISHED).first()
    return VisitPlan(service, request, host_id if purpose == Visit.Purpose.MEET else None, target)


def _open_request(service: Service, user: User, visitor: Visitor, on_behalf: str, key: str) -> Request:
    try:
        return open_walk_in_request(
            service,
            by=staff(user),
            applicant=WalkInApplicant(visitor.name, phone=visitor.phone, on_behalf=on_behalf),
            key=f"{key}-r" if key else "",
        )
    except Refused as refusal:
        refusal.field = _FIELDS.get(refusal.field, "service")
        raise


def _request(user: User, number: str) -> Request:
    request = tracking.request_by_number_for_desk(user, number)
    if request is None:
        raise Refused(
            _("Nomor permohonan “%(number)s” tidak ditemukan. Periksa penulisannya atau cari dengan nomor HP.")
            % {"number": number[:40]},
            field="request_number",
        )
    return request


def _visitor(visitor_id: int | None, name: str, phone: str, institution: str) -> Visitor:
    if visitor_id:
        visitor = Visitor.objects.filter(pk=visitor_id).first()
        if visitor is None:
            raise Refused(_("Tamu yang dipilih tidak ditemukan. Tulis namanya."), field="name")
        return visitor
    name, institution = plain_line(name), plain_line(institution)
    if phone.strip():
        try:
            phone = identifiers.parse_phone(phone.strip())
        except ValueError as error:
            raise Refused(str(error), field="phone") from None
        known = Visitor.objects.filter(phone=phone, name__iexact=name).first()
        if known:
            return known
    return Visitor.objects.create(name=name[:150], phone=phone.strip(), institution=institution[:150])


# Of one visit.
MAX_HEAD_COUNT = 100


def _check_counts(head_count: int, ground: str) -> None:
    if not 1 <= head_count <= MAX_HEAD_COUNT:
        raise Refused(_("Jumlah tamu antara 1 dan %(n)s orang.") % {"n": MAX_HEAD_COUNT}, field="head_count")
    if ground and ground not in GROUNDS:
        raise Refused(_("Pilih alasan prioritas."), field="ground")
