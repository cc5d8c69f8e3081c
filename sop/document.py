"""What an SOP's document shows, for screen, admin panel and paper alike: identity block and rows of the table."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ula_portal.core import ports

from . import durations
from .drawing import RowDrawings, Scale, spoken, ways
from .flow import Flow, FlowStep
from .flowchart import layout
from .queries import flow_of

# Fewer runs than this say little and could point at a person.
RUNS_NEEDED = 5


@dataclass(frozen=True)
class TableRow:
    """``chart``: the row's SVG; ``ways``: where the step leads, in words; ``real``: real time in words or ""."""

    step: FlowStep
    chart: str
    ways: str
    time: str
    real: str = ""
    closes_page: bool = False


@dataclass(frozen=True)
class Table:
    """``column``: width of an actor's column in px; ``width``: of all of them."""

    flow: Flow
    rows: list[TableRow]
    column: float
    width: float
    total: str
    has_real_times: bool = False


def table(version, *, scale=None, heights=None, page_starts=(), statistics=None) -> Table:
    """The flowchart table of a version.

    ``heights``: px of each row where they are known (paper), else the drawings stretch (screen). ``statistics``: by
    step number, as the port ``case_statistics`` gives them.
    """
    flow, statistics = flow_of(version), statistics or {}
    scale = scale or Scale(column=_screen_column(len(flow.actors)))
    drawings = RowDrawings(layout(flow, page_starts), scale)
    rows = []
    for n, step in enumerate(flow.steps):
        chart = drawings.row(n, spoken(step, flow), heights[n] if heights else None)
        rows.append(
            TableRow(
                step,
                chart,
                ways(step, flow),
                durations.of_step(step),
                _real(statistics.get(step.no)),
                n + 1 in page_starts,
            )
        )
    width = scale.column * len(flow.actors)
    total = durations.in_words(flow.office_seconds)
    return Table(flow, rows, scale.column, width, total, any(row.real for row in rows))


def table_with_real_times(version) -> Table:
    """The table with the real times that cases under this version took."""
    return table(version, statistics=ports.case_statistics(version))


def _screen_column(actors):
    return 112 if actors <= 6 else 92 if actors <= 10 else 78


def _real(figures):
    if not figures or figures.get("runs", 0) < RUNS_NEEDED or figures.get("median_seconds") is None:
        return ""
    values = {"median": durations.in_words(figures["median_seconds"]), "runs": figures["runs"]}
    return _("%(median)s (nilai tengah dari %(runs)s pekerjaan)") % values


def identity(version) -> dict:
    """The identity block: heads of PermenPAN-RB 35/2012 and the six boxes as (title, lines)."""
    return {
        "unit": version.sop.unit.name,
        "number": version.sop.number,
        "name": version.title,
        "created_on": version.created_on,
        "revised_on": version.revised_on,
        "effective_from": version.effective_from,
        "decree": version.decree,
        "approved_as": version.approved_as,
        "is_example": version.is_example,
        "boxes": [
            (_("Dasar hukum"), version.legal_basis),
            (_("Kualifikasi pelaksana"), version.qualifications),
            (_("Keterkaitan"), version.related),
            (_("Peralatan/perlengkapan"), version.equipment),
            (_("Peringatan"), version.warnings),
            (_("Pencatatan dan pendataan"), version.records),
        ],
    }
