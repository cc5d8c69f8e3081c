"""Small documents for the demo's requests: one page with its title, marked as an example."""

import functools
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify
from PIL import Image, ImageDraw, ImageFont

_SIZE = (595, 420)


@functools.cache
def _picture(title: str) -> Image.Image:
    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([12, 12, _SIZE[0] - 12, _SIZE[1] - 12], outline="#52646A", width=2)
    draw.text((_SIZE[0] / 2, 110), "CONTOH", font=ImageFont.load_default(64), fill="#C9CFD1", anchor="mm")
    words, lines = title.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 40:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    for number, line in enumerate(lines):
        draw.text((_SIZE[0] / 2, 220 + 30 * number), line, font=ImageFont.load_default(22), fill="black", anchor="mm")
    note = "Bukan dokumen asli. Dibuat untuk peragaan portal."
    draw.text((_SIZE[0] / 2, 370), note, font=ImageFont.load_default(14), fill="#52646A", anchor="mm")
    return image


@functools.cache
def _content(title: str, image_format: str) -> bytes:
    buffer = io.BytesIO()
    _picture(title).save(buffer, image_format)
    return buffer.getvalue()


def sample_upload(title: str, *, as_photo: bool) -> SimpleUploadedFile:
    """An upload as a citizen would submit it: a PDF, or a photo (JPEG)."""
    image_format, suffix, mime = ("JPEG", "jpg", "image/jpeg") if as_photo else ("PDF", "pdf", "application/pdf")
    return SimpleUploadedFile(f"{slugify(title)[:60]}.{suffix}", _content(title, image_format), mime)
