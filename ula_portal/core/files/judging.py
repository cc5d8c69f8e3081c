"""Check what a file really is: open its whole content, and refuse active or hidden parts with an explanation."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import PurePath

import filetype
import pikepdf
import pillow_heif
from django.utils.translation import gettext as _
from PIL import Image

from ula_portal.core.verbs.errors import Refused

IMAGE_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF"}
ALLOWED_TYPES = ("application/pdf", *IMAGE_FORMATS)
MAX_PIXELS = 60_000_000
# Objects of a PDF that are inspected; an office scan has hundreds.
MAX_PDF_OBJECTS = 100_000
# PDF dictionary keys that make a viewer run something by itself, and those that embed other files.
_ACTS = {"/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData"}
_CARRIES = {"/EmbeddedFiles", "/EmbeddedFile", "/Filespec", "/FileAttachment"}
# Starts of web pages, scripts and PDFs that could hide in a file which is also a valid picture.
_FOREIGN = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"%pdf-")

pillow_heif.register_heif_opener(thumbnails=False)
# Compressed objects of a small PDF may expand to gigabytes. Pictures and page contents are never decompressed here.
_UNFOLDED_BYTES = 64 * 1024 * 1024
pikepdf.settings.set_qpdf_limits(
    max_stream_filters=3,
    parser_max_container_size=1_000_000,
    flate_max_memory=_UNFOLDED_BYTES,
    png_max_memory=_UNFOLDED_BYTES,
    run_length_max_memory=_UNFOLDED_BYTES,
    tiff_max_memory=_UNFOLDED_BYTES,
)


class UploadRefused(Refused):
    """The file is refused; the message tells the user why and what to do."""


def content_type_of(content: bytes) -> str:
    """The MIME type found in the content, after opening all of it.

    Raises: UploadRefused for any type that is not allowed and for broken or unsafe files.
    """
    kind = filetype.guess(content)
    mime = {"image/heif": "image/heic"}.get(kind.mime, kind.mime) if kind else ""
    if mime in IMAGE_FORMATS:
        _open_image(content, mime)
    elif mime == "application/pdf" and content[:5] == b"%PDF-":
        _open_pdf(content)
    else:
        raise UploadRefused(_what_it_is(content, mime))
    _refuse_second_face(content, mime)
    return mime


def _what_it_is(content: bytes, mime: str) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return _("Gambar SVG tidak dapat diterima. Unggah PDF, JPG, atau PNG.")
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return _("Berkas ini halaman web, bukan dokumen atau foto. Unggah PDF, JPG, atau PNG.")
    if mime.startswith("video/"):
        return _("Berkas ini video. Unggah foto (JPG, PNG) atau PDF.")
    if mime == "application/zip" or "officedocument" in mime or mime in ("application/msword",):
        return _("Berkas Word, Excel, atau ZIP tidak dapat diterima. Simpan sebagai PDF, lalu unggah.")
    return _("Jenis berkas ini tidak dapat diterima. Unggah PDF, JPG, atau PNG.")


def refuse_other_suffix(name: str, mime: str, suffixes: dict[str, tuple[str, ...]]) -> None:
    """Refuse a file whose name claims another type than its content has.

    ``suffixes``: endings by type. A missing ending and one of another picture type are accepted, since phones send
    those. A PDF named as a photo, or a photo named as a program, is refused.
    Raises: UploadRefused.
    """
    suffix = PurePath(name).suffix[1:].lower()
    is_word = suffix.isalnum() and not suffix.isdecimal() and len(suffix) <= 5
    pictures = {ending for kind, endings in suffixes.items() if kind in IMAGE_FORMATS for ending in endings}
    fits = suffix in (pictures if mime in IMAGE_FORMATS else suffixes[mime])
    if fits or not is_word:
        return
    values = {"suffix": suffix, "kind": "PDF" if mime == "application/pdf" else _("gambar")}
    raise UploadRefused(
        _("Nama berkas ini berakhiran .%(suffix)s, padahal isinya %(kind)s. Periksa berkasnya atau ganti namanya.")
        % values
    )


# Pictures


def _open_image(content: bytes, mime: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[IMAGE_FORMATS[mime]]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UploadRefused(_unusable())
                image.load()
    except UploadRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(_unusable()) from error
    except Exception as error:
        raise UploadRefused(_("Gambar ini rusak dan tidak dapat dibuka. Foto atau pindai ulang.")) from error


def _refuse_second_face(content: bytes, mime: str) -> None:
    """Refuse a file that other programs would read as something else: an archive, web page or program inside."""
    foreign = any(mark in _edges(content, mime) for mark in _FOREIGN)
    if foreign or zipfile.is_zipfile(io.BytesIO(content)) or _program_behind(content, mime):
        raise UploadRefused(
            _("Berkas ini menyimpan berkas lain di dalamnya sehingga tidak aman. Foto ulang, atau cetak ulang ke PDF.")
        )


def _edges(content: bytes, mime: str) -> bytes:
    """The parts where another format could start; in a PDF only outside its objects, whose texts may be anything."""
    if mime == "application/pdf":
        start = content[5:2048].partition(b" obj")[0]
        return (start + b"\n" + content[content.rfind(b"%%EOF") :]).lower()
    return (content[:2048] + b"\n" + content[-4096:]).lower()


def _program_behind(content: bytes, mime: str) -> bool:
    """Whether bytes follow the end of a PNG. After a JPEG they are allowed: phones append short films there."""
    if mime != "image/png":
        return False
    end = content.rfind(b"IEND")
    return len(content[end + 8 :].strip(b"\0\r\n ")) > 0


# PDF


_SQUEEZED = re.compile(rb"/(?:ObjStm|XRef)\b")
_LZW = re.compile(rb"/LZW(?:Decode)?[\s/\]>%]")
_FILTER_ELSEWHERE = re.compile(rb"/Filter\b(?!\s*(?:/|\[\s*(?:/\w+\s*)*\]))")
_NOT_UNFOLDED = re.compile(r"object stream|decoding stream|unfilterable")


def _open_pdf(content: bytes) -> None:
    if _may_unfold_without_limit(content):
        raise UploadRefused(_unusable())
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            acts, carries = _look_through(document)
            # Objects that could not be decompressed were not inspected either.
            if any(_NOT_UNFOLDED.search(warning) for warning in document.get_warnings()):
                raise UploadRefused(_unusable())
    except pikepdf.PasswordError as error:
        raise UploadRefused(_("PDF ini terkunci dengan kata sandi. Simpan ulang tanpa kata sandi.")) from error
    except UploadRefused:
        raise
    except Exception as error:
        raise UploadRefused(_("PDF ini rusak dan tidak dapat dibuka. Pindai atau simpan ulang.")) from error
    if pages == 0:
        raise UploadRefused(_("PDF ini tidak berisi halaman. Pindai atau simpan ulang."))
    if acts:
        raise UploadRefused(_unusable())
    if carries:
        raise UploadRefused(_("PDF ini membawa lampiran di dalamnya. Simpan ulang tanpa lampiran."))


def _unusable() -> str:
    """The one sentence for what only a technician could explain: scripts, giants and knots."""
    return _("Berkas ini tidak dapat diterima. Foto dokumennya, lalu unggah fotonya.")


def _may_unfold_without_limit(content: bytes) -> bool:
    """Whether compressed objects use LZW, for which qpdf has no memory limit, or hide which filter they use."""
    plain = re.sub(rb"#([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()), content)
    return bool(_SQUEEZED.search(plain) and (_LZW.search(plain) or _FILTER_ELSEWHERE.search(plain)))


def _look_through(document: pikepdf.Pdf) -> tuple[bool, bool]:
    """Inspect all objects: returns whether any runs something by itself, and whether any embeds another file."""
    if len(document.objects) > MAX_PDF_OBJECTS:
        raise UploadRefused(_unusable())
    acts = carries = False
    for thing in document.objects:
        found = set(_names_in(thing, depth=6))
        acts, carries = acts or bool(found & _ACTS), carries or bool(found & _CARRIES)
    names = document.Root.get("/Names", pikepdf.Dictionary())
    return acts or "/JavaScript" in names, carries or bool(document.attachments)


def _names_in(thing: pikepdf.Object, depth: int) -> Iterator[str]:
    """The keys of an object's dictionaries, and the names that give the type of an action or object."""
    if isinstance(thing, pikepdf.Array) and depth:
        for item in thing:
            if isinstance(item, pikepdf.Object) and not item.is_indirect:
                yield from _names_in(item, depth - 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in thing.items():
            yield key
            if key in ("/S", "/Type", "/Subtype") and isinstance(value, pikepdf.Name):
                yield str(value)
            elif depth and isinstance(value, pikepdf.Object) and not value.is_indirect:
                yield from _names_in(value, depth - 1)
