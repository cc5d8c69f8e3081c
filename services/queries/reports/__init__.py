"""Figures for heads: load, where cases wait, what a period brought. Derived from the rows, never counted along.

Every figure is told with the ``Selection`` of cases behind it: the list it leads to has as many lines as it counts.
"""

from .lacking import Lacking, lack_names, lacking
from .load import Load, load
from .period import Flow, Period, flows
from .reach import Reach, reach_of
from .selection import Selection, page_of, rows_of
from .waiting import Wait, waits

__all__ = [
    "Flow",
    "Lacking",
    "Load",
    "Period",
    "Reach",
    "Selection",
    "Wait",
    "flows",
    "lack_names",
    "lacking",
    "load",
    "page_of",
    "reach_of",
    "rows_of",
    "waits",
]
