"""Computes the positions of shapes and flows of a BPMN diagram in pixels from the flowchart's layout.

A column of the layout becomes a vertical lane, and the height of a row depends on its text. Tasks and decisions
replace the flowchart's symbols, so its routes avoid them. If several flows enter a step, they end at the joining
gateway above it.
"""

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from ...flowchart import HALF_HEIGHT, HALF_WIDTH, Layout, Port

LEFT, TOP = 160, 80
# Heading of a pool and of a lane, as bpmn.io draws them.
HEADING = 30
# Minimum height of a symbol, and the margin above and below it.
COLUMN, SYMBOL, MARGIN = 340, 88, 64
EVENT, JOIN = 36, 40
# Room above a start for its event.
HEADROOM = 70
# Height of the centre of a joining gateway in its row.
JOIN_AT = 0.1
_ASIDE = 70
# Characters per line at bpmn.io's sizes.
IN_TASK, IN_DIAMOND = 30, 21
# Room for a flow's label between a symbol and the border of its lane.
LABEL = 60

Point = tuple[int, int]


@dataclass(frozen=True)
class Rectangle:
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2

    @classmethod
    def around(cls, centre: Point, width: int, height: int | None = None) -> Self:
        height = width if height is None else height
        return cls(round(centre[0] - width / 2), round(centre[1] - height / 2), width, height)


class Picture:
    """The positions of everything in the diagram. Steps are identified by number.

    ``texts``: (activity, is decision, is start) of each row, from top to bottom.
    """

    def __init__(self, drawn: Layout, texts: Sequence[tuple[str, bool, bool]]) -> None:
        self.columns = max(drawn.columns, 1)
        self._lead = {symbol.step: symbol for symbol in drawn.symbols if symbol.lead}
        self._lines = {(line.source, line.target): line for line in drawn.lines}
        self._symbols = [_symbol_height(text, decision) for text, decision, _start in texts]
        self._tops: list[int] = []
        top = TOP + 2 * HEADING
        for (_text, _decision, start), height in zip(texts, self._symbols, strict=True):
            top += HEADROOM if start else 0
            self._tops.append(top)
            top += height + 2 * MARGIN
        self._bottom = top

    # Shapes

    def pool(self) -> Rectangle:
        return Rectangle(LEFT, TOP, self.columns * COLUMN, self._bottom - TOP)

    def lane(self, column: int) -> Rectangle:
        return Rectangle(LEFT + column * COLUMN, TOP + HEADING, COLUMN, self._bottom - TOP - HEADING)

    def column_of(self, no: int) -> int:
        """The column of the step's lead, from 0."""
        return self._lead[no].column

    def step(self, no: int) -> Rectangle:
        at = self._lead[no]
        # Even measures, so that its centre is exactly the point where the layout's lines end.
        centre = (self._x(at.column + 0.5), self._y(at.row + 0.5))
        return Rectangle.around(centre, 2 * round(HALF_WIDTH * COLUMN), self._symbols[at.row])

    def question(self, no: int, text: str) -> Rectangle:
        """The rectangle of a decision's text, in the middle of its diamond."""
        box = self.step(no)
        return Rectangle.around(box.centre, round(box.width * 0.6), _lines(text, IN_DIAMOND) * 13)

    def join(self, no: int) -> Rectangle:
        at = self._lead[no]
        return Rectangle.around((self._x(at.column + 0.5), self._y(at.row + JOIN_AT)), JOIN)

    def start(self, no: int) -> Rectangle:
        """The start event above a step; shifted to the left if flows from the rows above may pass."""
        at = self._lead[no]
        x = self._x(at.column + 0.5) - (_ASIDE if at.row else 0)
        return Rectangle.around((x, self._tops[at.row] - HEADROOM // 2), EVENT)

    def end(self, no: int, aside: bool) -> Rectangle:
        """The end event below a step; shifted ``aside`` if other flows leave the step there."""
        box = self.step(no)
        return Rectangle.around((box.centre[0] - (_ASIDE if aside else 0), box.y + box.height + 38), EVENT)

    @staticmethod
    def beside(box: Rectangle, text: str) -> Rectangle:
        """The rectangle of an event's label."""
        return Rectangle(box.x + box.width + 6, box.y + box.height // 2 - 7, _width(text), 14)

    # Flows

    def flow(self, source: int, target: int, joined: bool) -> list[Point]:
        """The points of a flow from step to step. ``joined``: it ends at the joining gateway before its target."""
        line = self._lines.get((source, target))
        if line is None or line.exit_port is None or line.entry_port is None:
            return self._straight(source, target, joined)
        points = [(self._x(x), self._y(y)) for x, y in line.points]
        points[0] = self._port(self.step(source), line.exit_port)
        if joined:
            return _tidy(self._into_join(points, target, line.entry_port))
        points[-1] = self._port(self.step(target), line.entry_port)
        return _tidy(points)

    def flow_label(self, points: list[Point], text: str) -> Rectangle:
        """The rectangle of a flow's label near its start, wrapped so that it does not cross the lane's border."""
        (x, y), (to_x, to_y) = points[0], points[1]
        width, height = min(_width(text), LABEL), 13 * _lines(text, LABEL // 6)
        if y == to_y:
            return Rectangle(x + 2 if to_x > x else x - 2 - width, y - 4 - height, width, height)
        return Rectangle(x + 8, y + 4 if to_y > y else y - 4 - height, width, height)

    def from_start(self, no: int, joined: bool) -> list[Point]:
        begin, goal = self.start(no), self.join(no) if joined else self.step(no)
        x, y = begin.centre
        if x == goal.centre[0]:
            return [(x, y + EVENT // 2), (x, goal.y)]
        return [(x + EVENT // 2, y), (goal.centre[0], y), (goal.centre[0], goal.y)]

    def from_join(self, no: int) -> list[Point]:
        gate, box = self.join(no), self.step(no)
        return [(gate.centre[0], gate.y + JOIN), (gate.centre[0], box.y)]

    def to_end(self, no: int, aside: bool) -> list[Point]:
        event, box = self.end(no, aside), self.step(no)
        return [(event.centre[0], box.y + box.height), (event.centre[0], event.y)]

    def _x(self, x: float) -> int:
        return LEFT + round(x * COLUMN)

    def _y(self, y: float) -> int:
        row = min(math.floor(y), len(self._tops) - 1)
        part, edge = y - row, 0.5 - HALF_HEIGHT
        if part <= edge:
            return self._tops[row] + round(part / edge * MARGIN)
        within = min((part - edge) / (2 * HALF_HEIGHT), 1) * self._symbols[row]
        return self._tops[row] + MARGIN + round(within + max(part - 1 + edge, 0) / edge * MARGIN)

    @staticmethod
    def _port(box: Rectangle, port: Port) -> Point:
        x, y = box.centre
        ends: dict[Port, Point] = {"top": (x, box.y), "bottom": (x, box.y + box.height), "left": (box.x, y)}
        return ends.get(port, (box.x + box.width, y))

    def _straight(self, source: int, target: int, joined: bool) -> list[Point]:
        """The points of a connection that the layout cuts or leaves out."""
        goal = self.join(target) if joined else self.step(target)
        return [self._port(self.step(source), "bottom"), self._port(goal, "top")]

    def _into_join(self, points: Sequence[Point], target: int, entry: Port) -> list[Point]:
        gate = self.join(target)
        x, y = gate.centre
        before = points[:-1]
        if entry == "top" and before[-1][0] == x and before[-1][1] <= gate.y:
            return [*before, (x, gate.y)]
        if entry == "top" and len(before) > 1:
            before = before[:-1]
        # The last section is horizontal; it moves up to the height of the gateway.
        corner = before[-1]
        side = gate.x if corner[0] < x else gate.x + JOIN
        if len(before) == 1:
            return [corner, (corner[0], y), (side, y)]
        return [*before[:-1], (corner[0], y), (side, y)]


def _symbol_height(text: str, decision: bool) -> int:
    """The height of a symbol, which is even and large enough for its text; a diamond has less room for it."""
    needed = _lines(text, IN_DIAMOND) * 13 / 0.38 if decision else _lines(text, IN_TASK) * 15 + 24
    return max(SYMBOL, 2 * math.ceil(needed / 2))


def _lines(text: str, letters: int) -> int:
    return sum(max(1, len(textwrap.wrap(part, letters))) for part in text.split("\n"))


def _width(text: str) -> int:
    return max(20, 7 * len(text))


def _tidy(points: Iterable[Point]) -> list[Point]:
    """The points without duplicates and without points on a straight section."""
    corners: list[Point] = []
    for point in points:
        if corners and point == corners[-1]:
            continue
        if len(corners) > 1 and any(corners[-2][k] == corners[-1][k] == point[k] for k in (0, 1)):
            corners.pop()
        corners.append(point)
    return corners if len(corners) > 1 else [*corners, *corners]
