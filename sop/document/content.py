"""The content of an SOP's document for public pages, admin panel and paper: identity block and table rows."""

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

# Real times are only shown from this number of runs on: fewer say little and could identify a person.
RUNS_NEEDED = 5
# Widths on screen in px: all actors' columns on a page 1440 px wide, and the limits of a single one.
ACTORS_WIDTH, NARROWEST, WIDEST = 716, 64, 112
# One or two columns are wider, because all labels have to fit into them.
FEW_WIDTHS = {1: 176, 2: 140}
# The columns of number and time together, and the minimum of each text column; the stylesheet distributes the rest.
FIXED_WIDTH, TEXT_WIDTH = 124, 132
# Minimum height of a row, the same as in the stylesheet.
ROW_HEIGHT = 88
LONG_WORD = re.compile(r"\w{9,}")


@dataclass(frozen=True)
class TableRow:
    """A row of the table. ``chart``: the row's SVG; ``exits``: the step's exits in words; ``real``: real time or "".

    ``lit``: the step is highlighted, for example because a case has reached it. ``untaken``: the case will not reach
    this step.
    """

    step: FlowStep
    chart: str
    exits: str
    time: str
    real: str = ""
    lit: bool = False
    untaken: bool = False


@dataclass(frozen=True)
class Table:
    """The flowchart table. ``column``: width of an actor's column in px; ``width``: width of all of them.

    ``least_width``: minimum width of the whole table. ``headings``: the actors' names with soft hyphens.
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


def flow_table(
    version: SopVersion | Flow | int,
    *,
    scale: DrawingScale | None = None,
    statistics: Mapping[int, StepStatistics] | None = None,
    lit: int | None = None,
    untaken: Container[int] = (),
) -> Table:
    """The flowchart table of a version (SopVersion, its id, or a Flow).

    ``statistics``: by step number, as returned by the port ``case_statistics``. ``lit``: number of the step to
    highlight. ``untaken``: numbers of the steps that a case will not reach.
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
    """The table with the real times of cases that follow this version."""
    return flow_table(version, statistics=ports.case_statistics(version))


def column_width(actors: int) -> int:
    """The width of an actor's column on screen, in px. ``actors``: number of columns."""
    return FEW_WIDTHS.get(actors) or min(WIDEST, max(NARROWEST, ACTORS_WIDTH // max(actors, 1)))


def screen_scale(actors: int) -> DrawingScale:
    """The scale on screen. Symbols in narrow columns are flatter, so that labels have room above them."""
    column = column_width(actors)
    return DrawingScale(column=column, symbol=min(34, column * 0.45), row=ROW_HEIGHT)


def hyphenated(text: str) -> str:
    """The text with soft hyphens in long words, because few browsers know the Indonesian rules."""
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
    """The identity block. ``approved_as``: the approver as printed; ``boxes``: title and lines of each box."""

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


def identity_block(version: SopVersion) -> IdentityBlock:
    """The identity block of a version.

    Source: the headings are those of PermenPAN-RB 35/2012.
    """
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
