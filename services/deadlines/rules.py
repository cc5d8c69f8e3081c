"""When a request and a step are due, how long a step took, and a due date explained in words.

Source: design, The chain 5 and 6; standards 7.

- A request is due ``working_days`` working days after the day its file was complete, at the end of working hours.
- A pause (the office waits for the applicant) moves the due date by the working days after the day on which the pause
  began, up to and including the day on which it ended. Asked on Monday and answered on Tuesday is one day; answered
  on Monday is none. The part of a pause before the file was complete does not count.
- A step's alarm is set to its standard time in working minutes after the offer, but at least
  ``STEP_ALARM_FLOOR_MINUTES`` (a setting, by default one working day of 450 minutes). A pause moves it by the working
  time of the pause.
- A step's duration is the working time from start to finish without pauses.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import Request
from ula_portal.core import clock, workdays

from .urgency import broke_promise


@dataclass(frozen=True)
class DueExplanation:
    """A due date, its parts and an explanation in sentences.

    ``weekends`` and ``holidays`` (holidays and joint leave, with names) lie between the counted days. ``paused_days``
    is the number of working days excluded by ended pauses; ``paused_now`` is True during an open pause.
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
    """Return when working hours end on a day, or on the next working day if the day is not one."""
    return workdays.working_periods(workdays.add_working_days(day, 0))[-1][1]


def due_at(complete_at: datetime, working_days: int, paused_days: int = 0) -> datetime:
    """Return when a request is due: the end of working hours on its last day; aware, in Asia/Jakarta."""
    day = clock.local(complete_at).date()
    return end_of_work(workdays.add_working_days(day, working_days + paused_days))


def start_clock(request: Request, at: datetime) -> tuple[str, str]:
    """Start the promised time at ``at``, when the file became complete.

    Sets the fields without saving and returns their names for ``update_fields``.
    """
    request.complete_at, request.due_at = at, due_at(at, request.service.working_days or 0)
    return "complete_at", "due_at"


def complete_for(due_on: date, received_at: datetime, working_days: int) -> datetime | None:
    """Return when the file was complete if a request is due on a day: at its receipt or at the begin of a later day.

    None if no day from the receipt on leads to it.
    """
    due, day = end_of_work(due_on), clock.local(end_of_work(due_on)).date()
    if due_at(received_at, working_days) == due:
        return received_at
    while day > clock.local(received_at).date():
        begin = workdays.working_periods(workdays.add_working_days(day, 0))[0][0]
        if due_at(begin, working_days) == due:
            return begin
        day -= timedelta(days=1)
    return None


def extended(due: datetime, days: int) -> datetime:
    """Return a due date moved by a number of working days."""
    return end_of_work(workdays.add_working_days(clock.local(due).date(), days)) if days else due


def pause_days(from_at: datetime, to_at: datetime, complete_at: datetime | None) -> int:
    """Return how many working days a pause excludes; 0 before the file is complete. See the rules of this module."""
    if complete_at is None:
        return 0
    first, last = clock.local(max(from_at, complete_at)).date(), clock.local(to_at).date()
    return workdays.working_days_between(first, last) if last > first else 0


def step_alarm(offered_at: datetime, seconds: int | None) -> datetime:
    """Return when a step's alarm is due. ``seconds`` is its standard time; the configured minimum applies."""
    minutes = max(math.ceil((seconds or 0) / 60), settings.STEP_ALARM_FLOOR_MINUTES)
    return workdays.add_working_minutes(offered_at, minutes)


def alarm_after_pause(alarm: datetime, from_at: datetime, to_at: datetime) -> datetime:
    """Return a step's alarm moved by the working time of a pause."""
    return workdays.add_working_minutes(alarm, max(workdays.working_minutes_between(from_at, to_at), 0))


def worked_seconds(
    started_at: datetime, finished_at: datetime, pauses: Iterable[tuple[datetime, datetime | None]] = ()
) -> int:
    """Return the working seconds from start to finish without pauses, given as pairs (from, to or None if open)."""
    total = workdays.working_seconds_between(started_at, finished_at)
    for begin, end in pauses:
        begin, end = max(begin, started_at), min(end or finished_at, finished_at)
        if end > begin:
            total -= workdays.working_seconds_between(begin, end)
    return max(total, 0)


def explain_due_date(request: Request, *, to_applicant: bool = True) -> DueExplanation:
    """Explain when a request is due and why, worded for the applicant or for staff.

    Runs one query for the pauses (none if prefetched), plus one if ``request.service`` is not loaded.
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
    return _("Selesai paling lambat %(due)s: %(days)s sejak berkas lengkap (%(complete)s).") % {
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
        return _(
            "Sekarang menunggu kelengkapan dari %(who)s. Waktu ini tidak dihitung. Tanggal selesai akan bergeser."
        ) % {"who": who}
    if paused:
        return ngettext(
            "Waktu menunggu kelengkapan dari %(who)s (%(n)d hari) tidak dihitung.",
            "Waktu menunggu kelengkapan dari %(who)s (%(n)d hari) tidak dihitung.",
            paused,
        ) % {"n": paused, "who": who}
    return ""
