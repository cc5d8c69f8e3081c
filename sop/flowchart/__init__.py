"""The flowchart: its geometry (``layout``), and the drawing of it row by row.

The geometry is pure; ``drawing`` cuts it into rows at a scale, ``svg`` writes these. Lines are right-angled and run

* along the middle height of a row, beside the symbols of that row's own step (sides of a step);
* down or up the middle of a column, through rows in which the column is empty;
* in lanes around the borders between columns, where symbols never reach;
* just inside the upper and lower edge of a row, to a step's top and from its bottom.

So no line meets a symbol it does not join, and lines share a stretch only where they join the same step.

Uses: rules.
"""

from collections.abc import Iterable

from sop.models import SopVersion
from sop.rules.flow import Flow
from sop.rules.queries.flows import flow_of

from .draughtsman import Draughtsman
from .shapes import HALF_HEIGHT, HALF_WIDTH, Connector, Lane, Layout, Line, Port, Symbol

__all__ = ["HALF_HEIGHT", "HALF_WIDTH", "Connector", "Lane", "Layout", "Line", "Port", "Symbol", "layout"]


def layout(version: SopVersion | Flow | int, page_starts: Iterable[int] = ()) -> Layout:
    """The geometry of a version (SopVersion, its id, or a Flow).

    ``page_starts``: rows with which a page begins (the first page's may be left out); a line from page to page is
    cut and carries an off-page connector at both ends.
    """
    flow = version if isinstance(version, Flow) else flow_of(version)
    return Draughtsman(flow, page_starts).draw()
