"""The viewing copy of a photo: upright, without the camera's metadata, in a format that every browser shows."""

import io
from typing import IO

from PIL import Image, ImageOps

# Long side in px; every letter of a photographed page stays readable.
LONG_SIDE = 3000
QUALITY = 85
SMALL_SIDE = 240


def for_viewing(content: bytes, mime: str) -> bytes | None:
    """The viewing copy (JPEG) of a checked picture; None for other types."""
    if not mime.startswith("image/"):
        return None
    with Image.open(io.BytesIO(content)) as image:
        if image.format == "JPEG":
            # The decoder skips detail that the smaller picture would lose anyway, in a third of the time.
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2)
        buffer = io.BytesIO()
        _on_white(upright).save(buffer, "JPEG", quality=QUALITY, progressive=True)
        return buffer.getvalue()


def small(file: IO[bytes]) -> bytes:
    """A JPEG thumbnail of at most SMALL_SIDE px. ``file``: the open viewing copy."""
    with Image.open(file) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=75)
        return buffer.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """The picture in RGB without metadata. Transparent scans (a signature) get a white background."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I;16"):
        # Sixteen-bit grey: Pillow would clip the values instead of scaling them.
        image = image.point(lambda value: value / 256).convert("L")
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain
