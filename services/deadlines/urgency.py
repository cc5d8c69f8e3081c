"""Where one case lies and how urgent it is, in a word and a tone: for lists, the case's page and reports.

The same of many cases are conditions on ``InboxEntry`` (``services.models.inbox``).

Rules (design, The chain 5 and 6; standards 7): the office's clock has two hands, the alarm of the open step and the due
date of the request; whichever comes first counts. A paused clock is never late, nor is a case whose office part is done
(the letter waits to be fetched) or that is closed. Days are counted as the promise is, in working days after today, so
that a due date on Monday is one working day away on Friday. Colours follow the tone and never speak alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import Place, Request, StepRun
from services.models.inbox import CLOCK_RUNS
from ula_portal.core import clock, workdays

TONES = {"late": "bad", "today": "warn", "soon": "warn", "fine": "good", "paused": "neutral", "none": "neutral"}
ICONS = {
    "late": "alert",
    "today": "clock",
    "soon": "calendar",
    "fine": "check-circle",
    "paused": "pause",
    "none": "dot",
}


@dataclass(frozen=True)
class Urgency:
    """``kind``: late, today, soon (the next working day), fine, paused, none. ``word``: a phrase for people.

    ``due_at``: the moment it was judged by (None for paused and none), ``of``: whose, ``"step"`` or ``"request"``.
    """

    kind: str
    word: str
    due_at: datetime | None = None
    of: str = ""

    @property
    def tone(self) -> str:
        """``bad``, ``warn``, ``good`` or ``neutral``: the design system's classes."""
        return TONES[self.kind]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def named(self) -> str:
        """The word with whose time it is: the open step's, or what was promised to the applicant."""
        whose = {"step": _("langkah ini"), "request": _("janji kepada pemohon")}.get(self.of)
        return f"{whose}: {self.word}" if whose else self.word

    def __str__(self) -> str:
        return self.word


def place_of(run: StepRun | None, request: Request) -> Place:
    """Where a submitted request lies. ``run``: as in ``urgency_of``. No query."""
    if request.closed_at:
        return Place.CLOSED
    if request.fulfilled_at:
        return Place.READY
    asked = request.state == request.State.WAITING_APPLICANT
    led_by = run.led_by if run is not None and run.finished_at is None else ""
    if led_by == "applicant":
        return Place.APPLICANT if asked else Place.ANSWERED
    if asked:
        return Place.PAUSED
    return Place.AGENCY if led_by == "external" else Place.OFFICE


def urgency_of(run: StepRun | None, request: Request, at: datetime) -> Urgency:
    """The urgency of a request at a moment.

    ``run``: its open ``StepRun`` or None (a finished one counts as None); ``at``: aware. No query.
    """
    place = place_of(run, request)
    if place in (Place.CLOSED, Place.READY):
        return Urgency("none", _("tidak ada batas waktu lagi"))
    if place not in CLOCK_RUNS:
        return Urgency("paused", _("waktu dihentikan"))
    due_at, of = next_due(run, request)
    if due_at is None:
        return Urgency("none", _("belum ada batas waktu"))
    kind, word = _late(due_at, at) if due_at < at else _ahead(due_at, at)
    return Urgency(kind, word, due_at, of)


def next_due(run: StepRun | None, request: Request) -> tuple[datetime | None, str]:
    """The earlier of the open step's alarm and the request's due date, and whose it is; (None, "") without any."""
    hands = [(request.due_at, "request")]
    if run is not None and run.finished_at is None and run.led_by != "applicant":
        hands.append((run.due_at, "step"))
    return min((hand for hand in hands if hand[0]), default=(None, ""))


def broke_promise(request: Request, at: datetime) -> bool:
    """Whether the office did its part later than promised, or has not done it yet and is late by now.

    However late the applicant fetches the letter; not while they are asked for something.
    """
    ended = request.fulfilled_at or request.closed_at
    stopped = not ended and request.state == request.State.WAITING_APPLICANT
    return request.due_at is not None and not stopped and request.due_at < (ended or at)


def _late(due_at: datetime, at: datetime) -> tuple[str, str]:
    due_day, today = clock.local(due_at).date(), clock.local(at).date()
    days = workdays.working_days_between(due_day, today)
    if days:
        words = ngettext("lewat waktu %(n)d hari kerja", "lewat waktu %(n)d hari kerja", days)
        return "late", words % {"n": days}
    if due_day == today:
        return "late", _("lewat waktu sejak pukul %(time)s") % {"time": date_format(clock.local(due_at), "H.i")}
    return "late", _("lewat waktu")


def _ahead(due_at: datetime, at: datetime) -> tuple[str, str]:
    due_day, today = clock.local(due_at).date(), clock.local(at).date()
    days = workdays.working_days_between(today, due_day)
    if due_day == today:
        return "today", _("hari ini")
    if due_day - today == timedelta(days=1):
        return "soon", _("besok")
    words = ngettext("sisa %(n)d hari kerja", "sisa %(n)d hari kerja", days) % {"n": days}
    return ("fine" if days > 1 else "soon"), words
