"""A due date explained day by day, from the day the file was complete to the day it is due."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.models import Request
from ula_portal.core import clock, workdays


@dataclass(frozen=True)
class DueDay:
    """One day, or several days of a weekend or pause combined.

    ``kind``: complete (the day the file was complete, not counted), counted, paused (waiting for the applicant), moved
    (a working day added at the end because of a pause), over (after the due date), weekend, holiday or joint_leave.
    ``count``: the number of the working day, from 1; None for days that do not count.
    """

    days: tuple[date, ...]
    kind: str
    count: int | None = None
    name: str = ""
    is_due: bool = False
    is_today: bool = False

    @property
    def label(self) -> str:
        """The date in words: ``Kamis, 26 November``, or for a weekend ``Sabtu dan Minggu, 28–29 November``."""
        first, last = self.days[0], self.days[-1]
        if first == last:
            return date_format(first, "l, j F")
        until = date_format(last, "j F")
        since = date_format(first, "j" if first.month == last.month else "j F")
        words = {"first": date_format(first, "l"), "last": date_format(last, "l"), "since": since, "until": until}
        if len(self.days) == 2:
            return _("%(first)s dan %(last)s, %(since)s–%(until)s") % words
        return _("%(first)s sampai %(last)s, %(since)s–%(until)s") % words

    @property
    def text(self) -> str:
        """How the day counts, in words."""
        words = {
            "complete": _("berkas lengkap"),
            "counted": _("hari kerja ke-%(n)d") % {"n": self.count or 0},
            "moved": _("tambahan hari karena menunggu Anda"),
            "over": _("melewati waktu yang kami janjikan"),
            # The applicant was asked on the due day itself, so the day of the answer becomes the due day.
            "paused": _("kelengkapan Anda diterima") if self.is_due else _("menunggu Anda, tidak dihitung"),
            "weekend": _("tidak dihitung"),
            "holiday": _("libur nasional (%(name)s), tidak dihitung") % {"name": self.name},
            "joint_leave": _("cuti bersama (%(name)s), tidak dihitung") % {"name": self.name},
        }[self.kind]
        return _("%(text)s, hari terakhir") % {"text": words} if self.is_due else words


def due_days(request: Request) -> list[DueDay]:
    """Return the days up to a request's due date in order; empty before the file is complete.

    While the office waits for the applicant the list ends today, because later days move until they answer.
    Runs one query for the pauses (none if prefetched), plus one if ``request.service`` is not loaded.
    """
    if not (request.due_at and request.complete_at):
        return []
    first, due = clock.local(request.complete_at).date(), clock.local(request.due_at).date()
    paused, open_since = _paused(request, first)
    last = due if open_since is None else max(clock.today(), first)
    # A due day after the start of an open pause is not final, so it is not marked.
    due_day = due if open_since is None or due <= open_since else None
    days = [_day(first, "complete", is_today=first == clock.today())]
    count = 0
    for note in workdays.explain(first, last):
        kind, count = _kind(note, paused, count, request.service.working_days or 0)
        if due_day and note.day > due_day and kind in ("counted", "moved"):
            kind = "over"
        marks = {"is_due": note.day == due_day, "is_today": note.day == clock.today()}
        days.append(_day(note.day, kind, count if kind == "counted" else None, note.name, **marks))
    return _merged(days)


def days_left(request: Request, days: Iterable[DueDay]) -> int:
    """Return the number of working days that remain to be counted once the applicant has answered."""
    counted = sum(day.kind == "counted" for day in days)
    return max((request.service.working_days or 0) - counted, 0)


def left_sentence(left: int) -> str:
    """Return the sentence shown below a list that ends with an open pause."""
    return ngettext(
        "Sisa %(n)d hari kerja dihitung lagi sesudah kelengkapan Anda kami terima.",
        "Sisa %(n)d hari kerja dihitung lagi sesudah kelengkapan Anda kami terima.",
        left,
    ) % {"n": left}


def _day(day: date, kind: str, count: int | None = None, name: str = "", **marks: bool) -> DueDay:
    return DueDay((day,), kind, count, name if kind in ("holiday", "joint_leave") else "", **marks)


def _paused(request: Request, complete: date) -> tuple[set[date], date | None]:
    """Return the days excluded by pauses (as in ``rules.pause_days``) and the first day of the open pause, if any."""
    days, open_since = set(), None
    for pause in request.pauses.all():
        begin = max(clock.local(pause.from_at).date(), complete)
        end = clock.local(pause.to_at).date() if pause.to_at else clock.today()
        days |= {note.day for note in workdays.explain(begin, end)} if end > begin else set()
        open_since = begin if pause.to_at is None else open_since
    return days, open_since


def _kind(note: workdays.DayNote, paused: Set[date], count: int, promised: int) -> tuple[str, int]:
    if note.kind != "working":
        return note.kind, count
    if note.day in paused:
        return "paused", count
    return ("counted", count + 1) if count < promised else ("moved", count)


def _merged(days: Sequence[DueDay]) -> list[DueDay]:
    """Merge the days of a weekend, and consecutive working days of a pause, into one entry each."""
    merged: list[DueDay] = []
    for day in days:
        before = merged[-1] if merged else None
        if before and before.kind == day.kind and day.kind in ("weekend", "paused") and not day.is_due:
            merged[-1] = DueDay((*before.days, *day.days), day.kind, is_today=before.is_today or day.is_today)
        else:
            merged.append(day)
    return merged
