"""The parts of a laid-out flowchart.

Units: a column is one wide and a row one high. Column ``c`` and row ``r`` (both counted from 0) have their centre at
(c + 0.5, r + 0.5). A symbol extends HALF_WIDTH and HALF_HEIGHT from its centre.
"""

from dataclasses import dataclass
from typing import Protocol

HALF_WIDTH, HALF_HEIGHT = 0.31, 0.21
# Heights within a row at which lines run horizontally above and below the symbols.
TRACK_IN, TRACK_OUT = 0.1, 0.91
# Heights within a row of off-page connectors above and below a symbol.
PENTAGON_IN, PENTAGON_OUT = 0.09, 0.91

Point = tuple[float, float]
# Where a line leaves or enters a symbol: top, bottom, left, right, or None if it ends at an off-page connector.
Port = str | None


class Sizes(Protocol):
    """The sizes of a drawing that labels need, in px. ``pentagon``: half width and half height."""

    @property
    def column(self) -> float: ...
    @property
    def row(self) -> float: ...
    @property
    def font(self) -> float: ...
    @property
    def half_width(self) -> float: ...
    @property
    def half_height(self) -> float: ...
    @property
    def arrow(self) -> float: ...
    @property
    def pentagon(self) -> tuple[float, float]: ...


@dataclass(frozen=True)
class Symbol:
    """One actor's symbol in a step's row. ``step``: the step's number.

    ``lead``: it is the leading actor's symbol, at whose top arrows enter and at whose bottom they leave.
    """

    step: int
    column: int
    row: int
    shape: str
    lead: bool


@dataclass(frozen=True)
class Line:
    """A connection from step ``source`` to step ``target`` (numbers), edge to edge.

    ``exit_port`` and ``entry_port``: top, bottom, left, right, or None at an off-page connector. The line from an
    incoming connector to its step has that step as its source, too. ``loop``: it leads to the same or an earlier row.
    ``lane``: index in ``Layout.lanes`` or None. Lines to the same target may share a lane and the rest of the route.
    """

    source: int
    target: int
    points: tuple[Point, ...]
    label: str
    exit_port: Port
    entry_port: Port
    loop: bool
    lane: int | None = None


@dataclass(frozen=True)
class Lane:
    """The shared vertical section of all lines to one target around border ``gutter``, from ``top`` to ``bottom``."""

    gutter: int
    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Connector:
    """An off-page connector at (x, y) in ``row``. Each target step has its own letter. ``out``: it leaves the page."""

    row: int
    x: float
    y: float
    letter: str
    out: bool


@dataclass(frozen=True)
class Layout:
    """A laid-out flowchart. ``links``: (row, from x, to x) between the symbols of a step with several actors."""

    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]
    columns: int
    rows: int
    links: tuple[tuple[int, float, float], ...] = ()
    connectors: tuple[Connector, ...] = ()
