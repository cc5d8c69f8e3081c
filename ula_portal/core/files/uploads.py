"""Accept uploaded files: checked by their content before they are stored under random names.

The original is stored bit for bit with its hash. A photo also gets a viewing copy: upright, without the camera's
metadata (place, time, device), in a format that every browser shows.
"""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from pathlib import PurePath
from typing import TypeVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import StoredFile
from ula_portal.core.text.cleaning import plain_line

from . import malware
from .judging import ALLOWED_TYPES, IMAGE_FORMATS, MAX_PIXELS, UploadRefused, content_type_of, refuse_other_suffix
from .pages import NotDrawn, page_picture, page_sizes
from .viewing import for_viewing, small

__all__ = [
    "ALLOWED_TYPES",
    "IMAGE_FORMATS",
    "MAX_PIXELS",
    "NotDrawn",
    "UploadRefused",
    "clean_name",
    "content_type_of",
    "forget",
    "keep",
    "page_sizes",
    "serve",
    "serve_page",
    "serve_small",
    "sha256_of",
    "store_upload",
]

Response = TypeVar("Response", bound=HttpResponseBase)
# How many files one server process opens at the same time, and how many seconds another one waits for its turn.
_TURNS = threading.BoundedSemaphore(2)
TURN_SECONDS = 20

# Accepted endings of each type. The first one is added to a name without an ending or with another picture's.
SUFFIXES = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/heic": ("heic", "heif"),
}


def store_upload(upload: "UploadedFile[bytes]", *, max_bytes: int | None = None) -> StoredFile:
    """Check and store an uploaded file (PDF, JPG, PNG or HEIC). ``max_bytes`` defaults to ``UPLOAD_MAX_BYTES``.

    Raises: UploadRefused; nothing is stored then.
    """
    limit, size = max_bytes or settings.UPLOAD_MAX_BYTES, upload.size or 0
    if size == 0:
        raise UploadRefused(_("Berkas ini kosong. Pilih berkas lain."))
    if size > limit:
        raise UploadRefused(
            _("Berkas %(size)s MB melebihi batas %(limit)s MB. Foto ulang atau perkecil. Berkas lain tetap tersimpan.")
            % {"size": _megabytes(size), "limit": _megabytes(limit)}
        )
    content, name = upload.read(), clean_name(upload.name)
    with _opening():
        mime = content_type_of(content)
        refuse_other_suffix(name, mime, SUFFIXES)
        viewing = for_viewing(content, mime)
    malware.refuse_infected(content)
    return keep(content, _with_suffix(name, mime), mime, viewing=viewing)


def sha256_of(upload: "UploadedFile[bytes]") -> str:
    """The SHA-256 (hex) that an upload would be stored with, to recognise a duplicate before storing anything."""
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    return found.hexdigest()


@contextlib.contextmanager
def _opening() -> Iterator[None]:
    """Wait for a turn to open a file. The largest allowed picture takes half a gigabyte of memory.

    Raises: UploadRefused after TURN_SECONDS.
    """
    if not _TURNS.acquire(timeout=TURN_SECONDS):
        raise UploadRefused(_("Banyak berkas sedang diperiksa. Berkas ini belum disimpan. Coba lagi sebentar lagi."))
    try:
        yield
    finally:
        _TURNS.release()


def keep(content: bytes, name: str, content_type: str, *, viewing: bytes | None = None) -> StoredFile:
    """Store trusted content (a checked upload, one of our own letters) as a private file.

    ``viewing``: its viewing copy as JPEG; None if the file is shown as it is.
    """
    stored = StoredFile(
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=clock.now(),
    )
    stored.blob.save("file", ContentFile(content), save=False)
    if viewing is not None:
        stored.viewing.save("file", ContentFile(viewing), save=False)
    stored.save(force_insert=True)
    return stored


def forget(stored: StoredFile) -> None:
    """Delete a file's row now, and its content on disk after the transaction commits."""
    blobs = [(blob.storage, blob.name) for blob in (stored.blob, stored.viewing) if blob.name]
    stored.delete()

    def delete() -> None:
        for storage, name in blobs:
            storage.delete(name)

    transaction.on_commit(delete)


def clean_name(name: str | None) -> str:
    """A file name without path and control characters, at most 150 characters long."""
    name = plain_line(re.split(r"[\\/]", name or "")[-1]).strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 149 - len(extension)]}.{extension[:10]}" if dot and stem else (name or "berkas")[:150]


def _with_suffix(name: str, mime: str) -> str:
    """The name with an ending that fits the type. Phones send photos without one, and PNG pictures as .jpg."""
    suffix = PurePath(name).suffix
    if suffix[1:].lower() in SUFFIXES[mime]:
        return name
    stem = name.removesuffix(suffix) if suffix[1:].lower() in {s for all in SUFFIXES.values() for s in all} else name
    return f"{stem[:145]}.{SUFFIXES[mime][0]}"


def serve(stored: StoredFile, *, inline: bool = False) -> FileResponse:
    """A response with a private file, sandboxed and not cached. The caller must have checked the permission.

    ``inline``: show the viewing copy, or the original if it has none; otherwise send the original as attachment.
    """
    blob, name, content_type = stored.blob, stored.name, stored.content_type
    if inline and stored.viewing:
        blob, name, content_type = stored.viewing, f"{PurePath(stored.name).stem}.jpg", "image/jpeg"
    response = FileResponse(blob.open("rb"), as_attachment=not inline, filename=name, content_type=content_type)
    return _guarded(response)


def serve_page(stored: StoredFile, number: int) -> HttpResponse:
    """A response with one page of a PDF as picture. The caller must have checked the permission.

    Raises: Http404 if there is no such page.
    """
    try:
        return _guarded(HttpResponse(page_picture(stored, number), content_type="image/jpeg"))
    except NotDrawn as error:
        raise Http404(_("Halaman ini tidak dapat ditampilkan. Unduh berkasnya.")) from error


def _guarded(response: Response) -> Response:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    return response


def serve_small(stored: StoredFile) -> HttpResponse:
    """A response with a thumbnail of a few kilobytes.

    Raises: Http404 for a file that is not a picture.
    """
    if not stored.viewing:
        raise Http404
    with stored.viewing.open("rb") as file:
        response = HttpResponse(small(file), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _megabytes(size: int) -> str:
    value = f"{size / 1024 / 1024:.1f}".replace(".", ",")
    return value.removesuffix(",0")
