"""Draw a layout: one SVG per table row, by presentation attributes only (no style, as the pages' policy asks).

On screen a row's height is not known: heights are percentages and the SVG is stretched over its cell. On paper it
is known and everything stands in figures. Symbols keep their size either way; lines that come in from above or leave
below run on under them to their centres, so that they meet whatever the height. Across, everything ends where the
layout says.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import HALF_WIDTH, Layout, labels
from .headings import wrapped

INK, PAPER, RULE = "#000", "#fff", "#999"
FONT = 'font-family="Arial, sans-serif"'


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
    def half_width(self):
        return HALF_WIDTH * self.column

    @property
    def half_height(self):
        return self.symbol / 2

    @property
    def arrow(self):
        """An arrow head fits between a symbol and the border of its column."""
        return min(self.head, (0.5 - HALF_WIDTH) * self.column * 0.85)

    @property
    def pentagon(self):
        """Half width and half height of an off-page connector."""
        return max(self.symbol * 0.19, self.font * 0.6), max(self.symbol * 0.165, self.font * 0.52)


class RowDrawings:
    """The SVGs of all rows of a layout; ``row(n)`` gives one."""

    def __init__(self, layout: Layout, scale: Scale):
        self.layout, self.scale = layout, scale
        self.strokes, self.heads = defaultdict(set), defaultdict(set)
        self.symbols, self.labels, self.connectors = defaultdict(list), defaultdict(list), defaultdict(list)
        for symbol in layout.symbols:
            self.symbols[symbol.row].append(symbol)
        for label in labels.place(layout, scale):
            self.labels[label.row].append(label)
        for connector in layout.connectors:
            self.connectors[connector.row].append(connector)
        for row, left, right in layout.links:
            self.strokes[row].add((left, 0.5, right, 0.5))
        for line in layout.lines:
            self._cut_into_rows(line)

    def row(self, n: int, spoken: str, height: float | None = None):
        """The SVG of a row; ``spoken`` is its text for who cannot see it; ``height`` in px, None: stretched."""
        width = self.layout.columns * self.scale.column
        frame = _Frame(self.scale, height)
        parts = [*self._rules(frame), *self._strokes(n, frame)]
        parts += [frame.centred(x, "".join(shapes)) for x, shapes in self._centred(n).items()]
        parts += [self._connector(connector, frame) for connector in self.connectors[n]]
        size = f'width="{width:g}" height="{"100%" if height is None else f"{height:g}"}"'
        role = f'role="img" aria-label="{escape(spoken)}"'
        return mark_safe(f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role}>{"".join(parts)}</svg>')

    def _cut_into_rows(self, line):
        points = list(line.points)
        # To the symbols' centres: how far their edge is from the row's, only the row's height tells.
        if line.exit_port == "bottom":
            points[0] = (points[0][0], int(points[0][1]) + 0.5)
        if line.entry_port == "top":
            points[-1] = (points[-1][0], int(points[-1][1]) + 0.5)
        for (x1, y1), (x2, y2) in pairwise(points):
            if y1 == y2:
                row = min(int(y1), self.layout.rows - 1)
                self.strokes[row].add((min(x1, x2), y1 - row, max(x1, x2), y2 - row))
                continue
            top, bottom = min(y1, y2), max(y1, y2)
            for row in range(int(top), min(int(bottom), self.layout.rows - 1) + 1):
                start, end = max(top - row, 0), min(bottom - row, 1)
                if end > start:
                    self.strokes[row].add((x1, start, x1, end))
        if line.entry_port:
            x, y = points[-1]
            self.heads[int(y)].add((x, line.entry_port))

    def _rules(self, frame):
        """The borders between the actors' columns."""
        for column in range(1, self.layout.columns):
            x, look = column * self.scale.column, f'stroke="{RULE}" stroke-width="0.7"'
            yield f'<line x1="{x:g}" y1="{frame.y(0)}" x2="{x:g}" y2="{frame.y(1)}" {look}/>'

    def _strokes(self, n, frame):
        ink = f'stroke="{INK}" stroke-width="{self.scale.stroke:g}" stroke-linecap="square"'
        for x1, y1, x2, y2 in _joined(self.strokes[n]):
            x1, x2 = x1 * self.scale.column, x2 * self.scale.column
            yield f'<line x1="{x1:g}" y1="{frame.y(y1)}" x2="{x2:g}" y2="{frame.y(y2)}" {ink}/>'

    def _centred(self, n):
        """What has its place relative to the row's middle: symbols, arrow heads, labels; by x."""
        shapes = defaultdict(list)
        for symbol in self.symbols[n]:
            shapes[symbol.column + 0.5].append(self._symbol(symbol.shape))
        for x, port in sorted(self.heads[n]):
            shapes[x].append(self._head(port))
        for label in self.labels[n]:
            shapes[label.x / self.scale.column].append(self._label(label))
        return shapes

    def _symbol(self, shape):
        w, h = self.scale.half_width, self.scale.half_height
        look = f'class="sop-symbol" fill="{PAPER}" stroke="{INK}" stroke-width="{self.scale.stroke:g}"'
        if shape == "decision":
            return f'<polygon points="0,{-h:g} {w:g},0 0,{h:g} {-w:g},0" {look}/>'
        r = min(w, h)
        round_ends = f'rx="{r:g}" ry="{r:g}" ' if shape in ("start", "end") else ""
        return f'<rect x="{-w:g}" y="{-h:g}" width="{2 * w:g}" height="{2 * h:g}" {round_ends}{look}/>'

    def _head(self, port):
        """An arrow head whose tip is where the line ends: at the top of a symbol, or at its side."""
        h, a = self.scale.half_height, self.scale.arrow
        b = a * 0.45
        points = {
            "top": f"0,{-h:g} {-b:g},{-h - a:g} {b:g},{-h - a:g}",
            "left": f"0,0 {-a:g},{-b:g} {-a:g},{b:g}",
            "right": f"0,0 {a:g},{-b:g} {a:g},{b:g}",
        }[port]
        return f'<polygon points="{points}" fill="{INK}"/>'

    def _label(self, label):
        rows = []
        for line, y in label.baselines():
            look = f'x="0" y="{y:.4g}" text-anchor="middle" font-size="{label.size:g}" {FONT}'
            # A white edge first, so that the columns' borders do not run through the words.
            edge = f'<text {look} stroke="{PAPER}" stroke-width="3" stroke-linejoin="round">{escape(line)}</text>'
            rows.append((edge, f'<text {look} fill="{INK}">{escape(line)}</text>'))
        return "".join(edge for edge, _text in rows) + "".join(text for _edge, text in rows)

    def _connector(self, connector, frame):
        """The pentagon: pointing down where the way leaves the page and where it comes in."""
        (w, h), size = self.scale.pentagon, self.scale.font * 0.82
        shape = f"{-w:g},{-h:g} {w:g},{-h:g} {w:g},{h * 0.4:g} 0,{h:g} {-w:g},{h * 0.4:g}"
        look = f'fill="{PAPER}" stroke="{INK}" stroke-width="{self.scale.stroke:g}"'
        words = f'x="0" y="{size * 0.2:g}" text-anchor="middle" font-size="{size:g}" {FONT} fill="{INK}"'
        shapes = f'<polygon points="{shape}" {look}/><text {words}>{connector.letter}</text>'
        return frame.at(connector.x, connector.y - connector.row, shapes)


def _joined(strokes):
    """The strokes with those in one where lines run on together, so that none is drawn over another."""
    found = []
    for across in (0, 1):
        # Level ones are sorted by height, upright ones by x; then from end to end.
        lying = sorted((s[1 - across], s[across], s[across + 2]) for s in strokes if s[1 - across] == s[3 - across])
        joined = []
        for at, start, end in lying:
            if joined and joined[-1][0] == at and start <= joined[-1][2]:
                joined[-1][2] = max(joined[-1][2], end)
            else:
                joined.append([at, start, end])
        found += [(start, at, end, at) if across == 0 else (at, start, at, end) for at, start, end in joined]
    return found


class _Frame:
    """How heights are written: in percent, or in px of a known row."""

    def __init__(self, scale, height):
        self.scale, self.height = scale, height

    def y(self, fraction):
        if self.height is None:
            return f"{fraction * 100:g}%"
        return f"{fraction * self.height:g}"

    def centred(self, x, shapes):
        return self.at(x, 0.5, shapes)

    def at(self, x, fraction, shapes):
        x *= self.scale.column
        if self.height is None:
            # A nested SVG stands at a percentage, which a transform cannot.
            return f'<svg x="{x:g}" y="{self.y(fraction)}" width="1" height="1" overflow="visible">{shapes}</svg>'
        return f'<g transform="translate({x:g} {self.y(fraction)})">{shapes}</g>'


def upright(name: str, width: float, height: float, font: float) -> str:
    """An actor's name read from below, for columns too narrow for words: an SVG of ``width`` × ``height`` px."""
    lines = wrapped(name, height - 2, font)
    first = width / 2 - (len(lines) - 1) * font * 0.575 + font * 0.35
    look = f'font-size="{font:g}" font-family="Arial, sans-serif" font-weight="bold" text-anchor="middle"'
    places = (f"translate({first + n * font * 1.15:g} {height / 2:g}) rotate(-90)" for n in range(len(lines)))
    texts = "".join(
        f'<text transform="{place}" {look}>{escape(line)}</text>' for place, line in zip(places, lines, strict=True)
    )
    size = f'width="{width:g}" height="{height:g}"'
    return mark_safe(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(name)}">{texts}</svg>'
    )


def spoken(step, flow) -> str:
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


def ways(step, flow) -> str:
    """Where a step leads, in words: "→ langkah 4" or "Ya → langkah 5; Tidak → langkah 2"."""
    return "; ".join(f"{label} {_to(pk, flow)}".strip() for label, pk in _exits(step))


def _exits(step):
    if step.shape != "decision":
        return [("", step.next_id)] if step.next_id else []
    return [(label, pk) for label, pk in ((step.yes_label, step.if_yes_id), (step.no_label, step.if_no_id)) if pk]


def _to(pk, flow):
    return _("→ langkah %(no)s") % {"no": flow.step(pk).no}


def _in_a_sentence(label):
    """Its first letter small, but for abbreviations."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
