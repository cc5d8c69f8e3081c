"""Places the labels of a decision's exits: near the exit, clear of symbols, lines, connectors and each other.

Measures are px at a drawing's scale. Heights are relative to the middle of a row of minimum height. A label that is
clear there is also clear in a taller row, because everything else moves away from the middle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .shapes import HALF_WIDTH, Layout, Line, Point, Sizes, Symbol

# Widths of letters in Arial and Liberation Sans, in thousandths of the font size.
_WIDTHS = {
    "ijl'|": 222, " .,:;/!ftI[]\\": 278, "r()-`": 333, "*\"": 372, "ckJsvxyz": 500,
    "abdeghnopqu0123456789?_L#$": 556, "+<>=~FTZ": 600, "ABEKPSVXY&": 667, "wCDHNRU": 722,
    "GOQ": 778, "mM": 833, "%W@": 960,
}  # fmt: skip
WIDTH_OF = {letter: width for letters, width in _WIDTHS.items() for letter in letters}
LINE_HEIGHT, ASCENT = 1.1, 0.78
# Distance to lines and symbols, and step between the places that are tried, in px.
CLEAR, STEP = 1.8, 3
SMALLER = 0.86
WRAPPED, SMALL, BELOW, OVER_RULE, FURTHER = 0.5, 1.4, 0.3, 0.12, 1.6
# Overlapping something costs more than any other disadvantage of a place.
IN_THE_WAY = 100

# Left, top, right, bottom.
Box = tuple[float, float, float, float]
# Cost, left, top.
Spot = tuple[float, float, float]


@dataclass(frozen=True)
class Label:
    """A placed label: ``lines`` centred on ``x``, with ``top`` relative to the middle of the row.

    ``free``: it overlaps nothing.
    """

    row: int
    x: float
    top: float
    lines: tuple[str, ...]
    size: float
    free: bool = field(default=True, compare=False)

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def box(self) -> Box:
        half = max(text_width(line, self.size) for line in self.lines) / 2
        bottom = self.top + len(self.lines) * self.size * LINE_HEIGHT
        return self.x - half, self.top, self.x + half, bottom

    def baselines(self) -> list[tuple[str, float]]:
        """Each line with the height of its baseline relative to the middle of the row."""
        return [(line, self.top + self.size * (ASCENT + n * LINE_HEIGHT) + 0.06) for n, line in enumerate(self.lines)]


class PaperScale:
    """The sizes on paper that labels need, in px. The more columns there are, the narrower they get."""

    font, head, row = 8.5, 6.0, 56.0

    def __init__(self, columns: int) -> None:
        self.column = max(min(90, 476 / columns), 37)
        self.symbol = min(26.5, self.column * 0.45)
        self.half_width, self.half_height = HALF_WIDTH * self.column, self.symbol / 2
        self.arrow, self.pentagon = min(self.head, (0.5 - HALF_WIDTH) * self.column * 0.85), (5.1, 4.5)


def text_width(text: str, size: float) -> float:
    """The estimated width of a text in Arial, in the unit of ``size``."""
    return sum(WIDTH_OF.get(letter, 600) for letter in text) * size / 1000


def place_labels(layout: Layout, scale: Sizes) -> tuple[Label, ...]:
    """A place for every label. If every place overlaps something, the one that disturbs least is chosen."""
    rows: defaultdict[int, list[Line]] = defaultdict(list)
    for line in layout.lines:
        if line.label and line.exit_port:
            rows[int(line.points[0][1])].append(line)
    if not rows:
        return ()
    obstacles = obstacles_of(layout, scale)
    found = []
    for row, lines in sorted(rows.items()):
        taken, width = list(obstacles[row]), layout.columns * scale.column
        for line in lines:
            label = _best(line, row, taken, scale, width)
            taken.append(label.box)
            found.append(label)
    return tuple(found)


def _best(line: Line, row: int, taken: Sequence[Box], scale: Sizes, width: float) -> Label:
    """The cheapest place. Settings and places whose base cost is too high already are skipped."""
    best: tuple[float, float, tuple[str, ...], float] | None = None
    least = float("inf")
    for lines, size, extra in _settings(line.label, scale):
        wide, high = max(text_width(text, size) for text in lines), len(lines) * size * LINE_HEIGHT
        for spots, price in ((_below if line.exit_port == "bottom" else _beside, 0), (_along, FURTHER)):
            if extra + price >= least:
                continue
            for cost, left, top in spots(line, scale, wide, high):
                cost += extra + price
                if cost < least:
                    cost += _disturbance((left, top, left + wide, top + high), taken, scale, width)
                    if cost < least:
                        best, least = (left + wide / 2, top, lines, size), cost
    assert best, "every line offers at least one place"
    return Label(row, *best, free=least < IN_THE_WAY)


def _disturbance(box: Box, taken: Iterable[Box], scale: Sizes, width: float) -> float:
    """The cost of overlapping something, of leaving the row and of crossing a column border."""
    left, top, right, bottom = box
    limit = scale.row / 2 - 0.5
    outside = max(-left, 0) + max(right - width, 0) + max(-limit - top, 0) + max(bottom - limit, 0)
    cost = OVER_RULE * (int(right // scale.column) - int(left // scale.column))
    if outside > 0:
        return cost + IN_THE_WAY + 20 * outside
    for other in taken:
        if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
            return cost + IN_THE_WAY + sum(50 for other in taken if _meet(box, other))
    return cost


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _settings(label: str, scale: Sizes) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """The ways to set a label as (lines, font size, cost): in one to three lines, and in a smaller size."""
    wrappings: list[tuple[tuple[str, ...], float]] = [((label,), 0.0)]
    words = label.split()
    for count in range(2, min(len(words), 3) + 1):
        wrappings.append((_wrapped(words, count), WRAPPED * (count - 1)))
    for size, extra in ((scale.font, 0.0), (scale.font * SMALLER, SMALL)):
        for lines, cost in wrappings:
            yield lines, size, cost + extra


def _wrapped(words: list[str], count: int) -> tuple[str, ...]:
    """The words in ``count`` lines, with the longest line as short as possible."""
    if count == 1:
        return (" ".join(words),)
    options = (
        (" ".join(words[:n]), *_wrapped(words[n:], count - 1)) for n in range(1, len(words) - count + 2)
    )  # fmt: skip
    return min(options, key=lambda lines: max(map(len, lines)))


def _beside(line: Line, scale: Sizes, width: float, height: float) -> Iterator[Spot]:
    """Places above and below a line that leaves at a side, from the symbol's edge to beyond its first turn."""
    away = 1 if line.exit_port == "right" else -1
    edge, turn = line.points[0][0] * scale.column, line.points[1][0] * scale.column
    furthest = max(abs(turn - edge), 0.6 * scale.column)
    start = -scale.half_width * 0.9
    for n in range(int((furthest - start) / STEP) + 1):
        near = start + n * STEP
        left = edge + near if away > 0 else edge - near - width
        cost = abs(near) / 40 + (0.3 if near + width / 2 > abs(turn - edge) else 0)
        yield cost + BELOW, left, CLEAR + 0.4
        # Higher above the line, to clear the slope of a diamond or a neighbour's arrow head.
        for lift in (0, 4, 8, 12):
            yield cost + lift / 15, left, -CLEAR - height - lift


def _below(line: Line, scale: Sizes, width: float, height: float) -> Iterator[Spot]:
    """Places to the right and left of a line that leaves at the bottom, starting beside the diamond's lower edge."""
    x = line.points[0][0] * scale.column
    start, limit = scale.half_height * 0.3, scale.row / 2 - height
    for n in range(max(int((limit - start) / 2), 0) + 1):
        top = start + n * 2
        for shift in (2.5, 6.5, 10, 15, 20):
            cost = 0.1 + abs(top - scale.half_height) / 60 + shift / 30
            yield cost, x + shift, top
            yield cost + 0.15, x - shift - width, top


def _along(line: Line, scale: Sizes, width: float, height: float) -> Iterator[Spot]:
    """Places along the further course of a line within its row."""
    row, passed = int(line.points[0][1]), 0.0
    points = [(x * scale.column, (y - row - 0.5) * scale.row) for x, y in line.points]
    for (x1, y1), (x2, y2) in pairwise(points):
        length = abs(x2 - x1) + abs(y2 - y1)
        for n in range(int(min(length, 1.5 * scale.column) / 6) + 1):
            x, y = x1 + (x2 > x1) * n * 6 - (x2 < x1) * n * 6, y1 + (y2 > y1) * n * 6 - (y2 < y1) * n * 6
            cost = (passed + n * 6) / 30
            if y1 == y2:
                yield cost, x - width / 2, y - CLEAR - height - 0.5
                yield cost, x - width / 2, y + CLEAR + 0.5
            else:
                yield cost, x + CLEAR + 1, y - height / 2
                yield cost, x - CLEAR - 1 - width, y - height / 2
        passed += length
        if passed > 1.5 * scale.column or abs(y2) > scale.row / 2:
            return


# Obstacles


def obstacles_of(layout: Layout, scale: Sizes) -> dict[int, list[Box]]:
    """By row, what labels must not overlap: symbols, lines, links, arrow heads and connectors, each with a margin."""
    found: defaultdict[int, list[Box]] = defaultdict(list)
    for symbol in layout.symbols:
        found[symbol.row] += _symbol_boxes(symbol, scale)
    for row, left, right in layout.links:
        found[row].append((left * scale.column, -CLEAR, right * scale.column, CLEAR))
    for line in layout.lines:
        for one, other in pairwise(line.points):
            for row, box in _line_boxes(one, other, layout.rows, scale):
                found[row].append(box)
        if line.entry_port:
            found[int(line.points[-1][1])].append(_head_box(line, scale))
    wide, high = scale.pentagon
    for connector in layout.connectors:
        x, y = connector.x * scale.column, (connector.y - connector.row - 0.5) * scale.row
        found[connector.row].append((x - wide - 1, y - high - 1, x + wide + 1, y + high + 1))
    return found


def _symbol_boxes(symbol: Symbol, scale: Sizes) -> list[Box]:
    x, w, h = (symbol.column + 0.5) * scale.column, scale.half_width + 1, scale.half_height + 1
    if symbol.shape != "decision":
        return [(x - w, -h, x + w, h)]
    # A diamond is cut into slices, so that a label can use the corners around it.
    slices = 8
    boxes = []
    for n in range(slices):
        half = w * (1 - n / slices)
        boxes.append((x - half, -h * (n + 1) / slices, x + half, h * (n + 1) / slices))
    return boxes


def _line_boxes(one: Point, other: Point, rows: int, scale: Sizes) -> Iterator[tuple[int, Box]]:
    (x1, y1), (x2, y2) = one, other
    left, right = sorted((x1 * scale.column, x2 * scale.column))
    top, bottom = min(y1, y2), max(y1, y2)
    if y1 == y2:
        row = min(int(y1), rows - 1)
        y = (y1 - row - 0.5) * scale.row
        yield row, (left - CLEAR, y - CLEAR, right + CLEAR, y + CLEAR)
        return
    for row in range(int(top), min(int(bottom), rows - 1) + 1):
        # A line that turns in the upper or lower track moves away in a taller row, so it counts up to the edge.
        first = -0.5 if top - row < 0.3 else top - row - 0.5
        last = 0.5 if bottom - row > 0.7 else bottom - row - 0.5
        if last > first:
            yield row, (left - CLEAR, first * scale.row, right + CLEAR, last * scale.row)


def _head_box(line: Line, scale: Sizes) -> Box:
    x, h, a = line.points[-1][0] * scale.column, scale.half_height, scale.arrow
    if line.entry_port == "top":
        return (x - a / 2 - 1, -h - a, x + a / 2 + 1, -h)
    return (x - a, -a / 2 - 1, x, a / 2 + 1) if line.entry_port == "left" else (x, -a / 2 - 1, x + a, a / 2 + 1)
