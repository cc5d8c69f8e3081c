"""What each row of a layout shows, as plain values; ``svg`` writes them for screen and paper.

Horizontal measures are in px. The height of a row is known only to the code that writes it, so vertical positions of
strokes are fractions of the height. Things of a fixed size (symbols, arrow heads, words) are figures: shapes in px
around a point at a fraction of the height. Vertical lines run under a symbol to its centre, so that they meet it at
any height.
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
class DrawingScale:
    """Sizes in px: width of a column, height of a symbol, line width, font size, length of an arrow head.

    ``row``: minimum height of a row; labels are placed for it.
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
        """Length of an arrow head; it fits between a symbol and the border of its column."""
        return min(self.head, (0.5 - HALF_WIDTH) * self.column * 0.85)

    @property
    def pentagon(self) -> tuple[float, float]:
        """Half width and half height of an off-page connector."""
        return max(self.symbol * 0.19, self.font * 0.6), max(self.symbol * 0.165, self.font * 0.52)


# A horizontal or vertical line: from x, y to x, y.
Stroke = tuple[float, float, float, float]


class Polygon(NamedTuple):
    """``kind``: "symbol", "connector" or "head" (a filled arrow head)."""

    kind: str
    points: tuple[Point, ...]


class RectangleShape(NamedTuple):
    """A rectangular symbol centred on the figure's point. ``radius``: that of its corners."""

    half_width: float
    half_height: float
    radius: float


class Words(NamedTuple):
    """Centred lines of text, each with the height of its baseline. ``edged``: with a white edge around the letters."""

    lines: list[tuple[str, float]]
    size: float
    edged: bool


Shape = Polygon | RectangleShape | Words
# x, y, and the shapes around that point.
Figure = tuple[float, float, list[Shape]]


class DrawnRow(NamedTuple):
    """A row's column borders, the flow's lines above them, ``stroke`` px wide, and the figures on top."""

    width: float
    stroke: float
    borders: list[Stroke]
    strokes: list[Stroke]
    figures: list[Figure]


def draw(layout: Layout, scale: DrawingScale) -> list[DrawnRow]:
    """All rows of a layout, from top to bottom."""
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
    # By row and x: the shapes centred on the middle of the row.
    centred: defaultdict[int, defaultdict[float, list[Shape]]] = defaultdict(lambda: defaultdict(list))
    for symbol in layout.symbols:
        centred[symbol.row][symbol.column + 0.5].append(_symbol(symbol.shape, scale))
    for row, found in heads.items():
        for x, port in sorted(found):
            centred[row][x].append(_head(port, scale))
    for label in labels.place_labels(layout, scale):
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
        drawn.append(DrawnRow(layout.columns * scale.column, scale.stroke, borders, lines, figures))
    return drawn


def _cut_into_rows(line: Line, rows: int) -> Iterator[tuple[int, Stroke]]:
    """The sections of a line by row; x in columns, y as a fraction of the row."""
    points = list(line.points)
    # Up to the symbols' centres, because the position of their edges depends on the row's height.
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


def _symbol(shape: str, scale: DrawingScale) -> Polygon | RectangleShape:
    w, h = scale.half_width, scale.half_height
    if shape == "decision":
        return Polygon("symbol", ((0, -h), (w, 0), (0, h), (-w, 0)))
    return RectangleShape(w, h, min(w, h) if shape in ("start", "end") else 0)


def _head(port: str, scale: DrawingScale) -> Polygon:
    """An arrow head with its tip at the end of the line: at the top or at a side of a symbol."""
    h, a = scale.half_height, scale.arrow
    b = a * 0.45
    points = {
        "top": ((0, -h), (-b, -h - a), (b, -h - a)),
        "left": ((0, 0), (-a, -b), (-a, b)),
        "right": ((0, 0), (a, -b), (a, b)),
    }[port]
    return Polygon("head", points)


def _connector(letter: str, scale: DrawingScale) -> list[Shape]:
    """The pentagon of an off-page connector; it always points down."""
    (w, h), size = scale.pentagon, scale.font * 0.82
    shape = ((-w, -h), (w, -h), (w, h * 0.4), (0, h), (-w, h * 0.4))
    return [Polygon("connector", shape), Words([(letter, size * 0.2)], size, edged=False)]


def _joined(strokes: Iterable[Stroke]) -> list[Stroke]:
    """The strokes with overlapping and adjoining ones merged, so that none is drawn over another."""
    found: list[Stroke] = []
    for across in (0, 1):
        # Horizontal ones are sorted by height, vertical ones by x; then by where they start.
        lying = sorted((s[1 - across], s[across], s[across + 2]) for s in strokes if s[1 - across] == s[3 - across])
        joined: list[list[float]] = []
        for at, start, end in lying:
            if joined and joined[-1][0] == at and start <= joined[-1][2]:
                joined[-1][2] = max(joined[-1][2], end)
            else:
                joined.append([at, start, end])
        found += [(start, at, end, at) if across == 0 else (at, start, at, end) for at, start, end in joined]
    return found


def row_description(step: FlowStep, flow: Flow) -> str:
    """The content of a row in words, for users who cannot see the drawing.

    For example "Langkah 3, Verifikator, keputusan: lengkap → langkah 4, tidak → langkah 1".
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


def exits_in_words(step: FlowStep, flow: Flow) -> str:
    """The exits of a step in words: "→ langkah 4" or "Ya → langkah 5; Tidak → langkah 2"."""
    return "; ".join(f"{label} {_to(pk, flow)}".strip() for label, pk in _exits(step))


def _exits(step: FlowStep) -> list[tuple[str, int]]:
    if step.shape != "decision":
        return [("", step.next_id)] if step.next_id else []
    return [(label, pk) for label, pk in ((step.yes_label, step.if_yes_id), (step.no_label, step.if_no_id)) if pk]


def _to(pk: int, flow: Flow) -> str:
    return _("→ langkah %(no)s") % {"no": flow.step(pk).no}


def _in_a_sentence(label: str) -> str:
    """The label with a lower-case first letter, except for abbreviations."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
