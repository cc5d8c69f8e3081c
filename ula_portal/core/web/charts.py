"""Charts drawn on the server: bars and lines as SVG that colours, scales and prints without script and inline style.

Colours come from the stylesheet; without one (WeasyPrint) the attributes draw in black. Horizontal positions are
percentages and vertical ones multiples of the type's size, so a chart fits every width and every size of type.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import pairwise
from typing import Literal

import svg
from django.utils.safestring import SafeString, mark_safe

# Characters in a line of a label: what a telephone of 360 px has room for beside the number.
_LABEL_WIDTH = 38
_LINE = 1.35
_ROW = 2.9
_PLOT = 9.0


class Kind(StrEnum):
    """What a part of a bar stands for, told by its fill: solid, hatched, outlined."""

    ON_TIME = "on-time"
    LATE = "late"
    ASKED = "asked"


@dataclass(frozen=True)
class Part:
    kind: Kind
    value: float


@dataclass(frozen=True)
class Bar:
    """``text``: the number as it is shown beside the name. ``cells``: the row of the table, if it has more columns."""

    label: str
    text: str
    parts: tuple[Part, ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """A moment of a line. ``value``: None where nothing was measured; the line has a gap there."""

    label: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Promise:
    """The value that was promised: a dashed line with its words."""

    value: float
    text: str


@dataclass(frozen=True)
class Chart:
    """For ``components/_chart.html``: the drawing, and the same numbers as a table."""

    title: str
    drawing: SafeString
    head: Sequence[str]
    rows: Sequence[tuple[str, ...]]


def bar_chart(title: str, bars: Sequence[Bar], head: Sequence[str], key: str, most: float = 0) -> Chart:
    """Horizontal bars with their names and numbers above them.

    ``key``: an identifier unique on the page; ``head``: the titles of the table's columns; ``most``: the value of a bar
    of full width, if it shall be more than the longest.
    """
    most = max([most, *(sum(part.value for part in bar.parts) for bar in bars)]) or 1
    drawn: list[svg.Element] = [_hatch(key)]
    top = 0.0
    for bar in bars:
        lines = textwrap.wrap(bar.label, _LABEL_WIDTH) or [""]
        drawn += [_text(line, top + 1 + number * _LINE) for number, line in enumerate(lines)]
        drawn.append(_text(bar.text, top + 1, x=100, anchor="end", css="chart__value"))
        drawn += _bar(bar, top + 0.4 + len(lines) * _LINE, most, key)
        top += _ROW + (len(lines) - 1) * _LINE
    rows = [(bar.label, *(bar.cells or (bar.text,))) for bar in bars]
    return Chart(title, _drawing(drawn, top), head, rows)


def line_chart(title: str, points: Sequence[Point], head: Sequence[str], promise: Promise | None = None) -> Chart:
    """A line from left to right, its last value as a direct label, and the promise dashed."""
    values = [point.value for point in points if point.value is not None]
    most = max([*values, promise.value if promise else 0]) * 1.15 if values else 1
    places = [100 * number / max(len(points) - 1, 1) for number in range(len(points))]
    drawn: list[svg.Element] = [_level(_PLOT, "chart__axis")]
    if promise:
        height = _height(promise.value, most)
        drawn += [
            _level(height, "chart__promise", dashes="6 4"),
            _text(promise.text, height - 0.4, css="chart__note"),
        ]
    for (before, start), (after, end) in pairwise(zip(points, places, strict=True)):
        if before.value is not None and after.value is not None:
            drawn.append(_segment(start, _height(before.value, most), end, _height(after.value, most)))
    known = [
        (point.text, place, _height(point.value, most))
        for point, place in zip(points, places, strict=True)
        if point.value is not None
    ]
    # Each value is a dot, so that one between two gaps is seen; the last one is labelled.
    drawn += [_dot(place, height, 2) for _words, place, height in known]
    if known:
        words, place, height = known[-1]
        crowded = promise is not None and 0 < height - _height(promise.value, most) < _LINE + 0.7
        beside = height + 1.4 if crowded or height < _LINE else height - 0.7
        drawn += [
            _dot(place, height, 4),
            _text(words, beside, x=place, anchor="end" if place > 50 else "start", css="chart__value"),
        ]
    if points:
        drawn += [
            _text(points[0].label, _PLOT + 1.3, css="chart__note"),
            _text(points[-1].label, _PLOT + 1.3, x=100, anchor="end", css="chart__note"),
        ]
    return Chart(title, _drawing(drawn, _PLOT + 1.8), head, [(point.label, point.text) for point in points])


def _drawing(elements: list[svg.Element], height: float) -> SafeString:
    # The table below says the same to screen readers.
    drawing = svg.SVG(
        width=_percent(100),
        height=_em(round(height, 2)),
        class_=["chart__drawing"],
        overflow="visible",
        elements=elements,
        extra={"aria-hidden": "true", "focusable": "false"},
    )
    return mark_safe(drawing.as_str())


def _hatch(key: str) -> svg.Element:
    lines = svg.Line(x1=0, y1=3, x2=6, y2=3, stroke="#000", stroke_width=3, class_=["chart__hatch"])
    return svg.Defs(
        elements=[
            svg.Pattern(
                id=f"late-{key}",
                width=6,
                height=6,
                patternUnits="userSpaceOnUse",
                patternTransform=[svg.Rotate(-45)],
                elements=[lines],
            )
        ]
    )


def _bar(bar: Bar, top: float, most: float, key: str) -> list[svg.Element]:
    fill = {Kind.ON_TIME: "#000", Kind.LATE: f"url(#late-{key})", Kind.ASKED: "none"}
    drawn: list[svg.Element] = [
        svg.Rect(x=0, y=_em(top), width=_percent(100), height=8, fill="none", class_=["chart__ground"])
    ]
    start = 0.0
    for part in bar.parts:
        width = 100 * part.value / most
        if width:
            drawn.append(
                svg.Rect(
                    x=_percent(start),
                    y=_em(top),
                    width=_percent(width),
                    height=8,
                    fill=fill[part.kind],
                    stroke="none" if part.kind == Kind.ON_TIME else "#000",
                    class_=[f"chart__{part.kind}"],
                )
            )
        start += width
    return drawn


def _level(height: float, css: str, dashes: str | None = None) -> svg.Element:
    return svg.Line(
        x1=0,
        x2=_percent(100),
        y1=_em(height),
        y2=_em(height),
        stroke="#000",
        stroke_width=2 if dashes else 1,
        extra={"stroke-dasharray": dashes} if dashes else None,
        class_=[css],
    )


def _dot(x: float, y: float, radius: int) -> svg.Element:
    return svg.Circle(cx=_percent(x), cy=_em(y), r=radius, class_=["chart__dot"])


def _segment(x1: float, y1: float, x2: float, y2: float) -> svg.Element:
    return svg.Line(
        x1=_percent(x1),
        y1=_em(y1),
        x2=_percent(x2),
        y2=_em(y2),
        stroke="#000",
        stroke_width=2,
        stroke_linecap="round",
        class_=["chart__line"],
    )


def _text(
    words: str, y: float, x: float = 0, anchor: Literal["start", "end"] = "start", css: str = "chart__label"
) -> svg.Element:
    # svg.py writes text as it is.
    return svg.Text(text=escape(words), x=_percent(x), y=_em(y), text_anchor=anchor, class_=[css])


def _height(value: float, most: float) -> float:
    return _PLOT * (1 - value / most)


def _percent(value: float) -> svg.Length:
    return svg.Length(round(value, 2), "%")


def _em(value: float) -> svg.Length:
    return svg.Length(round(value, 2), "em")
