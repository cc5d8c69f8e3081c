"""What each row of a layout shows, as plain values; ``svg`` writes them for screen and paper.

Across, everything is in px. Down, only who writes a row knows its height: strokes stand at parts of it, and what keeps
its size (symbols, arrow heads, words) is a figure, in px from a point at a part of it. Lines that come in from above or
leave below run on under the symbols to their centres, so that they meet whatever the height. Across, everything ends
where the layout says.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop.rules.flow import Flow, FlowStep

from . import HALF_WIDTH, Layout, labels
from .shapes import Line, Point


@dataclass(frozen=True)
class Scale:
    """Sizes in px: a column's width, a symbol's height, the stroke, the letters, an arrow head's length.

    ``row``: the least height of a row; labels are placed for it.
    """

    column: float = 104
    symbol: float = 34
    stroke: float = 1.3
    font: float = 11
    head: float = 7
    row: float = 56

    @property
    def half_width(self) -> float:
        return HALF_WIDTH * self.column

    @property
    def half_height(self) -> float:
        return self.symbol / 2

    @property
    def arrow(self) -> float:
        """An arrow head fits between a symbol and the border of its column."""
        return min(self.head, (0.5 - HALF_WIDTH) * self.column * 0.85)

    @property
    def pentagon(self) -> tuple[float, float]:
        """Half width and half height of an off-page connector."""
        return max(self.symbol * 0.19, self.font * 0.6), max(self.symbol * 0.165, self.font * 0.52)


# A level or upright line: from x, y to x, y.
Stroke = tuple[float, float, float, float]


class Polygon(NamedTuple):
    """``kind``: "symbol", "connector", or "head" (an arrow's, filled)."""

    kind: str
    points: tuple[Point, ...]


class Box(NamedTuple):
    """A symbol around the figure's point; ``radius`` of its corners."""

    half_width: float
    half_height: float
    radius: float


class Words(NamedTuple):
    """Lines, each with the height of its baseline, centred. ``edged``: what runs behind them is kept off."""

    lines: list[tuple[str, float]]
    size: float
    edged: bool


Shape = Polygon | Box | Words
# x, y, and the shapes that stand there.
Figure = tuple[float, float, list[Shape]]


class Row(NamedTuple):
    """The columns' borders, the flow's lines over them, ``stroke`` px thick, and figures on top."""

    width: float
    stroke: float
    borders: list[Stroke]
    strokes: list[Stroke]
    figures: list[Figure]


def draw(layout: Layout, scale: Scale) -> list[Row]:
    """All rows of a layout, from the top."""
    strokes: defaultdict[int, set[Stroke]] = defaultdict(set)
    heads: defaultdict[int, set[tuple[float, str]]] = defaultdict(set)
    connectors: defaultdict[int, list[Figure]] = defaultdict(list)
    for row, left, right in layout.links:
        strokes[row].add((left, 0.5, right, 0.5))
    for line in layout.lines:
        for row, stroke in _cut_into_rows(line, layout.rows):
            strokes[row].add(stroke)
        if line.entry_port:
            x, y = line.points[-1]
            heads[int(y)].add((x, line.entry_port))
    # What has its place by the row's middle stands together at its x.
    centred: defaultdict[int, defaultdict[float, list[Shape]]] = defaultdict(lambda: defaultdict(list))
    for symbol in layout.symbols:
        centred[symbol.row][symbol.column + 0.5].append(_symbol(symbol.shape, scale))
    for row, found in heads.items():
        for x, port in sorted(found):
            centred[row][x].append(_head(port, scale))
    for label in labels.place(layout, scale):
        centred[label.row][label.x / scale.column].append(Words(label.baselines(), label.size, edged=True))
    for connector in layout.connectors:
        shapes = _connector(connector.letter, scale)
        connectors[connector.row].append((connector.x * scale.column, connector.y - connector.row, shapes))
    borders: list[Stroke] = [(n * scale.column, 0, n * scale.column, 1) for n in range(1, layout.columns)]
    drawn = []
    for row in range(layout.rows):
        lines = [(x1 * scale.column, y1, x2 * scale.column, y2) for x1, y1, x2, y2 in _joined(strokes[row])]
        figures: list[Figure] = [(x * scale.column, 0.5, shapes) for x, shapes in centred[row].items()]
        figures += connectors[row]
        drawn.append(Row(layout.columns * scale.column, scale.stroke, borders, lines, figures))
    return drawn


def _cut_into_rows(line: Line, rows: int) -> Iterator[tuple[int, Stroke]]:
    """A line's stretches by row; x in columns, y in parts of the row."""
    points = list(line.points)
    # To the symbols' centres: how far their edge is from the row's, only the row's height tells.
    if line.exit_port == "bottom":
        points[0] = (points[0][0], int(points[0][1]) + 0.5)
    if line.entry_port == "top":
        points[-1] = (points[-1][0], int(points[-1][1]) + 0.5)
    for (x1, y1), (x2, y2) in pairwise(points):
        top, bottom = min(y1, y2), max(y1, y2)
        first, last = min(int(top), rows - 1), min(int(bottom), rows - 1)
        if y1 == y2:
            yield first, (min(x1, x2), y1 - first, max(x1, x2), y1 - first)
            continue
        for row in range(first, last + 1):
            start, end = max(top - row, 0), min(bottom - row, 1)
            if end > start:
                yield row, (x1, start, x1, end)


def _symbol(shape: str, scale: Scale) -> Polygon | Box:
    w, h = scale.half_width, scale.half_height
    if shape == "decision":
        return Polygon("symbol", ((0, -h), (w, 0), (0, h), (-w, 0)))
    return Box(w, h, min(w, h) if shape in ("start", "end") else 0)


def _head(port: str, scale: Scale) -> Polygon:
    """An arrow head whose tip is where the line ends: at the top of a symbol, or at its side."""
    h, a = scale.half_height, scale.arrow
    b = a * 0.45
    points = {
        "top": ((0, -h), (-b, -h - a), (b, -h - a)),
        "left": ((0, 0), (-a, -b), (-a, b)),
        "right": ((0, 0), (a, -b), (a, b)),
    }[port]
    return Polygon("head", points)


def _connector(letter: str, scale: Scale) -> list[Shape]:
    """The pentagon: pointing down where the way leaves the page and where it comes in."""
    (w, h), size = scale.pentagon, scale.font * 0.82
    shape = ((-w, -h), (w, -h), (w, h * 0.4), (0, h), (-w, h * 0.4))
    return [Polygon("connector", shape), Words([(letter, size * 0.2)], size, edged=False)]


def _joined(strokes: Iterable[Stroke]) -> list[Stroke]:
    """The strokes with those in one where lines run on together, so that none is drawn over another."""
    found: list[Stroke] = []
    for across in (0, 1):
        # Level ones are sorted by height, upright ones by x; then from end to end.
        lying = sorted((s[1 - across], s[across], s[across + 2]) for s in strokes if s[1 - across] == s[3 - across])
        joined: list[list[float]] = []
        for at, start, end in lying:
            if joined and joined[-1][0] == at and start <= joined[-1][2]:
                joined[-1][2] = max(joined[-1][2], end)
            else:
                joined.append([at, start, end])
        found += [(start, at, end, at) if across == 0 else (at, start, at, end) for at, start, end in joined]
    return found


def spoken(step: FlowStep, flow: Flow) -> str:
    """What the drawing of a row says, for who cannot see it: "Langkah 3, Verifikator, keputusan: lengkap → langkah 4,
    tidak → langkah 1".
    """
    shape = {
        "start": pgettext("bentuk", "mulai"),
        "process": pgettext("bentuk", "proses"),
        "decision": pgettext("bentuk", "keputusan"),
        "end": pgettext("bentuk", "selesai"),
    }[step.shape]
    head = ", ".join([_("Langkah %(no)s") % {"no": step.no}, *step.actor_names, shape])
    exits = [f"{_in_a_sentence(label)} {_to(pk, flow)}".strip() for label, pk in _exits(step)]
    return f"{head}: {', '.join(exits)}" if exits else head


def ways(step: FlowStep, flow: Flow) -> str:
    """Where a step leads, in words: "→ langkah 4" or "Ya → langkah 5; Tidak → langkah 2"."""
    return "; ".join(f"{label} {_to(pk, flow)}".strip() for label, pk in _exits(step))


def _exits(step: FlowStep) -> list[tuple[str, int]]:
    if step.shape != "decision":
        return [("", step.next_id)] if step.next_id else []
    return [(label, pk) for label, pk in ((step.yes_label, step.if_yes_id), (step.no_label, step.if_no_id)) if pk]


def _to(pk: int, flow: Flow) -> str:
    return _("→ langkah %(no)s") % {"no": flow.step(pk).no}


def _in_a_sentence(label: str) -> str:
    """Its first letter small, but for abbreviations."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
