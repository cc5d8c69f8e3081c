"""Taking in uploaded files: judged by their content, opened before they are kept, stored under random names."""

import hashlib
import io
import re
import unicodedata
import warnings

import filetype
import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from PIL import Image

from . import clock
from .errors import Refused
from .models import StoredFile

IMAGE_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
ALLOWED_TYPES = ("application/pdf", *IMAGE_FORMATS)
MAX_PIXELS = 60_000_000


class UploadRefused(Refused):
    """The file cannot be taken; the message tells the person why and what to do."""


def store_upload(upload, *, max_bytes: int | None = None) -> StoredFile:
    """Check and keep an uploaded file (PDF, JPG or PNG).

    ``max_bytes`` defaults to ``UPLOAD_MAX_BYTES``. Raises UploadRefused; then nothing was kept.
    """
    limit = max_bytes or settings.UPLOAD_MAX_BYTES
    if upload.size == 0:
        raise UploadRefused(_("Berkas ini kosong (0 bita). Pilih berkas lain."))
    if upload.size > limit:
        raise UploadRefused(
            _("Berkas %(size)s MB melebihi batas %(limit)s MB. Foto ulang atau perkecil. Berkas lain tetap tersimpan.")
            % {"size": _megabytes(upload.size), "limit": _megabytes(limit)}
        )
    content = upload.read()
    return keep(content, clean_name(upload.name), content_type_of(content))


def content_type_of(content: bytes) -> str:
    """The type found in the content itself, fully opened; raises UploadRefused for anything not allowed."""
    kind = filetype.guess(content)
    mime = kind.mime if kind else ""
    if mime in IMAGE_FORMATS:
        _open_image(content, IMAGE_FORMATS[mime])
    elif mime == "application/pdf" and content[:5] == b"%PDF-":
        _open_pdf(content)
    else:
        raise UploadRefused(_("Jenis berkas ini tidak dapat diterima. Unggah PDF, JPG, atau PNG."))
    return mime


def _open_image(content, image_format):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[image_format]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UploadRefused(
                        _("Gambar ini terlalu besar ukurannya. Foto ulang dengan resolusi lebih kecil.")
                    )
                image.load()
    except UploadRefused:
        raise
    except Exception as error:
        raise UploadRefused(_("Gambar ini rusak dan tidak dapat dibuka. Foto atau pindai ulang.")) from error


def _open_pdf(content):
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages, root = len(document.pages), document.Root
            active = "/OpenAction" in root and "/JS" in repr(root["/OpenAction"])
            names = root.get("/Names", {})
            active = active or "/JavaScript" in names or "/AA" in root
            attached = "/EmbeddedFiles" in names or bool(document.attachments)
    except pikepdf.PasswordError as error:
        raise UploadRefused(_("PDF ini terkunci dengan kata sandi. Simpan ulang tanpa kata sandi.")) from error
    except Exception as error:
        raise UploadRefused(_("PDF ini rusak dan tidak dapat dibuka. Pindai atau simpan ulang.")) from error
    if pages == 0:
        raise UploadRefused(_("PDF ini tidak berisi halaman."))
    if active:
        raise UploadRefused(_("PDF ini berisi skrip. Cetak ulang sebagai PDF biasa, lalu unggah kembali."))
    if attached:
        raise UploadRefused(_("PDF ini membawa lampiran di dalamnya. Simpan ulang tanpa lampiran."))


def keep(content: bytes, name: str, content_type: str) -> StoredFile:
    """Keep trusted content (an upload that passed, a letter of our own) as a private file."""
    stored = StoredFile(
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=clock.now(),
    )
    stored.blob.save("file", ContentFile(content), save=False)
    stored.save(force_insert=True)
    return stored


def clean_name(name: str) -> str:
    """A file's name without path and control characters, at most 150 characters."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", name or "")[-1])
    name = "".join(ch for ch in name if unicodedata.category(ch)[0] != "C").strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 149 - len(extension)]}.{extension[:10]}" if dot and stem else (name or "berkas")[:150]


def serve(stored: StoredFile, *, inline: bool = False) -> FileResponse:
    """Answer with a private file; the caller has checked the right. Sandboxed, never cached by others."""
    response = FileResponse(
        stored.blob.open("rb"),
        as_attachment=not inline,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    return response


def _megabytes(size):
    value = f"{size / 1024 / 1024:.1f}".replace(".", ",")
    return value.removesuffix(",0")
