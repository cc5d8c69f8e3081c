"""Checking a visitor in."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.models import Request, Service
from services.tracking.queries import tracking
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb
from visitors import permissions
from visitors.hosting.actions.hosts import call_host
from visitors.models import Counter, Ticket, Visit, Visitor
from visitors.queue.actions.tickets import issue_ticket

# Grounds for the priority lane (standards §7): the stored key and its label.
GROUNDS = {
    "elderly": gettext_lazy("Lansia (60 tahun ke atas)"),
    "disability": gettext_lazy("Penyandang disabilitas"),
    "pregnant": gettext_lazy("Ibu hamil atau menyusui"),
    "infant": gettext_lazy("Membawa bayi"),
}

MAX_HEAD_COUNT = 100
# Common answers of a request's form → fields of the check-in form.
_FIELDS = {"nama_pemohon": "name", "no_hp": "phone", "hubungan": "on_behalf"}
_NEED_REQUEST = (Visit.Purpose.FOLLOW_UP, Visit.Purpose.COLLECT)


@dataclass(frozen=True)
class Arrival:
    """Who has come, when, and how they enter the queue.

    ``visitor_id``: a known visitor, instead of ``name`` and ``phone``. ``represents``: names of those for whom the
    visitor comes by power of attorney, which must have been shown (``proxy_seen``). ``ground``: a key of GROUNDS, for
    the priority lane. ``takes_number``: whether a ticket is issued. ``promised``: the visitor has an appointment and
    gets a number even while service is stopped. ``came_at``: the true time of a visit that is entered afterwards, which
    stays visible as such. ``is_over``: the visitor has been served already, so no official is called to them.
    """

    name: str = ""
    phone: str = ""
    institution: str = ""
    visitor_id: int | None = None
    head_count: int = 1
    companion: str = ""
    represents: str = ""
    proxy_seen: bool = False
    note: str = ""
    ground: str = ""
    takes_number: bool = True
    promised: bool = False
    came_at: datetime.datetime | None = None
    is_over: bool = False

    @property
    def lane(self) -> str:
        return Ticket.Lane.PRIORITY if self.ground else Ticket.Lane.REGULAR


@dataclass(frozen=True)
class Errand:
    """What a visitor has come for.

    ``purpose``: a value of ``Visit.Purpose``. ``request_number``: of an existing request; following one up and
    collecting a letter need it. ``host_id``: the position of the official to meet. ``open_request``: start a walk-in
    request for ``service``, on behalf of ``on_behalf``.
    """

    purpose: str
    service: Service | None = None
    request_number: str = ""
    host_id: int | None = None
    open_request: bool = False
    on_behalf: str = ""


@dataclass(frozen=True)
class CheckIn:
    """What a check-in has created; None where it needed no ticket or request."""

    visit: Visit
    ticket: Ticket | None
    request: Request | None


@dataclass(frozen=True)
class VisitPlan:
    """A checked errand: the rows it is about. ``target``: the only room that may call the visit's ticket."""

    service: Service | None
    request: Request | None
    host_id: int | None
    target: Counter | None


@verb
def check_in(location: Location, *, by: Actor, arrival: Arrival, errand: Errand, key: str = "") -> CheckIn:
    """Check a visitor in: record the visit, issue a ticket and, where wanted, open a walk-in request.

    The same name with the same phone number is the same visitor. A visitor who comes to meet an official waits for the
    official's room, if the location has one. Calling it again with the same key returns what the first call created.

    Allowed: front desk and counters.
    Effects: an event "issued" for the ticket; the official is notified (``hosting.call_host``); a new request is
    submitted with its own effects.
    Raises: NotAllowed; Refused with the form field to correct.
    """
    user = by.staff_member
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencatat kedatangan tamu."))
    claim = idempotency.claim(by.key, key)
    if earlier := claim.earlier(Visit.objects.select_related("request")):
        return check_in_of(earlier)
    for field, message in missing_fields(errand, arrival.visitor_id or arrival.name).items():
        raise Refused(message, field=field)
    plan = plan_visit(user, location, errand)
    visitor = _visitor(arrival)
    _check_arrival(arrival)
    request = plan.request
    if errand.open_request:
        assert plan.service is not None, "a plan that opens a request has its service"
        request = _open_request(plan.service, by, visitor, errand.on_behalf, key)
    visit = Visit.objects.create(
        visitor=visitor,
        location=location,
        purpose=errand.purpose,
        service=plan.service,
        request=request,
        host_id=plan.host_id,
        head_count=arrival.head_count,
        companion=arrival.companion.strip(),
        represents=arrival.represents.strip()[:300],
        proxy_seen=arrival.proxy_seen,
        note=arrival.note.strip(),
        checked_in_at=arrival.came_at or clock.now(),
        checked_in_by=user,
        recorded_late_at=clock.now() if arrival.came_at else None,
    )
    if plan.host_id and not arrival.is_over:
        call_host(visit)
    ticket = None
    if arrival.takes_number:
        ticket = issue_ticket(
            visit,
            service=plan.service,
            target=plan.target,
            lane=arrival.lane,
            ground=arrival.ground,
            promised=arrival.promised,
        )
    claim.record("visit", visit.pk)
    return CheckIn(visit, ticket, request)


def missing_fields(errand: Errand, visitor: str | int | None) -> dict[str, str]:
    """Form fields that still have to be filled in, with a sentence for each; ``visitor``: name or id."""
    missing: dict[str, str] = {}
    if not str(visitor or "").strip():
        missing["name"] = _("Tulis nama tamu.")
    if errand.purpose not in Visit.Purpose.values:
        missing["purpose"] = _("Pilih keperluan tamu.")
    if errand.purpose == Visit.Purpose.SERVICE and errand.service is None:
        missing["service"] = _("Pilih layanan yang diurus.")
    if errand.purpose == Visit.Purpose.MEET and not errand.host_id:
        missing["host"] = _("Pilih pejabat yang akan ditemui.")
    if errand.purpose in _NEED_REQUEST and not errand.request_number.strip():
        missing["request_number"] = _("Tulis nomor permohonan.")
    return missing


def check_in_of(visit: Visit) -> CheckIn:
    """What an earlier call with the same key created; ``visit`` with its ``request``. One query."""
    return CheckIn(visit, visit.tickets.order_by("pk").first(), visit.request)


def plan_visit(user: User, location: Location, errand: Errand) -> VisitPlan:
    """Check an errand and find the rows it is about.

    Raises: Refused with the form field to correct.
    """
    service, number = errand.service, errand.request_number.strip()
    opens = errand.purpose == Visit.Purpose.SERVICE and service is not None and service.kind == Service.Kind.REQUEST
    if errand.open_request and not opens:
        raise Refused(_("Layanan ini tidak memakai permohonan."), field="open_request")
    if errand.open_request and number:
        raise Refused(_("Permohonan sudah ada. Hapus nomornya atau jangan membuka yang baru."), field="request_number")
    request = None
    if errand.purpose in _NEED_REQUEST or number:
        request = _request(user, number)
        service = request.service
    if errand.purpose != Visit.Purpose.MEET:
        return VisitPlan(service, request, None, None)
    room = Counter.objects.filter(location=location, active=True, kind=Counter.Kind.ROOM, position=errand.host_id)
    service = service or Service.objects.filter(kind=Service.Kind.VISIT, state=Service.State.PUBLISHED).first()
    return VisitPlan(service, request, errand.host_id, room.first())


def _open_request(service: Service, by: Actor, visitor: Visitor, on_behalf: str, key: str) -> Request:
    try:
        return open_walk_in_request(
            service,
            by=by,
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


def _visitor(arrival: Arrival) -> Visitor:
    if arrival.visitor_id:
        visitor = Visitor.objects.filter(pk=arrival.visitor_id).first()
        if visitor is None:
            raise Refused(_("Tamu yang dipilih tidak ditemukan. Tulis namanya."), field="name")
        return visitor
    name, institution, phone = plain_line(arrival.name), plain_line(arrival.institution), arrival.phone.strip()
    if phone:
        try:
            phone = identifiers.parse_phone(phone)
        except ValueError as error:
            raise Refused(str(error), field="phone") from None
        known = Visitor.objects.filter(phone=phone, name__iexact=name).first()
        if known:
            return known
    return Visitor.objects.create(name=name[:150], phone=phone, institution=institution[:150])


def _check_arrival(arrival: Arrival) -> None:
    if not 1 <= arrival.head_count <= MAX_HEAD_COUNT:
        raise Refused(_("Jumlah tamu antara 1 dan %(n)s orang.") % {"n": MAX_HEAD_COUNT}, field="head_count")
    if arrival.ground and arrival.ground not in GROUNDS:
        raise Refused(_("Pilih alasan prioritas."), field="ground")
    if arrival.represents.strip() and not arrival.proxy_seen:
        raise Refused(_("Minta dahulu surat kuasanya, lalu centang."), field="proxy_seen")
    if arrival.came_at is not None and arrival.came_at > clock.now():
        raise Refused(_("Waktu datang masih di masa depan."), field="came_at")
