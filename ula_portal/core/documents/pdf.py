"""The one place that knows WeasyPrint (tests/test_architecture.py sees to it)."""

import base64
import functools
import io
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils._os import safe_join

# Not a real host: documents address static files below it, and nothing else is fetched.
BASE = "http://portal.invalid"


def render_pdf(html: str, *, variant: str | None = None) -> bytes:
    """Turn a whole HTML page into a PDF. Only data: addresses and the portal's own static files are read."""
    return layout(html, variant=variant).write_pdf(pdf_variant=variant)


def layout(html: str, *, css: str = "", variant: str | None = None):
    """WeasyPrint's laid-out document, for who needs row heights and page breaks. ``css``: rules beside the page's own.

    Give ``variant`` here and to ``write_pdf`` alike.
    """
    weasyprint = _weasyprint()
    sheets = [weasyprint.CSS(string=css)] if css else None
    page = weasyprint.HTML(string=html, base_url=f"{BASE}/", url_fetcher=_fetcher())
    return page.render(stylesheets=sheets, pdf_variant=variant)


@functools.cache
def _weasyprint():
    """Imported on first use: it is large. It also lets Pillow accept truncated pictures, for the whole process."""
    import weasyprint
    import weasyprint.images
    from PIL import ImageFile

    # Uploads are judged by opening them (core.uploads): half a photo must stay half a photo.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@dataclass(frozen=True)
class Place:
    """Where an element came to stand, in px: ``page`` (from 0), upper left corner and size, borders included."""

    page: int
    x: float
    y: float
    width: float
    height: float


def places(document, *prefixes: str) -> dict[str, list[Place]]:
    """Places of a laid-out document's elements whose id begins with a prefix, by id; several where one is torn."""
    found = {}
    for number, box, name in _boxes(document):
        if not name.startswith(prefixes):
            continue
        place = Place(number, box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height())
        if place not in found.setdefault(name, []):
            found[name].append(place)
    return found


def put_pictures(document, pictures: dict[str, str]) -> None:
    """Put SVGs of known size into the place of a laid-out document's blank ones (``<svg id=…>``), moving nothing else.

    What the SVG says to who cannot see it stays the blank one's ``<title>``.
    """
    for _page, box, name in _boxes(document):
        if name in pictures and hasattr(box, "replacement"):
            box.replacement = _picture(pictures[name], box.replacement)
            box.width, box.height, _ratio = box.replacement.get_intrinsic_size(1, 0)


def put_underneath(document, pages: list[str]) -> None:
    """Paint an SVG of the whole page under the content of each page, as an artifact: to no reader a part of it.

    Needs a page with an inline SVG somewhere, and pages without a background.
    """
    blank = next((box.replacement for _page, box, _name in _boxes(document) if hasattr(box, "replacement")), None)
    for page, svg in zip(document.pages, pages, strict=True):
        page.paint = functools.partial(_paint, page, _picture(svg, blank))


def _paint(page, picture, stream, scale=1):
    with stream.artifact(), stream.stacked():
        stream.transform(a=scale, d=scale)
        picture.draw(stream, page.width, page.height, None)
    type(page).paint(page, stream, scale)


def _picture(svg, like):
    """A picture that writes with the fonts of the document that ``like`` belongs to."""
    return type(like)(ElementTree.fromstring(svg), None, like._url_fetcher, like._context)


def _boxes(document):
    """(page from 0, box, id) of all boxes of elements with an id; boxes in several parts come several times."""
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            name = box.element.get("id") if box.element is not None else None
            if name:
                yield number, box, name


def render_template(template: str, context: dict, *, variant: str | None = None) -> bytes:
    """Render a template (of the paper family, see docs/design-system.md) to PDF."""
    return render_pdf(render_to_string(template, context), variant=variant)


def _fetcher():
    _weasyprint()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class PortalFetcher(URLFetcher):
        """Refuses everything but data: and static files, so that no text in a letter can read or call out."""

        def fetch(self, url, headers=None):
            if url.startswith("data:"):
                return super().fetch(url, headers)
            prefix = f"{BASE}{settings.STATIC_URL}"
            if url.startswith(prefix):
                content, mime = _static_file(url.removeprefix(prefix))
                return URLFetcherResponse(url, body=content, headers={"Content-Type": mime})
            raise ValueError(f"address not allowed in a document: {url[:60]}")

    return PortalFetcher(allowed_protocols=["data"])


@functools.lru_cache(maxsize=64)
def _static_file(name):
    # A hashed name (paper.1a2b3c.css) exists only where collectstatic put it.
    found = finders.find(name) or safe_join(settings.STATIC_ROOT, name)
    if not Path(found).is_file():
        raise ValueError(f"no static file {name}")
    suffix = Path(found).suffix
    mime = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}
    return Path(found).read_bytes(), mime.get(suffix, "application/octet-stream")


def qr_svg(text: str) -> str:
    """A QR code as a data: address of an SVG (black on white, quiet zone of four modules)."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", border=4, xmldecl=False, svgns=True, scale=4)
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
