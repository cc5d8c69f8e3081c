"""Where the shapes and flows of a BPMN diagram stand, in pixels, from the flowchart's layout.

A column of the layout is a vertical lane, a row as high as its text asks for. Tasks and decisions fill the place of
the flowchart's symbol, so its ways stay clear of them; only where several flows enter a step do they end at the
joining gateway above it.
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
# A symbol is at least SYMBOL high; the rest of a row, above and below it, is MARGIN each.
COLUMN, SYMBOL, MARGIN = 340, 88, 64
EVENT, JOIN = 36, 40
# Room above a start for its event.
HEADROOM = 70
# Middle of a joining gateway in its row.
JOIN_AT = 0.1
_ASIDE = 70
# Letters in a line at bpmn.io's sizes.
IN_TASK, IN_DIAMOND = 30, 21
# Room for a flow's label between a symbol and the border of its lane.
LABEL = 60

Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
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
    """Places of everything in the diagram; steps are named by number.

    ``texts``: (activity, is decision, is start) of each row, from the top. The caller asks only for what it draws.
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

    def pool(self) -> Box:
        return Box(LEFT, TOP, self.columns * COLUMN, self._bottom - TOP)

    def lane(self, column: int) -> Box:
        return Box(LEFT + column * COLUMN, TOP + HEADING, COLUMN, self._bottom - TOP - HEADING)

    def column_of(self, no: int) -> int:
        """The column of the step's lead, from 0."""
        return self._lead[no].column

    def step(self, no: int) -> Box:
        at = self._lead[no]
        # Even measures, so that its middle is the point at which the layout's lines end.
        centre = (self._x(at.column + 0.5), self._y(at.row + 0.5))
        return Box.around(centre, 2 * round(HALF_WIDTH * COLUMN), self._symbols[at.row])

    def question(self, no: int, text: str) -> Box:
        """Where a decision's text stands: in the middle of its diamond."""
        box = self.step(no)
        return Box.around(box.centre, round(box.width * 0.6), _lines(text, IN_DIAMOND) * 13)

    def join(self, no: int) -> Box:
        at = self._lead[no]
        return Box.around((self._x(at.column + 0.5), self._y(at.row + JOIN_AT)), JOIN)

    def start(self, no: int) -> Box:
        """Above the step; to the left where other flows may come down from the rows before."""
        at = self._lead[no]
        x = self._x(at.column + 0.5) - (_ASIDE if at.row else 0)
        return Box.around((x, self._tops[at.row] - HEADROOM // 2), EVENT)

    def end(self, no: int, aside: bool) -> Box:
        """Below the step; ``aside`` where other flows leave it there."""
        box = self.step(no)
        return Box.around((box.centre[0] - (_ASIDE if aside else 0), box.y + box.height + 38), EVENT)

    @staticmethod
    def beside(box: Box, text: str) -> Box:
        """The label of an event."""
        return Box(box.x + box.width + 6, box.y + box.height // 2 - 7, _width(text), 14)

    # Flows

    def flow(self, source: int, target: int, joined: bool) -> list[Point]:
        """The way from step to step; ``joined``: it ends at the joining gateway before its target."""
        line = self._lines.get((source, target))
        if line is None or line.exit_port is None or line.entry_port is None:
            return self._straight(source, target, joined)
        points = [(self._x(x), self._y(y)) for x, y in line.points]
        points[0] = self._port(self.step(source), line.exit_port)
        if joined:
            return _tidy(self._into_join(points, target, line.entry_port))
        points[-1] = self._port(self.step(target), line.entry_port)
        return _tidy(points)

    def flow_label(self, points: list[Point], text: str) -> Box:
        """Beside the beginning of a flow, broken into lines rather than laid over the border of the lane."""
        (x, y), (to_x, to_y) = points[0], points[1]
        width, height = min(_width(text), LABEL), 13 * _lines(text, LABEL // 6)
        if y == to_y:
            return Box(x + 2 if to_x > x else x - 2 - width, y - 4 - height, width, height)
        return Box(x + 8, y + 4 if to_y > y else y - 4 - height, width, height)

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
    def _port(box: Box, port: Port) -> Point:
        x, y = box.centre
        ends: dict[Port, Point] = {"top": (x, box.y), "bottom": (x, box.y + box.height), "left": (box.x, y)}
        return ends.get(port, (box.x + box.width, y))

    def _straight(self, source: int, target: int, joined: bool) -> list[Point]:
        """For a connection that the layout cuts or leaves out."""
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
        # The last stretch is level; it moves up to the gateway's height.
        corner = before[-1]
        side = gate.x if corner[0] < x else gate.x + JOIN
        if len(before) == 1:
            return [corner, (corner[0], y), (side, y)]
        return [*before[:-1], (corner[0], y), (side, y)]


def _symbol_height(text: str, decision: bool) -> int:
    """High enough for the text, and even; a diamond holds it in its middle."""
    needed = _lines(text, IN_DIAMOND) * 13 / 0.38 if decision else _lines(text, IN_TASK) * 15 + 24
    return max(SYMBOL, 2 * math.ceil(needed / 2))


def _lines(text: str, letters: int) -> int:
    return sum(max(1, len(textwrap.wrap(part, letters))) for part in text.split("\n"))


def _width(text: str) -> int:
    return max(20, 7 * len(text))


def _tidy(points: Iterable[Point]) -> list[Point]:
    """Without doubles and without points on a straight stretch."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and any(kept[-2][k] == kept[-1][k] == point[k] for k in (0, 1)):
            kept.pop()
        kept.append(point)
    return kept if len(kept) > 1 else [*kept, *kept]
