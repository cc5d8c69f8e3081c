"""Where a single case is and how urgent it is, for lists, the case's page and reports.

For many cases at once the same rules are conditions on ``InboxEntry`` (``services.models.inbox``).

Rules: two deadlines count, the alarm of the open step and the due date of the request, and the earlier one decides. A
paused case is never late, and neither is a closed case or one whose letter is only waiting to be collected. Remaining
days are working days after today, so a due date on Monday is one working day away on Friday.

Source: design, The chain 5 and 6; standards 7.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import CasePlace, Request, StepRun
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


# The states of the component DueMeter.
METERS = {"late": "late", "today": "near", "soon": "near", "fine": "ample", "paused": "paused", "none": "paused"}


@dataclass(frozen=True)
class Urgency:
    """How urgent a case is.

    ``kind``: late, today, soon (the next working day), fine, paused or none. ``word``: a phrase to show.
    ``due_at``: the deadline that decided, None for paused and none. ``of``: that deadline's owner, step or request.
    ``share``: how much of the time until the deadline has passed, in percent.
    """

    kind: str
    word: str
    due_at: datetime | None = None
    of: str = ""
    share: int = 0

    @property
    def meter(self) -> str:
        """The state of the component DueMeter."""
        return METERS[self.kind]

    @property
    def tone(self) -> str:
        """The tone of the design system: ``bad``, ``warn``, ``good`` or ``neutral``."""
        return TONES[self.kind]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def named(self) -> str:
        """The phrase preceded by the deadline it refers to: this step, or the promise to the applicant."""
        whose = {"step": _("langkah ini"), "request": _("janji kepada pemohon")}.get(self.of)
        return f"{whose}: {self.word}" if whose else self.word

    def __str__(self) -> str:
        return self.word


def place_of(run: StepRun | None, request: Request) -> CasePlace:
    """Return where a submitted request is. ``run`` is as in ``urgency_of``. Runs no query."""
    if request.closed_at:
        return CasePlace.CLOSED
    if request.fulfilled_at:
        return CasePlace.READY
    waiting = request.state == request.State.WAITING_APPLICANT
    led_by = run.led_by if run is not None and run.finished_at is None else ""
    if led_by == "applicant":
        return CasePlace.APPLICANT if waiting else CasePlace.ANSWERED
    if waiting:
        return CasePlace.PAUSED
    return CasePlace.AGENCY if led_by == "external" else CasePlace.OFFICE


def urgency_of(run: StepRun | None, request: Request, at: datetime) -> Urgency:
    """Return the urgency of a request at an aware moment.

    ``run``: the open ``StepRun``, or None; a finished run counts as None. Runs no query.
    """
    place = place_of(run, request)
    if place in (CasePlace.CLOSED, CasePlace.READY):
        return Urgency("none", _("tidak ada jatuh tempo lagi"))
    if place not in CLOCK_RUNS:
        return Urgency("paused", _("waktu dihentikan"))
    due_at, of = next_due(run, request)
    if due_at is None:
        return Urgency("none", _("belum ada jatuh tempo"))
    kind, word = _late(due_at, at) if due_at < at else _ahead(due_at, at)
    return Urgency(kind, word, due_at, of, _share(run if of == "step" else None, request, due_at, at))


def _share(run: StepRun | None, request: Request, due_at: datetime, at: datetime) -> int:
    since = run.offered_at if run else request.complete_at or request.received_at
    if since is None or due_at <= since or due_at <= at:
        return 100
    return max(round(100 * (at - since) / (due_at - since)), 0)


def next_due(run: StepRun | None, request: Request) -> tuple[datetime | None, str]:
    """Return the earlier of the open step's alarm and the request's due date, with its owner ("step" or "request").

    Returns (None, "") if neither is set.
    """
    deadlines = [(request.due_at, "request")]
    if run is not None and run.finished_at is None and run.led_by != "applicant":
        deadlines.append((run.due_at, "step"))
    return min((deadline for deadline in deadlines if deadline[0]), default=(None, ""))


def broke_promise(request: Request, at: datetime) -> bool:
    """Tell whether the office finished its part late, or is late now.

    The time until the applicant collects the letter does not count, nor does an open case waiting for the applicant.
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
