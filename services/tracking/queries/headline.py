"""The answer of the tracking page: one line that says how the request stands, and how much of the time is used."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from services.deadlines.rules import DueExplanation
from services.deadlines.urgency import urgency_of
from services.models import Letter, Pause, Request, StepRun
from ula_portal.core import clock

State = Request.State


@dataclass(frozen=True)
class Meter:
    """How much of the promised time is used, as ``components/_due_meter.html`` shows it; ``share`` in percent."""

    state: str
    label: str
    share: int = 100
    note: str = ""


def headline_of(
    request: Request,
    run: StepRun | None,
    pause: Pause | None,
    letter: Letter | None,
    *,
    to_mend: bool,
    lacks_papers: bool,
    late: bool,
) -> str:
    """Return how the request stands: what the applicant must do first, else when it will be finished."""
    if request.closed_at:
        return _closed(request)
    if pause:
        return _("Ada berkas yang perlu diperbaiki") if to_mend else _("Kami menunggu kelengkapan dari Anda")
    if lacks_papers:
        return _("Berkas Anda belum lengkap")
    if run and run.led_by == "applicant":
        return _("Surat Anda sudah terbit") if letter else _("Sekarang giliran Anda")
    if late:
        return _("Permohonan ini melewati waktu yang kami janjikan")
    if request.due_at:
        return _("Selesai paling lambat %(day)s") % {"day": _day(request.due_at)}
    return _("Semua berkas wajib sudah ada")


def _day(at: datetime) -> str:
    return date_format(clock.local(at), "l, j F Y")


def _closed(request: Request) -> str:
    if request.state == State.REJECTED:
        return _("Permohonan tidak dapat dikabulkan")
    if request.state == State.WITHDRAWN:
        return _("Permohonan ini sudah ditarik")
    if any(run.step.shape == "end" and run.step.end_kind == "passed_on" for run in request.runs.all()):
        return _("Permohonan Anda sudah kami teruskan")
    return _("Permohonan Anda sudah selesai")


def meter_of(request: Request, due: DueExplanation) -> Meter | None:
    """Return the meter; None before the file is complete, or if the request was withdrawn or refused."""
    if not due.due_at or request.state in (State.WITHDRAWN, State.REJECTED):
        return None
    if request.closed_at or request.fulfilled_at:
        if due.late:
            return Meter("late", _("Selesai setelah waktu yang kami janjikan. Kami mohon maaf."))
        return Meter("done", _("Selesai dalam waktu yang kami janjikan"))
    urgency = urgency_of(None, request, clock.now())
    note = _("Dijanjikan %(day)s") % {"day": _day(due.due_at)} if urgency.kind == "late" else ""
    return Meter(urgency.meter, capfirst(urgency.word), urgency.share, note)
