"""Clocks: when a request and a step are due, how long a step took, and a due date explained in words.

Rules (design, The chain 5 and 6; standards 7):

- A request is due ``working_days`` working days after the day its file was complete, at the end of that day's hours.
- A pause (the applicant is asked) moves it by the working days after the day on which the pause began, up to and
  including the day on which it ended: asked on Monday, answered on Tuesday is one day, answered on Monday none.
  What of a pause lies before the file was complete does not count.
- A step's alarm counts working minutes from the offer, at least ``STEP_ALARM_FLOOR_MINUTES`` (settings, default one
  working day of 450 minutes), and moves by the working time of a pause.
- A step is judged by the working time from start to finish, pauses taken out.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import Request
from ula_portal.core import clock, workdays

from .urgency import broke_promise


@dataclass(frozen=True)
class DueExplanation:
    """A due date in parts and in words.

    ``weekends`` and ``holidays`` lie between the counted days (holidays and joint leave with names, apart from the
    weekends); ``paused_days`` are working days that did not count; ``paused_now``: the clock stands still.
    """

    due_at: datetime | None
    complete_at: datetime | None
    working_days: int | None
    paused_days: int
    paused_now: bool
    late: bool
    weekends: tuple[date, ...]
    holidays: tuple[workdays.DayNote, ...]
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def __str__(self) -> str:
        return self.text


def end_of_work(day: date) -> datetime:
    """The moment at which working hours end on a day (the next working day's when it is none)."""
    return workdays.working_periods(workdays.add_working_days(day, 0))[-1][1]


def due_at(complete_at: datetime, working_days: int, paused_days: int = 0) -> datetime:
    """End of working hours of the day on which a request is due; aware, Asia/Jakarta."""
    day = clock.local(complete_at).date()
    return end_of_work(workdays.add_working_days(day, working_days + paused_days))


def start_clock(request: Request, at: datetime) -> tuple[str, str]:
    """The file is complete: from ``at`` on the promised time counts. The names of the columns set; not saved."""
    request.complete_at, request.due_at = at, due_at(at, request.service.working_days or 0)
    return "complete_at", "due_at"


def extended(due: datetime, days: int) -> datetime:
    """A due date moved by whole working days."""
    return end_of_work(workdays.add_working_days(clock.local(due).date(), days)) if days else due


def pause_days(from_at: datetime, to_at: datetime, complete_at: datetime | None) -> int:
    """Working days that a pause takes out of a request's clock (see the rules above)."""
    if complete_at is None:
        return 0
    first, last = clock.local(max(from_at, complete_at)).date(), clock.local(to_at).date()
    return workdays.working_days_between(first, last) if last > first else 0


def step_alarm(offered_at: datetime, seconds: int | None) -> datetime:
    """When the alarm of a step rings: its standard time from the offer, never before the floor."""
    minutes = max(math.ceil((seconds or 0) / 60), settings.STEP_ALARM_FLOOR_MINUTES)
    return workdays.add_working_minutes(offered_at, minutes)


def alarm_after_pause(alarm: datetime, from_at: datetime, to_at: datetime) -> datetime:
    """A step's alarm moved by the working time of a pause."""
    return workdays.add_working_minutes(alarm, max(workdays.working_minutes_between(from_at, to_at), 0))


def worked_seconds(
    started_at: datetime, finished_at: datetime, pauses: Iterable[tuple[datetime, datetime | None]] = ()
) -> int:
    """Working seconds from start to finish without pauses. ``pauses``: pairs (from, to or None)."""
    total = workdays.working_seconds_between(started_at, finished_at)
    for begin, end in pauses:
        begin, end = max(begin, started_at), min(end or finished_at, finished_at)
        if end > begin:
            total -= workdays.working_seconds_between(begin, end)
    return max(total, 0)


def explain(request: Request, *, to_applicant: bool = True) -> DueExplanation:
    """Explain when a request is due and why, to the applicant or to staff.

    One query for its pauses (none when they are prefetched), besides ``request.service``.
    """
    pauses = list(request.pauses.all())
    paused_now = any(pause.to_at is None for pause in pauses)
    if not (request.due_at and request.complete_at):
        return DueExplanation(
            None, request.complete_at, request.service.working_days, 0, paused_now, False, (), (), _not_yet(request)
        )
    paused = sum(
        pause_days(pause.from_at, pause.to_at, request.complete_at) for pause in pauses if pause.to_at is not None
    )
    first, last = clock.local(request.complete_at).date(), clock.local(request.due_at).date()
    notes = workdays.explain(first, last)
    weekends = tuple(note.day for note in notes if note.kind == "weekend")
    holidays = tuple(note for note in notes if note.kind in ("holiday", "joint_leave"))
    sentences = [
        _due_sentence(request, request.due_at, request.complete_at),
        _weekend_sentence(weekends),
        *_holiday_sentences(holidays),
    ]
    sentences.append(_pause_sentence(paused, paused_now, _("Anda") if to_applicant else _("pemohon")))
    return DueExplanation(
        request.due_at,
        request.complete_at,
        request.service.working_days,
        paused,
        paused_now,
        broke_promise(request, clock.now()),
        weekends,
        holidays,
        tuple(filter(None, sentences)),
    )


def _not_yet(request: Request) -> tuple[str, ...]:
    if request.complete_at:
        return ()
    return (_("Jangka waktu pelayanan dihitung sejak berkas lengkap."),)


def _due_sentence(request: Request, due_at: datetime, complete_at: datetime) -> str:
    days = request.service.working_days or 0
    counted = ngettext("%(n)d hari kerja", "%(n)d hari kerja", days) % {"n": days}
    return _("Jatuh tempo %(due)s: %(days)s sejak berkas lengkap (%(complete)s).") % {
        "due": date_format(clock.local(due_at), "l, j F Y"),
        "days": counted,
        "complete": date_format(clock.local(complete_at), "l, j F"),
    }


def _weekend_sentence(weekends: Sequence[date]) -> str:
    if not weekends:
        return ""
    names = [date_format(day, "l") for day in sorted(weekends, key=date.weekday)]
    return _("%(days)s tidak dihitung.") % {"days": _(" dan ").join(dict.fromkeys(names))}


def _holiday_sentences(holidays: Sequence[workdays.DayNote]) -> Iterator[str]:
    kinds = {
        "holiday": _("Libur nasional tidak dihitung: %(days)s."),
        "joint_leave": _("Cuti bersama tidak dihitung: %(days)s."),
    }
    for kind, sentence in kinds.items():
        days = [f"{date_format(note.day, 'l, j F')} ({note.name})" for note in holidays if note.kind == kind]
        if days:
            yield sentence % {"days": "; ".join(days)}


def _pause_sentence(paused: int, paused_now: bool, who: str) -> str:
    if paused_now:
        return _("Sekarang menunggu kelengkapan dari %(who)s: waktu ini tidak dihitung, jatuh tempo akan bergeser.") % {
            "who": who
        }
    if paused:
        return ngettext(
            "Waktu menunggu kelengkapan dari %(who)s (%(n)d hari) tidak dihitung.",
            "Waktu menunggu kelengkapan dari %(who)s (%(n)d hari) tidak dihitung.",
            paused,
        ) % {"n": paused, "who": who}
    return ""
