"""Requests that were running on paper when the office began with the portal."""

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import states
from services.deadlines import rules as deadlines
from services.engine.actions.opening import open_case_from_paper
from services.engine.queries.recording import flow_of_case
from services.fields.queries import fields_of
from services.models import Request, Service
from services.permissions import may_record_opening
from sop.rules.flow import FlowStep
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock, workdays
from ula_portal.core.data import numbering
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .drafts import copy_columns, new_request_columns
from .walk_in import WalkInApplicant, read_answers


@dataclass(frozen=True)
class PaperRequest:
    """A request as it stands in the books. ``step_no``: the step that it has reached.

    ``due_on``: the promised day; None if it is counted from the day of receipt.
    """

    number: str
    applicant: WalkInApplicant
    step_no: int
    received_on: datetime.date
    due_on: datetime.date | None = None


@verb
def record_paper_request(service: Service, *, by: Actor, paper: PaperRequest, key: str = "") -> Request:
    """Take over a request that runs on paper: a case at the step that it has reached. The same key again is the same.

    Allowed: administrators.
    Effects: The request gets a number of the portal beside the one on paper, and a tracking code. The promised time
    counts from the receipt, or so that it ends on the promised day. Timeline, journal; nobody is notified.
    Raises: NotAllowed; Refused for a service that takes no requests, and (``field``) for a number that the service has
    already, a step where nothing is left to do for the office, and days that cannot be.
    """
    if not may_record_opening(by.staff_member):
        raise NotAllowed(_("Permohonan yang berjalan di kertas dicatat oleh administrator."))
    earlier = claim(by.key, key)
    if recorded := earlier.earlier(Request.objects.select_related("service")):
        return recorded
    service = Service.objects.select_for_update(of=["self"], no_key=True).select_related("unit").get(pk=service.pk)
    request = Request(**new_request_columns(service, Request.Source.WALK_IN))
    request.paper_number = _number(service, paper.number)
    _fill_in_applicant(request, paper.applicant)
    request.sop_version = version_in_force(service.sop_id) if service.sop_id else None
    if request.sop_version is None:
        raise Refused(_("SOP layanan ini belum berlaku."))
    step = _step(request, paper.step_no)
    request.received_at = _received_at(paper.received_on)
    _start_clock(request, paper.due_on)
    states.REQUEST.make(request, "submit")
    year = clock.today().year
    request.number = f"ULA-{year}-{numbering.next_number('request', year):06d}"
    request.save()
    open_case_from_paper(request, step, by=by)
    earlier.record("request", request.pk)
    journal.record("record_paper_request", "request", request.pk, by, service=service.pk, step=step.no)
    return request


def _number(service: Service, text: str) -> str:
    number = " ".join(text.split())
    if not number:
        raise Refused(_("Isi nomor permohonan di kertas."), field="number")
    if len(number) > 60:
        raise Refused(_("Nomor paling panjang %(n)s huruf.") % {"n": 60}, field="number")
    if Request.objects.filter(service=service, paper_number=number).exists():
        raise Refused(_("Permohonan nomor %(number)s sudah dicatat.") % {"number": number}, field="number")
    return number


def _fill_in_applicant(request: Request, applicant: WalkInApplicant) -> None:
    name = " ".join(applicant.name.split())
    if not name:
        raise Refused(_("Nama pemohon belum diisi."), field="name")
    fields = fields_of(request.form_version_id)
    asked = {field.name for field in fields}
    typed = {"nama_pemohon": name, "no_hp": applicant.phone}
    request.answers = read_answers(fields, typed={key: text for key, text in typed.items() if key in asked})
    copy_columns(request)
    request.applicant_name = name[:150]


def _step(request: Request, no: int) -> FlowStep:
    try:
        step = flow_of_case(request).by_no(no)
    except KeyError as error:
        raise Refused(_("Langkah %(no)s tidak ada pada SOP layanan ini.") % {"no": no}, field="step") from error
    if step.lead_kind == "applicant" and step.shape in ("start", "end"):
        raise Refused(_("Pada langkah %(no)s kantor tidak mengerjakan apa-apa lagi.") % {"no": no}, field="step")
    return step


def _received_at(day: datetime.date) -> datetime.datetime:
    if day > clock.today():
        raise Refused(_("Tanggal diterima tidak boleh sesudah hari ini."), field="received_on")
    begin = workdays.working_periods(workdays.add_working_days(day, 0))[0][0]
    return min(begin, clock.now())


def _start_clock(request: Request, due_on: datetime.date | None) -> None:
    """Start the promised time at the receipt, or so that it ends on the day ``due_on``."""
    received, days = request.received_at, request.service.working_days or 0
    assert received, "it was just set"
    complete = received if due_on is None else deadlines.complete_for(due_on, received, days)
    if complete is None or complete > clock.now():
        first, last = deadlines.due_at(received, days), deadlines.due_at(clock.now(), days)
        words = {"first": _day(first), "last": _day(last), "days": days}
        sentence = _("Menurut janji %(days)s hari kerja, jatuh temponya antara %(first)s dan %(last)s.")
        raise Refused(sentence % words, field="due_on")
    deadlines.start_clock(request, complete)


def _day(moment: datetime.datetime) -> str:
    return date_format(clock.local(moment), "j F Y")
