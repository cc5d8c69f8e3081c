"""How the working time of a case was spent: used, paused, with another agency, and how much is left.

Source: design, The chain 5 and 6; standards 7.

- The case's clock runs from ``complete_at`` to ``fulfilled_at`` (otherwise ``closed_at``, otherwise now) and stops
  during a pause. Steps of other agencies count, but are also reported separately.
- A step's clock runs from the offer (as its alarm does) to the finish, without pauses.
- The time left is the working time until the due date, frozen during a pause and negative when late.

Hence ``used + paused + outside == elapsed`` for the case, where outside is the time before the file was complete and
after the office was done. For cases and steps ``left + used == allowed``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from services.models import Pause, Request, StepRun
from sop.rules.durations import duration_in_words
from ula_portal.core import clock, workdays

# Periods (from, to) of a case's pauses.
Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class RunTimes:
    """Working seconds of one step run.

    ``idle``: the part of ``used`` between the offer and the start. ``left`` and ``allowed`` are None for steps of the
    applicant. ``late``: the step's alarm was missed.
    """

    run: StepRun
    elapsed: int
    used: int
    paused: int
    idle: int
    left: int | None
    allowed: int | None
    standard: int | None

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def text(self) -> str:
        """A phrase for the step's row: ``2 jam 10 menit, waktu baku 30 menit``."""
        used = _words(self.used)
        if self.standard is None:
            return used
        return _("%(used)s, waktu baku %(standard)s") % {"used": used, "standard": duration_in_words(self.standard)}


@dataclass(frozen=True)
class TimePart:
    """One part of a case's time, with its length in words.

    ``key``: office, external, left, over (beyond the allowed time) or paused.
    ``start`` and ``width`` place it on a bar of 100 units; a part with width 0 is listed but not drawn.
    """

    key: str
    label: StrOrPromise
    text: str
    start: float = 0
    width: float = 0


@dataclass(frozen=True)
class CaseTimes:
    """Working seconds of a case; the module's docstring defines them. ``used`` is ``external`` plus ``office``.

    ``left`` and ``allowed`` are None before the file is complete. ``runs``: ``RunTimes`` by the run's id, in order.
    """

    elapsed: int
    used: int
    paused: int
    external: int
    outside: int
    left: int | None
    allowed: int | None
    paused_now: bool
    ended: bool
    runs: dict[int, RunTimes]
    sentences: tuple[str, ...]

    @property
    def office(self) -> int:
        return self.used - self.external

    @property
    def percent(self) -> int | None:
        """The percentage of the allowed time that is used, 0 to 100; None before the file is complete."""
        if self.allowed is None:
            return None
        return 100 if self.allowed <= 0 else max(0, min(100, 100 * self.used // self.allowed))

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    @property
    def parts(self) -> list[TimePart]:
        """The non-empty parts of the case's time in the order of the bar; empty before the file is complete.

        The whole bar is the allowed time, or the used time if that is longer.
        """
        if self.allowed is None or self.left is None:
            return []
        total = max(self.allowed, self.used, 1)
        lengths = [("office", self.office), ("external", self.external), ("left", max(self.left, 0))]
        parts, start = [], 0.0
        for key, seconds in lengths:
            width = 100 * seconds / total
            if seconds:
                parts.append(TimePart(key, PART_LABELS[key], _words(seconds), round(start, 2), round(width, 2)))
            start += width
        undrawn = [("over", max(-self.left, 0)), ("paused", self.paused)]
        return parts + [TimePart(key, PART_LABELS[key], _words(seconds)) for key, seconds in undrawn if seconds]

    @property
    def limit(self) -> float | None:
        """Where the allowed time ends on the bar (0 to 100) if more was used, otherwise None."""
        if self.allowed is None or self.used <= self.allowed:
            return None
        return round(100 * max(self.allowed, 0) / self.used, 2)


PART_LABELS = {
    "office": gettext_lazy("Terpakai di kantor"),
    "external": gettext_lazy("Di instansi lain"),
    "left": gettext_lazy("Sisa"),
    "over": gettext_lazy("Melewati batas"),
    "paused": gettext_lazy("Menunggu pemohon, tidak dihitung"),
}


def times_of(request: Request, runs: Sequence[StepRun], pauses: Sequence[Pause], at: datetime) -> CaseTimes:
    """Return the times of a case at a moment.

    ``runs``: all step runs that count, fetched with ``step`` for the standard times; ``pauses``: all pauses;
    ``at``: aware, and not earlier than any of them. Runs no query itself.
    """
    spans = [(pause.from_at, pause.to_at or at) for pause in pauses]
    open_since = next((pause.from_at for pause in pauses if pause.to_at is None), None)
    received = request.received_at or at
    begin, end = request.complete_at, request.fulfilled_at or request.closed_at or at
    last = max(request.closed_at or at, end)
    elapsed = _worked(received, last)
    by_run = {run.pk: _run_times(run, spans, open_since, at) for run in runs}
    if begin is None:
        return _case_times(request, elapsed, 0, 0, 0, None, None, open_since, by_run)
    paused = _paused(spans, begin, end)
    used = max(_worked(begin, end) - paused, 0)
    external = sum(_external(run, spans, begin, end, at) for run in runs if run.led_by == "external")
    left = allowed = None
    if request.due_at:
        stopped = min(max(open_since, begin), end) if open_since else end
        left = _between(stopped, request.due_at)
        allowed = _between(begin, request.due_at) - _paused(spans, begin, stopped)
    return _case_times(request, elapsed, used, paused, external, left, allowed, open_since, by_run)


def _case_times(
    request: Request,
    elapsed: int,
    used: int,
    paused: int,
    external: int,
    left: int | None,
    allowed: int | None,
    open_since: datetime | None,
    by_run: dict[int, RunTimes],
) -> CaseTimes:
    ended = bool(request.fulfilled_at or request.closed_at)
    times = CaseTimes(
        elapsed=elapsed,
        used=used,
        paused=paused,
        external=external,
        outside=elapsed - used - paused,
        left=left,
        allowed=allowed,
        paused_now=open_since is not None,
        ended=ended,
        runs=by_run,
        sentences=(),
    )
    sentences = tuple(filter(None, _sentences(request, times, open_since)))
    return CaseTimes(**{**vars(times), "sentences": sentences})


def _run_times(run: StepRun, spans: Spans, open_since: datetime | None, at: datetime) -> RunTimes:
    end = run.finished_at or at
    elapsed, paused = _worked(run.offered_at, end), _paused(spans, run.offered_at, end)
    begun = min(max(run.started_at or end, run.offered_at), end)
    left = allowed = None
    if run.due_at:
        stopped = min(max(open_since, run.offered_at), end) if open_since else end
        left = _between(stopped, run.due_at)
        allowed = _between(run.offered_at, run.due_at) - _paused(spans, run.offered_at, stopped)
    return RunTimes(
        run=run,
        elapsed=elapsed,
        used=elapsed - paused,
        paused=paused,
        idle=_worked(run.offered_at, begun) - _paused(spans, run.offered_at, begun),
        left=left,
        allowed=allowed,
        standard=run.step.seconds,
    )


def _external(run: StepRun, spans: Spans, begin: datetime, end: datetime, at: datetime) -> int:
    first, last = max(run.offered_at, begin), min(run.finished_at or at, end)
    return _worked(first, last) - _paused(spans, first, last)


def _paused(spans: Spans, begin: datetime, end: datetime) -> int:
    """Return the working seconds of pauses within a period. Pauses of one request never overlap."""
    return sum(_worked(max(first, begin), min(last, end)) for first, last in spans)


def _worked(begin: datetime, end: datetime) -> int:
    return max(_between(begin, end), 0)


def _between(begin: datetime, end: datetime) -> int:
    # Cut to whole seconds first, so that the periods add up exactly.
    begin, end = begin.replace(microsecond=0), end.replace(microsecond=0)
    return workdays.working_seconds_between(begin, end)


def _words(seconds: int) -> str:
    """Return a duration in words, cut to whole minutes."""
    return duration_in_words(seconds - seconds % 60)


def _sentences(request: Request, times: CaseTimes, open_since: datetime | None) -> Iterator[str]:
    if request.complete_at is None:
        yield _("Waktu pelayanan belum dihitung: berkas belum dinyatakan lengkap.")
        return
    days = request.service.working_days
    if days:
        promised = ngettext("%(n)d hari kerja", "%(n)d hari kerja", days) % {"n": days}
        yield _("Janji layanan %(days)s, dihitung sejak berkas lengkap pada %(since)s.") % {
            "days": promised,
            "since": _moment(request.complete_at),
        }
    yield _("Waktu kerja yang terpakai: %(used)s.") % {"used": _words(times.used)}
    if times.external:
        yield _("Dari waktu itu %(external)s berada di instansi lain.") % {"external": _words(times.external)}
    if times.paused:
        yield _("Menunggu pemohon %(paused)s: tidak dihitung.") % {"paused": _words(times.paused)}
    if open_since and not times.ended:
        yield _("Waktu dihentikan sejak %(since)s. Jatuh tempo bergeser setelah pemohon menjawab.") % {
            "since": _moment(open_since)
        }
    yield _left_sentence(request, times)


def _left_sentence(request: Request, times: CaseTimes) -> str:
    if times.left is None or request.due_at is None:
        return ""
    words = {"left": _words(abs(times.left)), "due": _moment(request.due_at)}
    if times.ended:
        done = _("Selesai %(left)s sebelum jatuh tempo, %(due)s.")
        return (done if times.left >= 0 else _("Selesai %(left)s setelah jatuh tempo, %(due)s.")) % words
    if times.left >= 0:
        return _("Sisa waktu kerja %(left)s sampai jatuh tempo, %(due)s.") % words
    return _("Jatuh tempo, %(due)s, terlampaui %(left)s waktu kerja.") % words


def _moment(moment: datetime) -> str:
    return _("%(date)s pukul %(time)s WIB") % {
        "date": date_format(clock.local(moment), "l, j F"),
        "time": date_format(clock.local(moment), "H.i"),
    }
