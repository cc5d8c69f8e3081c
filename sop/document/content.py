"""What an SOP's document shows, for screen, admin panel and paper alike: identity block and rows of the table."""

import datetime
import functools
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TypedDict

import pyphen
from django.utils.translation import gettext as _

from sop.flowchart import layout, svg
from sop.flowchart.drawing import DrawingScale, draw, exits_in_words, row_description
from sop.models import SopVersion
from sop.rules import durations
from sop.rules.flow import Flow, FlowStep
from sop.rules.queries.flows import flow_of
from ula_portal.core import ports
from ula_portal.core.ports import StepStatistics

# Fewer runs than this say little and could point at a person.
RUNS_NEEDED = 5
# On screen, px: all actors' columns where they fit a page 1440 wide, and the limits of one.
ACTORS_WIDTH, NARROWEST, WIDEST = 716, 64, 112
# One or two columns are wider, as all labels stand in them.
FEW_WIDTHS = {1: 176, 2: 140}
# Number and time together, and the least of each of the four columns of text (the stylesheet shares out the rest).
FIXED_WIDTH, TEXT_WIDTH = 124, 132
# The least height of a row, as the stylesheet has it.
ROW_HEIGHT = 88
LONG_WORD = re.compile(r"\w{9,}")


@dataclass(frozen=True)
class TableRow:
    """``chart``: the row's SVG; ``ways``: where the step leads, in words; ``real``: real time in words or "".

    ``lit``: the step that is meant (the one being edited, the one a case has reached); ``untaken``: one that the case
    will not come to.
    """

    step: FlowStep
    chart: str
    ways: str
    time: str
    real: str = ""
    lit: bool = False
    untaken: bool = False


@dataclass(frozen=True)
class Table:
    """``column``: width of an actor's column in px; ``width``: of all of them; ``least_width``: of the whole table.

    ``headings``: the actors' names with soft hyphens, for narrow columns.
    """

    flow: Flow
    rows: list[TableRow]
    column: float
    width: float
    total: str
    has_real_times: bool = False

    @property
    def least_width(self) -> int:
        return round(self.width + FIXED_WIDTH + 4 * TEXT_WIDTH)

    @property
    def headings(self) -> list[str]:
        return [hyphenated(actor.name) for actor in self.flow.actors]


def table(
    version: SopVersion | Flow | int,
    *,
    scale: DrawingScale | None = None,
    statistics: Mapping[int, StepStatistics] | None = None,
    lit: int | None = None,
    untaken: Container[int] = (),
) -> Table:
    """The flowchart table of a version (SopVersion, its id, or a Flow).

    ``statistics``: by step number, as the port ``case_statistics`` gives them. ``lit``: number of the step to be lit;
    ``untaken``: numbers of those that a case does not come to.
    """
    flow, statistics = version if isinstance(version, Flow) else flow_of(version), statistics or {}
    scale = scale or screen_scale(len(flow.actors))
    rows = [
        TableRow(
            step,
            svg.screen_svg(row, row_description(step, flow)),
            exits_in_words(step, flow),
            durations.step_time(step),
            _real(statistics.get(step.no)),
            step.no == lit,
            step.no in untaken,
        )
        for step, row in zip(flow.steps, draw(layout(flow), scale), strict=True)
    ]
    width = scale.column * len(flow.actors)
    total = durations.duration_in_words(flow.office_seconds)
    return Table(flow, rows, scale.column, width, total, any(row.real for row in rows))


def table_with_real_times(version: SopVersion) -> Table:
    """The table with the real times that cases under this version took."""
    return table(version, statistics=ports.case_statistics(version))


def column_width(actors: int) -> int:
    """Width in px of an actor's column on screen."""
    return FEW_WIDTHS.get(actors) or min(WIDEST, max(NARROWEST, ACTORS_WIDTH // max(actors, 1)))


def screen_scale(actors: int) -> DrawingScale:
    """Sizes on screen; symbols in narrow columns are lower, so that labels have room above them."""
    column = column_width(actors)
    return DrawingScale(column=column, symbol=min(34, column * 0.45), row=ROW_HEIGHT)


def hyphenated(text: str) -> str:
    """Long words with soft hyphens after Indonesian rules: few browsers know them."""
    return LONG_WORD.sub(lambda word: str(_hyphens().inserted(word[0], "\u00ad")), text)


@functools.cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="id_ID", left=3, right=3)


def _real(figures: StepStatistics | None) -> str:
    if not figures or figures["runs"] < RUNS_NEEDED:
        return ""
    values = {"median": durations.duration_in_words(figures["median_seconds"]), "runs": figures["runs"]}
    return _("%(median)s (nilai tengah dari %(runs)s pekerjaan)") % values


class IdentityBlock(TypedDict):
    """``approved_as``: who approved, as printed there; ``boxes``: their titles and lines."""

    unit: str
    number: str
    name: str
    created_on: datetime.date | None
    revised_on: datetime.date | None
    effective_from: datetime.date | None
    decree: str
    decree_date: datetime.date | None
    approved_as: dict[str, str]
    is_example: bool
    boxes: list[tuple[str, list[str]]]


def identity(version: SopVersion) -> IdentityBlock:
    """The identity block: heads of PermenPAN-RB 35/2012 and the six boxes."""
    return {
        "unit": version.sop.unit.name,
        "number": version.sop.number,
        "name": version.title,
        "created_on": version.created_on,
        "revised_on": version.revised_on,
        "effective_from": version.effective_from,
        "decree": version.decree,
        "decree_date": version.decree_date,
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
