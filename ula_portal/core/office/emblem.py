"""The office's emblem: an uploaded picture is drawn anew, small, and judged on the grounds on which it will stand."""

import io
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _
from PIL import Image

from ula_portal.core.documents import svg
from ula_portal.core.files import malware
from ula_portal.core.files.judging import content_type_of
from ula_portal.core.models import Office, StoredFile
from ula_portal.core.verbs.errors import Refused

MAX_BYTES = 2 * 1024 * 1024
# px; 22 mm on paper at 300 dpi, and six times the head of a page.
SIDE = 264
SMALLEST = 96
# No longer than this many times its other side, since it stands in a square.
LONGEST = 4
# The ground of the head of pages (``--deep`` in tokens.css), and paper.
DEEP, PAPER = (10, 54, 64), (255, 255, 255)
# WCAG's contrast of graphics, and the share of the outline or area that must have it.
ENOUGH, OUTLINE, AREA = 3.0, 0.6, 0.15


@dataclass(frozen=True)
class Emblem:
    """A drawn emblem: a PNG, whether it needs a light plate on the dark head, and whether paper hides it."""

    png: bytes
    on_light: bool
    faint_on_paper: bool


def drawn(upload: "UploadedFile[bytes]") -> Emblem:
    """Draw an uploaded PNG or SVG anew; nothing of the file itself is kept.

    Raises: Refused for other files, broken, unsafe, empty, too large or too small ones.
    """
    if not upload.size:
        raise Refused(_("Berkas ini kosong. Pilih berkas lain."))
    if upload.size > MAX_BYTES:
        raise Refused(_("Berkas ini melebihi %(limit)s MB. Perkecil gambarnya.") % {"limit": MAX_BYTES // 1024**2})
    content = upload.read()
    malware.refuse_infected(content)
    if content.startswith(b"\x89PNG"):
        content_type_of(content)
    elif b"<svg" in content[:4096].lower():
        content = svg.picture_of(content, SIDE * 2)
    else:
        raise Refused(_("Pilih gambar PNG atau SVG."))
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        return judged(_trimmed(image.convert("RGBA")))


def _trimmed(image: Image.Image) -> Image.Image:
    """The picture without its transparent margin, at most SIDE px."""
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    if box is None:
        raise Refused(_("Gambar ini kosong. Pilih gambar lain."))
    image = image.crop(box)
    long, short = max(image.size), min(image.size)
    if long > short * LONGEST:
        raise Refused(_("Gambar ini terlalu panjang. Pilih logo yang hampir persegi."))
    if long < SMALLEST:
        raise Refused(_("Gambar ini terlalu kecil. Sisinya paling sedikit %(n)s piksel.") % {"n": SMALLEST})
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return image


def judged_again(png: bytes) -> Emblem:
    """A drawn emblem judged once more, from its stored picture."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return judged(image.convert("RGBA"))


def judged(image: Image.Image) -> Emblem:
    """The picture as PNG, with how it stands out on the head of pages and on paper."""
    small = image.copy()
    small.thumbnail((64, 64))
    raw, (width, height) = small.tobytes(), small.size
    solid = {(x, y) for x in range(width) for y in range(height) if raw[4 * (y * width + x) + 3] > 128}
    edge = {(x, y) for x, y in solid if not {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} <= solid}

    def share(places: set[tuple[int, int]], ground: tuple[int, int, int]) -> float:
        starts = (4 * (y * width + x) for x, y in places)
        seen = sum(contrast((raw[n], raw[n + 1], raw[n + 2]), ground) >= ENOUGH for n in starts)
        return seen / max(len(places), 1)

    buffer = io.BytesIO()
    image.quantize(255, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    return Emblem(buffer.getvalue(), share(edge, DEEP) < OUTLINE, share(solid, PAPER) < AREA)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """The contrast of two colours. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    red, green, blue = (
        each / 255 / 12.92 if each / 255 <= 0.04045 else ((each / 255 + 0.055) / 1.055) ** 2.4 for each in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def emblem_file(pk: UUID) -> StoredFile | None:
    """The picture of the office's emblem, or of the one before it, which pages in a browser's cache still show."""
    shown = Q(emblem=pk) | Q(earlier_emblem=pk)
    return StoredFile.objects.filter(pk=pk).first() if Office.objects.filter(shown).exists() else None


def emblem_content(address: str) -> bytes:
    """The picture at an address of ``Office.emblem_url``, for documents. Raises: ValueError if there is none."""
    stored = emblem_file(UUID(address.removesuffix(".png")))
    if stored is None:
        raise ValueError("no such emblem")
    with stored.blob.open("rb") as file:
        content: bytes = file.read()
    return content
