"""Pages of a PDF as pictures, readable in any browser without a viewer that could execute parts of the file."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pikepdf

from ula_portal.core.models import StoredFile

logger = logging.getLogger(__name__)
# Long side in px; small print stays readable at twice the width of the window.
LONG_SIDE = 2000
PATIENCE = 30
DRAW = Path(__file__).with_name("draw_page.py")
# Each drawing runs in its own process; a few readers must not use up the whole machine.
_drawing_slots = threading.BoundedSemaphore(2)


class NotDrawn(Exception):
    """The page does not exist, or the drawing program cannot draw it."""


def page_sizes(stored: StoredFile) -> list[tuple[int, int]]:
    """Width and height of each page of a PDF in px, as ``page_picture`` draws it; empty for other files."""
    if stored.content_type != "application/pdf":
        return []
    try:
        with stored.blob.open("rb") as file, pikepdf.open(file) as document:  # type: ignore[arg-type]  # Django's file is read as one
            return [_size(page) for page in document.pages]
    except pikepdf.PdfError:
        logger.warning("the pages of file %s cannot be counted", stored.pk)
        return []


def _size(page: pikepdf.Page) -> tuple[int, int]:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = abs(right - left) or 1, abs(top - bottom) or 1
    if page.rotation % 180:
        width, height = height, width
    scale = LONG_SIDE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def page_picture(stored: StoredFile, number: int) -> bytes:
    """A page of a PDF as JPEG. ``number`` counts from 1.

    Raises: NotDrawn.
    """
    if stored.content_type != "application/pdf":
        raise NotDrawn
    with stored.blob.open("rb") as file:
        content = file.read()
    command = [sys.executable, "-I", str(DRAW), str(number - 1), str(LONG_SIDE)]
    with _drawing_slots:
        try:
            drawn: subprocess.CompletedProcess[bytes] = subprocess.run(
                command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
            )
        except subprocess.TimeoutExpired as error:
            logger.warning("a page of file %s took too long to draw", stored.pk)
            raise NotDrawn from error
    if drawn.returncode == 0 and drawn.stdout:
        return drawn.stdout
    if drawn.returncode != 3:
        logger.warning(
            "a page of file %s could not be drawn: %s", stored.pk, drawn.stderr[-300:].decode(errors="replace")
        )
    raise NotDrawn
