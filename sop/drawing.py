"""Draw a layout: one SVG per table row, by presentation attributes only (no style, as the pages' policy asks).

On screen a row's height is not known: heights are percentages and the SVG is stretched over its cell. On paper it
is known and everything stands in figures. Symbols keep their size either way; lines run on under them to their
centres, so that they meet whatever the height.
"""

import itertools
import textwrap
from collections import defaultdict
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .flowchart import HALF_WIDTH, Layout

INK, PAPER = "#000", "#fff"


@dataclass(frozen=True)
class Scale:
    """Sizes in px: a column's width, a symbol's height, the stroke, the letters. ``head``: length of an arrow head."""

    column: float = 104
    symbol: float = 34
    stroke: float = 1.3
    font: float = 11
    head: float = 7

    @property
    def half_width(self):
        return min(HALF_WIDTH * self.column, self.symbol * 1.05)

    @property
    def half_height(self):
        return self.symbol / 2


class RowDrawings:
    """The SVGs of all rows of a layout; ``row(n)`` gives one."""

    def __init__(self, layout: Layout, scale: Scale):
        self.layout, self.scale = layout, scale
        self.pieces, self.heads, self.labels = defaultdict(list), defaultdict(list), defaultdict(list)
        self.symbols, self.links = defaultdict(list), defaultdict(list)
        self.connectors = defaultdict(list)
        for symbol in layout.symbols:
            self.symbols[symbol.row].append(symbol)
        for row, left, right in layout.links:
            self.links[row].append((left, right))
        for connector in layout.connectors:
            self.connectors[connector.row].append(connector)
        self.place = {(s.step, s.lead): s for s in layout.symbols}
        self.span = defaultdict(list)
        for symbol in layout.symbols:
            self.span[symbol.step].append(symbol.column)
        for line in layout.lines:
            self._cut_into_rows(line)

    def row(self, n: int, spoken: str, height: float | None = None):
        """The SVG of a row; ``spoken`` is its text for who cannot see it; ``height`` in px, None: stretched."""
        width = self.layout.columns * self.scale.column
        frame = _Frame(self.scale, height)
        parts = [*self._rules(frame), *self._strokes(n, frame)]
        centred = self._centred(n)
        parts += [frame.centred(x, "".join(shapes)) for x, shapes in centred.items()]
        parts += [self._connector(connector, frame) for connector in self.connectors[n]]
        size = f'width="{width:g}" height="{"100%" if height is None else f"{height:g}"}"'
        role = f'role="img" aria-label="{escape(spoken)}"'
        return mark_safe(f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role}>{"".join(parts)}</svg>')

    def _cut_into_rows(self, line):
        points = self._to_centres(line)
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            if y1 == y2:
                row = min(int(y1), self.layout.rows - 1)
                self.pieces[row].append((x1, y1 - row, x2, y2 - row))
                continue
            top, bottom = min(y1, y2), max(y1, y2)
            for row in range(int(top), min(int(bottom), self.layout.rows - 1) + 1):
                start, end = max(top - row, 0), min(bottom - row, 1)
                if end > start:
                    self.pieces[row].append((x1, start, x1, end))
        if line.entry_port:
            x, y = points[-1]
            self.heads[int(y)].append((x, line.entry_port))
        if line.label and line.exit_port:
            x, y = points[0]
            self.labels[int(y)].append((x, line.exit_port, line.label, line.entry_port is None))

    def _to_centres(self, line):
        """The line's corners, its ends moved from the symbols' edges to their centres."""
        points = list(line.points)
        if line.exit_port:
            points[0] = self._centre(line.source, line.exit_port)
        if line.entry_port:
            points[-1] = self._centre(line.target, line.entry_port)
        return points

    def _centre(self, step, port):
        lead = self.place[(step, True)]
        column = {"left": min, "right": max}.get(port, lambda columns: lead.column)(self.span[step])
        return (column + 0.5, lead.row + 0.5)

    def _rules(self, frame):
        """The borders between the actors' columns."""
        for column in range(1, self.layout.columns):
            x = column * self.scale.column
            yield f'<line x1="{x:g}" y1="{frame.y(0)}" x2="{x:g}" y2="{frame.y(1)}" stroke="#999" stroke-width="0.7"/>'

    def _strokes(self, n, frame):
        ink = f'stroke="{INK}" stroke-width="{self.scale.stroke:g}" stroke-linecap="square"'
        for x1, y1, x2, y2 in self.pieces[n]:
            x1, x2 = x1 * self.scale.column, x2 * self.scale.column
            yield f'<line x1="{x1:g}" y1="{frame.y(y1)}" x2="{x2:g}" y2="{frame.y(y2)}" {ink}/>'
        for left, right in self.links[n]:
            x1, x2 = (left - HALF_WIDTH) * self.scale.column, (right + HALF_WIDTH) * self.scale.column
            yield f'<line x1="{x1:g}" y1="{frame.y(0.5)}" x2="{x2:g}" y2="{frame.y(0.5)}" {ink}/>'

    def _centred(self, n):
        """What has its place relative to a symbol's centre: symbol, arrow heads, labels; by the centre's x."""
        shapes = defaultdict(list)
        for symbol in self.symbols[n]:
            shapes[symbol.column + 0.5].append(self._symbol(symbol.shape))
        for x, port in self.heads[n]:
            shapes[x].append(self._head(port))
        for x, port, label, cut in self.labels[n]:
            shapes[x].append(self._label(port, label, cut))
        return shapes

    def _symbol(self, shape):
        w, h = self.scale.half_width, self.scale.half_height
        look = f'fill="{PAPER}" stroke="{INK}" stroke-width="{self.scale.stroke:g}"'
        if shape == "decision":
            return f'<polygon points="0,{-h:g} {w:g},0 0,{h:g} {-w:g},0" {look}/>'
        round_ends = f'rx="{h:g}" ry="{h:g}" ' if shape in ("start", "end") else ""
        return f'<rect x="{-w:g}" y="{-h:g}" width="{2 * w:g}" height="{2 * h:g}" {round_ends}{look}/>'

    def _head(self, port):
        w, h, a = self.scale.half_width, self.scale.half_height, self.scale.head
        b = a * 0.45
        points = {
            "top": f"0,{-h:g} {-b:g},{-h - a:g} {b:g},{-h - a:g}",
            "left": f"{-w:g},0 {-w - a:g},{-b:g} {-w - a:g},{b:g}",
            "right": f"{w:g},0 {w + a:g},{-b:g} {w + a:g},{b:g}",
        }[port]
        return f'<polygon points="{points}" fill="{INK}"/>'

    def _label(self, port, label, cut):
        w, h, size = self.scale.half_width, self.scale.half_height, self.scale.font
        # Below a symbol the words stand beside the line, or beside the connector it ends in.
        beside = size * 0.4 + (self.scale.symbol * 0.24 if cut else 0)
        x, y, anchor = {
            "bottom": (beside, h + size * 0.85, "start"),
            "left": (-w * 0.62, -size * 0.55, "end"),
            "right": (w * 0.62, -size * 0.55, "start"),
        }[port]
        text = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}" font-family="Arial, sans-serif"'
        # A white edge first, so that words stay readable where a line passes.
        edge = f'<text {text} stroke="{PAPER}" stroke-width="3" stroke-linejoin="round">{escape(label)}</text>'
        return f'{edge}<text {text} fill="{INK}">{escape(label)}</text>'

    def _connector(self, connector, frame):
        """The pentagon: pointing down where the way leaves the page and where it comes in."""
        w, h, size = self.scale.symbol * 0.24, self.scale.symbol * 0.22, self.scale.font * 0.85
        shape = f"{-w:g},{-h:g} {w:g},{-h:g} {w:g},{h * 0.35:g} 0,{h:g} {-w:g},{h * 0.35:g}"
        look = f'fill="{PAPER}" stroke="{INK}" stroke-width="{self.scale.stroke:g}"'
        letter = (
            f'<text x="0" y="{size * 0.25:g}" text-anchor="middle" font-size="{size:g}" '
            f'font-family="Arial, sans-serif" fill="{INK}">{connector.letter}</text>'
        )
        return frame.at(connector.x, connector.y - connector.row, f'<polygon points="{shape}" {look}/>{letter}')


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
    lines = textwrap.wrap(name, max(int(height / (font * 0.56)), 8), break_long_words=False)
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
    """What the drawing of a row says, for who cannot see it."""
    shape = {
        "start": _("Mulai"),
        "process": _("Proses"),
        "decision": _("Keputusan"),
        "end": pgettext("bentuk", "Selesai"),
    }[step.shape]
    return f"{shape}: {', '.join(step.actor_names)}. {ways(step, flow)}".strip()


def ways(step, flow) -> str:
    """Where a step leads, in words: "→ langkah 4" or "Ya → langkah 5; Tidak → langkah 2"."""
    if step.shape == "decision":
        exits = ((step.yes_label, step.if_yes_id), (step.no_label, step.if_no_id))
        parts = [
            _("%(label)s → langkah %(no)s") % {"label": label, "no": flow.step(pk).no} for label, pk in exits if pk
        ]
        return "; ".join(parts)
    if step.next_id:
        return _("→ langkah %(no)s") % {"no": flow.step(step.next_id).no}
    return ""
