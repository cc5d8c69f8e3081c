"""The form of a photo for looking at: upright, without the camera's notes, in a format every browser shows."""

import io
from typing import IO

from PIL import Image, ImageOps

# Long side in px: every letter of a photographed page can still be read at it.
LONG_SIDE = 3000
QUALITY = 85
SMALL_SIDE = 240


def for_viewing(content: bytes, mime: str) -> bytes | None:
    """A JPEG of a picture that was judged; None for what is no picture."""
    if not mime.startswith("image/"):
        return None
    with Image.open(io.BytesIO(content)) as image:
        if image.format == "JPEG":
            # The decoder skips detail that the smaller picture would lose anyway: a third of the time.
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2)
        buffer = io.BytesIO()
        _on_white(upright).save(buffer, "JPEG", quality=QUALITY, progressive=True)
        return buffer.getvalue()


def small(file: IO[bytes]) -> bytes:
    """A JPEG of at most SMALL_SIDE px of a picture for viewing (an open file)."""
    with Image.open(file) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=75)
        return buffer.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """RGB without anything else: transparent scans (a signature) stand on white paper."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I;16"):
        # Sixteen bits of grey: Pillow would cut instead of scaling.
        image = image.point(lambda value: value / 256).convert("L")
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain
