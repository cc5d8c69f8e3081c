"""The only module that calls WeasyPrint; ``laid_out`` reads its layout (checked by tests/test_architecture.py)."""

import base64
import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils._os import safe_join

from .laid_out import Document

# Not a real host: documents address static files below it, and nothing else is fetched.
BASE = "http://portal.invalid"


def render_pdf(html: str, *, variant: str | None = None) -> bytes:
    """Turn a complete HTML page into a PDF.

    It may load only data: addresses, the portal's static files, and what ``register_pictures`` names.
    """
    written: bytes = lay_out(html, variant=variant).write_pdf(pdf_variant=variant)
    return written


def lay_out(html: str, *, css: str = "", variant: str | None = None) -> Document:
    """WeasyPrint's laid-out document, for callers that need row heights and page breaks.

    ``css``: additional rules. Pass the same ``variant`` here and to ``write_pdf``.
    """
    weasyprint = _weasyprint()
    sheets = [weasyprint.CSS(string=css)] if css else None
    page = weasyprint.HTML(string=html, base_url=f"{BASE}/", url_fetcher=_fetcher())
    return page.render(stylesheets=sheets, pdf_variant=variant)


@functools.cache
def _weasyprint() -> Any:
    """WeasyPrint, imported on first use because it is large."""
    import weasyprint
    import weasyprint.images
    from PIL import ImageFile

    # WeasyPrint makes Pillow accept truncated pictures in the whole process; uploads must stay refused (core.files).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def render_template(template: str, context: dict[str, Any], *, variant: str | None = None) -> bytes:
    """Render a template (of the paper family, see docs/design-system.md) to PDF."""
    return render_pdf(render_to_string(template, context), variant=variant)


# Functions of higher rooms that read a PNG of the portal's own, by the start of its address.
_pictures: dict[str, Callable[[str], bytes]] = {}


def register_pictures(path: str, read: Callable[[str], bytes]) -> None:
    """Let documents show the pictures below ``path``; ``read`` gets the rest of the address."""
    _pictures[f"{BASE}{path}"] = read


def _fetcher() -> Any:
    _weasyprint()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class PortalFetcher(URLFetcher):
        """Loads only data: addresses and the portal's own, so that no text in a letter can read files or call out."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            for prefix, read in _pictures.items():
                if url.startswith(prefix):
                    content = read(url.removeprefix(prefix))
                    return URLFetcherResponse(url, body=content, headers={"Content-Type": "image/png"})
            prefix = f"{BASE}{settings.STATIC_URL}"
            if url.startswith(prefix):
                content, mime = _static_file(url.removeprefix(prefix))
                return URLFetcherResponse(url, body=content, headers={"Content-Type": mime})
            raise ValueError(f"address not allowed in a document: {url[:60]}")

    return PortalFetcher(allowed_protocols=["data"])


@functools.lru_cache(maxsize=64)
def _static_file(name: str) -> tuple[bytes, str]:
    # A hashed name (paper.1a2b3c.css) exists only in the folder that collectstatic filled.
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
