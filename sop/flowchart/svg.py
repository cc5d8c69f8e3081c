"""Writes drawn rows as SVG, with presentation attributes only, because the pages' policy forbids styles.

``screen_svg`` writes text for a web page; heights are percentages, because the SVG is stretched over its table cell.
On paper the height of a row is known, and WeasyPrint takes element trees: ``row_symbols`` builds the figures of a row,
``page_lines`` the lines of all rows of a page.
"""

from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .drawing import DrawnRow, Polygon, RectangleShape, Shape, Stroke, Words
from .headings import wrapped

INK, PAPER = "#000", "#fff"
BORDER = {"stroke": "#999", "stroke-width": "0.7"}
SANS = "Arial, sans-serif"


def screen_svg(row: DrawnRow, description: str) -> SafeString:
    """The SVG of a row for a web page. ``description``: its text for users who cannot see it."""
    parts = []
    for strokes, look in ((row.borders, BORDER), (row.strokes, _flow(row))):
        for x1, y1, x2, y2 in strokes:
            ends = {"x1": f"{x1:g}", "y1": f"{y1 * 100:g}%", "x2": f"{x2:g}", "y2": f"{y2 * 100:g}%"}
            parts.append(_text("line", ends | look))
    for x, y, shapes in row.figures:
        inner = "".join(_text(*element) for shape in shapes for element in _elements(shape, row.stroke))
        # A nested SVG can be placed at a percentage, a transform cannot.
        parts.append(f'<svg x="{x:g}" y="{y * 100:g}%" width="1" height="1" overflow="visible">{inner}</svg>')
    size = f'width="{row.width:g}" height="100%" role="img" aria-label="{escape(description)}"'
    return mark_safe(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>')


def row_symbols(row: DrawnRow, height: float) -> Element:
    """The figures of a row that is ``height`` px high on paper."""
    svg = canvas(row.width, height)
    for x, y, shapes in row.figures:
        group = SubElement(svg, "g", transform=f"translate({x:g} {y * height:g})")
        for shape in shapes:
            for tag, attributes, text in _elements(shape, row.stroke):
                SubElement(group, tag, attributes).text = text
    return svg


def page_lines(placed: list[tuple[DrawnRow, float, float, float]]) -> list[Element]:
    """The lines of all rows of a page, as one path each for borders and for the flow.

    ``placed``: each row with its left edge, its upper edge and its height in px. A page has hundreds of lines, and
    drawing each of them separately is slow.
    """
    borders = "".join(_path_of(stroke, *place) for row, *place in placed for stroke in row.borders)
    strokes = "".join(_path_of(stroke, *place) for row, *place in placed for stroke in row.strokes)
    looks = [(borders, BORDER), (strokes, _flow(placed[0][0]) if placed else {})]
    return [Element("path", {"fill": "none"} | look | {"d": path}) for path, look in looks if path]


def vertical_name(name: str, width: float, height: float, font: float) -> Element:
    """An actor's name on paper, rotated to read upwards, for narrow columns of ``width`` × ``height`` px."""
    svg, lines = canvas(width, height), wrapped(name, height - 2, font)
    first = width / 2 - (len(lines) - 1) * font * 0.575 + font * 0.35
    look = {"font-size": f"{font:g}", "font-family": SANS, "font-weight": "bold", "text-anchor": "middle"}
    for n, line in enumerate(lines):
        place = f"translate({first + n * font * 1.15:g} {height / 2:g}) rotate(-90)"
        SubElement(svg, "text", {"transform": place} | look).text = line
    return svg


def canvas(width: float, height: float, children: Iterable[Element] = ()) -> Element:
    svg = Element("svg", width=f"{width:g}", height=f"{height:g}")
    svg.extend(children)
    return svg


def _flow(row: DrawnRow) -> dict[str, str]:
    return {"stroke": INK, "stroke-width": f"{row.stroke:g}", "stroke-linecap": "square"}


def _path_of(stroke: Stroke, x: float, y: float, height: float) -> str:
    x1, y1, x2, y2 = stroke
    return f"M{x + x1:.2f} {y + y1 * height:.2f}L{x + x2:.2f} {y + y2 * height:.2f}"


def _elements(shape: Shape, stroke: float) -> Iterator[tuple[str, dict[str, str], str]]:
    """The SVG elements of a shape as (tag, attributes, text)."""
    outlined = {"fill": PAPER, "stroke": INK, "stroke-width": f"{stroke:g}"}
    match shape:
        case Polygon(kind, points):
            at = {"points": " ".join(f"{x:g},{y:g}" for x, y in points)}
            yield "polygon", at | {"symbol": _SYMBOL | outlined, "connector": outlined, "head": {"fill": INK}}[kind], ""
        case RectangleShape(w, h, radius):
            at = {"x": f"{-w:g}", "y": f"{-h:g}", "width": f"{2 * w:g}", "height": f"{2 * h:g}"}
            at |= {"rx": f"{radius:g}", "ry": f"{radius:g}"} if radius else {}
            yield "rect", at | _SYMBOL | outlined, ""
        case Words(lines, size, edged):
            look = {"text-anchor": "middle", "font-size": f"{size:g}", "font-family": SANS}
            # The white edge is drawn first, so that column borders do not run through the words.
            for more in (_EDGE, {"fill": INK}) if edged else ({"fill": INK},):
                for line, y in lines:
                    yield "text", {"x": "0", "y": f"{y:.4g}"} | look | more, line


_SYMBOL = {"class": "sop-symbol"}
_EDGE = {"stroke": PAPER, "stroke-width": "3", "stroke-linejoin": "round"}


def _text(tag: str, attributes: Mapping[str, str], text: str = "") -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{written}>{escape(text)}</{tag}>" if text else f"<{tag}{written}/>"
