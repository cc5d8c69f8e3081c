"""Read and paint into a document that WeasyPrint has laid out. Everything that uses its private parts is here.

WeasyPrint's interface gives the pages of a document, but neither the position of an element nor a way to draw there.
This module therefore relies on these private parts of version WEASYPRINT:

* ``Page._page_box`` and the boxes below it (``descendants``, ``element``, ``border_box_x``, ``border_box_y``,
  ``border_width``, ``border_height``), for the position and height of rows and the page breaks;
* ``box.replacement`` of an inline SVG, a picture with ``get_intrinsic_size`` and ``draw``, and the box's ``width`` and
  ``height``, to swap in a drawing without a second layout;
* the picture's class, called as ``SVGImage(tree, base_url, url_fetcher, context)``, and its ``_context``, so that a
  drawing uses the document's fonts;
* ``Page.paint``, which ``write_pdf`` calls for each page, and ``artifact``, ``stacked`` and ``transform`` of its
  stream, to paint under a page without adding to its readable content.

tests/core/documents/test_laid_out.py fails with another version of WeasyPrint and says what to check.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

# WeasyPrint has no type annotations.
Document = Any
Box = Any

WEASYPRINT = "70.0"


@dataclass(frozen=True)
class ElementPosition:
    """The position of a laid-out element: ``page`` (from 0), upper left corner and size in px, including borders."""

    page: int
    x: float
    y: float
    width: float
    height: float


def boxes(document: Document) -> Iterator[tuple[int, Box]]:
    """All boxes of a laid-out document as (page number from 0, box)."""
    return ((number, box) for number, page in enumerate(document.pages) for box in page._page_box.descendants())


def element_positions(document: Document, *prefixes: str) -> dict[str, list[ElementPosition]]:
    """Positions of the elements whose id starts with one of the prefixes, by id.

    An element that a page break divides has several.
    """
    found: dict[str, list[ElementPosition]] = {}
    for number, box, name in _named(document):
        if not name.startswith(prefixes):
            continue
        place = ElementPosition(number, box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height())
        if place not in found.setdefault(name, []):
            found[name].append(place)
    return found


def put_pictures(document: Document, pictures: dict[str, Element]) -> None:
    """Replace blank SVGs (``<svg id=…>``) of a laid-out document by SVGs of the same size, without moving anything.

    The text for users who cannot see the picture stays the ``<title>`` of the blank one.
    """
    for _page, box, name in _named(document):
        if name in pictures and hasattr(box, "replacement"):
            box.replacement = _picture(pictures[name], document, box.replacement)
            box.width, box.height, _ratio = box.replacement.get_intrinsic_size(1, 0)


def put_underneath(document: Document, pages: list[Element]) -> None:
    """Paint an SVG under the content of each page, as an artifact that screen readers skip.

    ``pages``: one SVG of the whole page per page. The document needs at least one inline SVG, and no page may have a
    background.
    """
    blank = next((box.replacement for _page, box, _name in _named(document) if hasattr(box, "replacement")), None)
    for page, svg in zip(document.pages, pages, strict=True):
        page.paint = functools.partial(_paint, page, _picture(svg, document, blank))


def _paint(page: Any, picture: Any, stream: Any, scale: float = 1) -> None:
    with stream.artifact(), stream.stacked():
        stream.transform(a=scale, d=scale)
        picture.draw(stream, page.width, page.height, None)
    type(page).paint(page, stream, scale)


def _picture(svg: Element, document: Document, template: Any) -> Any:
    return type(template)(svg, None, document.url_fetcher, template._context)


def _named(document: Document) -> Iterator[tuple[int, Box, str]]:
    """The boxes of elements with an id as (page number from 0, box, id); divided elements appear several times."""
    for number, box in boxes(document):
        name = box.element.get("id") if box.element is not None else None
        if name:
            yield number, box, name
