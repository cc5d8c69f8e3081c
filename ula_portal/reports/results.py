"""The results of a period as figures that lead to their cases, for the report and the start page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.reports.queries.period import Period, PeriodComparison
from services.reports.queries.selection import Selection

from . import lines
from .addresses import selection_address


@dataclass(frozen=True)
class PeriodResult:
    """A figure with its label. ``note``: how it compares with the period before."""

    label: str
    note: str
    figure: lines.Figure

    @property
    def value(self) -> object:
        """The figure as text; None without data."""
        return self.figure.value


def of_period(period: Period, kind: str) -> Selection:
    """The cases of a kind within a period."""
    return Selection(kind, first=period.first, last=period.last)


def results_of(comparison: PeriodComparison, period: Period) -> list[PeriodResult]:
    """Received, finished, the share that kept the promise, and the median of working days; None without any."""
    now, before = comparison.now, comparison.before
    percent = None if now.percent_kept is None else f"{now.percent_kept}%"
    days = None if now.median_days is None else str(now.median_days)
    shown = [
        ("received", _("diterima"), now.received, lines.compared(now.received, before.received)),
        ("finished", _("selesai dikerjakan"), now.finished, lines.compared(now.finished, before.finished)),
        ("kept", _("selesai sesuai janji"), percent, lines.compared(now.percent_kept, before.percent_kept, "%s%%")),
        ("", _("hari kerja, separuhnya selesai"), days, lines.compared(now.median_days, before.median_days)),
    ]
    return [PeriodResult(label, note, _figure(value, kind, period)) for kind, label, value, note in shown]


def _figure(value: int | str | None, kind: str, period: Period) -> lines.Figure:
    address = selection_address(of_period(period, kind)) if kind and value else ""
    return lines.Figure(value, address)
