"""The flowchart: its geometry (``layout``), and the drawing of its rows.

The geometry is pure. ``drawing`` cuts it into rows at a scale, and ``svg`` writes the rows. Lines are right-angled
and run

* along the middle of a row, from and to the sides of that row's own symbols;
* vertically through the middle of a column, across rows in which the column is empty;
* in lanes around the borders between columns, where there are no symbols;
* just inside the upper and lower edges of a row, to a step's top and from its bottom.

Therefore no line touches a symbol that it does not connect, and lines overlap only if they lead to the same step.

Uses: rules.
"""

from collections.abc import Iterable

from sop.models import SopVersion
from sop.rules.flow import Flow
from sop.rules.queries.flows import flow_of

from .layout_builder import LayoutBuilder
from .shapes import HALF_HEIGHT, HALF_WIDTH, Connector, Lane, Layout, Line, Port, Symbol

__all__ = ["HALF_HEIGHT", "HALF_WIDTH", "Connector", "Lane", "Layout", "Line", "Port", "Symbol", "layout"]


def layout(version: SopVersion | Flow | int, page_starts: Iterable[int] = ()) -> Layout:
    """The geometry of a version (SopVersion, its id, or a Flow).

    ``page_starts``: index of the first row of each page; that of the first page may be omitted. A line between two
    pages is cut and gets an off-page connector at both ends.
    """
    flow = version if isinstance(version, Flow) else flow_of(version)
    return LayoutBuilder(flow, page_starts).draw()
