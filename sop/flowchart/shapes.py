"""What a laid-out flowchart is made of.

Units: a column is one wide, a row one high; column ``c`` and row ``r`` (both from 0) have their centre at
(c + 0.5, r + 0.5). A symbol reaches HALF_WIDTH and HALF_HEIGHT from its centre.
"""

from dataclasses import dataclass
from typing import Protocol

HALF_WIDTH, HALF_HEIGHT = 0.31, 0.21
# Heights within a row at which lines run level, beside its middle: above and below the symbols.
TRACK_IN, TRACK_OUT = 0.1, 0.91
# Off-page connectors above and below a symbol stand this far from the row's upper edge.
PENTAGON_IN, PENTAGON_OUT = 0.09, 0.91

Point = tuple[float, float]
# Where a line leaves or enters a symbol: top, bottom, left, right, or None where an off-page connector stands.
Port = str | None


class Sizes(Protocol):
    """Sizes of a drawing in px, as far as labels need them; ``pentagon``: half width and half height."""

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
    """One actor's symbol in a step's row. ``step``: its number; ``lead``: arrows come in at its top, go out below."""

    step: int
    column: int
    row: int
    shape: str
    lead: bool


@dataclass(frozen=True)
class Line:
    """A connection from step ``source`` to step ``target`` (numbers), edge to edge.

    ``exit_port`` and ``entry_port``: top, bottom, left, right, or None where an off-page connector stands; the stretch
    that comes in from one has its target as source as well. ``loop``: leads to the same or an earlier row. ``lane``:
    index in ``Layout.lanes`` or None. Lines to one target may share a lane and the way from there on.
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
    """The vertical stretch of all lines to one target around the border ``gutter``; from ``top`` to ``bottom``."""

    gutter: int
    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Connector:
    """An off-page connector at (x, y) in ``row``; a letter stands for one target step. ``out``: the way leaves here."""

    row: int
    x: float
    y: float
    letter: str
    out: bool


@dataclass(frozen=True)
class Layout:
    """``links``: (row, from x, to x) between the symbols of a step with several actors."""

    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]
    columns: int
    rows: int
    links: tuple[tuple[int, float, float], ...] = ()
    connectors: tuple[Connector, ...] = ()
