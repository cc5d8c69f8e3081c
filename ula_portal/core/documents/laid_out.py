"""What WeasyPrint has laid out, read and painted into: all that touches its private parts, as of WEASYPRINT.

Its interface gives a document's pages, but neither where an element came to stand nor a way to draw there. Hence

* ``Page._page_box`` and the boxes below it (``descendants``, ``element``, ``border_box_x``, ``border_box_y``,
  ``border_width``, ``border_height``): where rows stand, how high they are, and where pages break;
* ``box.replacement`` of an inline SVG, a picture with ``get_intrinsic_size`` and ``draw``, and the box's ``width`` and
  ``height``: a drawing is swapped in without a second layout;
* the picture's class, made as ``SVGImage(tree, base_url, url_fetcher, context)``, and its ``_context``, which no
  document keeps: a drawing writes with the document's fonts;
* ``Page.paint``, which ``write_pdf`` calls for each page, and of the stream it paints on ``artifact``, ``stacked`` and
  ``transform``: what lies under a page is no part of it to a reader.

tests/core/documents/test_laid_out.py fails with another WeasyPrint and says what to look at.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

# WeasyPrint says nothing of its types, least of all of its private ones.
Document = Any
Box = Any

WEASYPRINT = "70.0"


@dataclass(frozen=True)
class Place:
    """Where an element came to stand, in px: ``page`` (from 0), upper left corner and size, borders included."""

    page: int
    x: float
    y: float
    width: float
    height: float


def boxes(document: Document) -> Iterator[tuple[int, Box]]:
    """(page from 0, box) of all boxes of a laid-out document."""
    return ((number, box) for number, page in enumerate(document.pages) for box in page._page_box.descendants())


def places(document: Document, *prefixes: str) -> dict[str, list[Place]]:
    """Places of a laid-out document's elements whose id begins with a prefix, by id; several where one is torn."""
    found: dict[str, list[Place]] = {}
    for number, box, name in _named(document):
        if not name.startswith(prefixes):
            continue
        place = Place(number, box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height())
        if place not in found.setdefault(name, []):
            found[name].append(place)
    return found


def put_pictures(document: Document, pictures: dict[str, Element]) -> None:
    """Put SVGs of known size into the place of a laid-out document's blank ones (``<svg id=…>``), moving nothing else.

    What the SVG says to who cannot see it stays the blank one's ``<title>``.
    """
    for _page, box, name in _named(document):
        if name in pictures and hasattr(box, "replacement"):
            box.replacement = _picture(pictures[name], document, box.replacement)
            box.width, box.height, _ratio = box.replacement.get_intrinsic_size(1, 0)


def put_underneath(document: Document, pages: list[Element]) -> None:
    """Paint an SVG of the whole page under the content of each page, as an artifact: to no reader a part of it.

    Needs a page with an inline SVG somewhere, and pages without a background.
    """
    blank = next((box.replacement for _page, box, _name in _named(document) if hasattr(box, "replacement")), None)
    for page, svg in zip(document.pages, pages, strict=True):
        page.paint = functools.partial(_paint, page, _picture(svg, document, blank))


def _paint(page: Any, picture: Any, stream: Any, scale: float = 1) -> None:
    with stream.artifact(), stream.stacked():
        stream.transform(a=scale, d=scale)
        picture.draw(stream, page.width, page.height, None)
    type(page).paint(page, stream, scale)


def _picture(svg: Element, document: Document, like: Any) -> Any:
    return type(like)(svg, None, document.url_fetcher, like._context)


def _named(document: Document) -> Iterator[tuple[int, Box, str]]:
    """(page from 0, box, id) of all boxes of elements with an id; boxes in several parts come several times."""
    for number, box in boxes(document):
        name = box.element.get("id") if box.element is not None else None
        if name:
            yield number, box, name
