"""Documents of a request: taken in one by one, kept at once, replaced or removed."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from services.engine.actions import timeline
from services.models import Document, PastHolding, Request
from services.papers.queries.judged import was_refused
from services.papers.queries.slots import DocumentSlot, accepts_documents, slot_of
from ula_portal.core import clock
from ula_portal.core.files.uploads import forget, sha256_of, store_upload
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused

# Replaced files stay until they are purged, so their number is bounded too.
FILES_PER_REQUEST = 120
BYTES_PER_REQUEST = 150 * 1024 * 1024
EXTRA_FILES = 10
EXTRA = "lain"
# Papers that the form does not name.
NO_PLACE = {"requirement": None, "field_name": ""}


@transaction.atomic
def attach_document(request: Request, upload: "UploadedFile[bytes]", *, key: str, actor: Actor) -> Document:
    """Keep a file for one slot of a request; a file that was there is replaced.

    ``key``: key of one of ``papers.queries.slots.document_slots``, or ``EXTRA`` for a paper the form does not name.
    May: the applicant in a draft, while the file is incomplete or while the office asked for something; staff on any
    open request. The same file again (a connection was lost before the answer came) changes at most its name. Raises
    UploadRefused, Outdated when documents are not taken any more, Refused when the request does not ask for this one,
    and for the very file that must be mended, or that was there when the office asked.
    """
    request = _locked(request, actor)
    slot = None if key == EXTRA else slot_of(request, key)
    if slot is None and key != EXTRA:
        raise Refused(_("Berkas ini tidak diperlukan untuk permohonan Anda."))
    documents = request.documents.all()
    kept = documents.aggregate(files=Count("pk"), size=Sum("file__size"))
    if kept["files"] >= FILES_PER_REQUEST or (kept["size"] or 0) + (upload.size or 0) > BYTES_PER_REQUEST:
        raise Refused(_("Terlalu banyak berkas pada permohonan ini. Hubungi petugas."))
    present = slot.document if slot else None
    if slot is None and documents.filter(removed_at__isnull=True, **NO_PLACE).count() >= EXTRA_FILES:
        raise Refused(_("Paling banyak %(count)d berkas tambahan.") % {"count": EXTRA_FILES})
    _must_differ(request, slot, upload)
    stored = store_upload(upload)
    loose = documents.filter(removed_at__isnull=True, file__sha256=stored.sha256, **NO_PLACE)
    same = present if slot else loose.first()
    if same and same.file and same.file.sha256 == stored.sha256:
        if same.file.name != stored.name:
            same.file.name = stored.name
            same.file.save(update_fields=["name"])
        forget(stored)
        return same
    original = _hand_on_original(present) if present else {}
    document = Document.objects.create(
        request=request,
        requirement=slot.requirement if slot else None,
        field_name=slot.field_name if slot else "",
        file=stored,
        added_at=clock.now(),
        **original,
    )
    if present:
        PastHolding.objects.filter(document=present).update(document=document)
    _note(request, "document_added", actor, document)
    return document


@transaction.atomic
def remove_document(document: Document, *, actor: Actor) -> None:
    """Take a file out of a request; it stays, marked, until it is purged. May and raises: as ``attach_document``.

    Removing one that is removed already changes nothing. Raises Refused while the office keeps its original.
    """
    request = _locked(document.request, actor)
    document.refresh_from_db(fields=["removed_at", "original", "returned_at"])
    if document.is_held:
        raise Refused(_("Aslinya masih disimpan kantor, sehingga berkas ini hanya dapat diganti, tidak dihapus."))
    if document.removed_at is None:
        _mark_removed(document)
        _note(request, "document_removed", actor, document)


@transaction.atomic
def restore_document(document: Document, *, actor: Actor) -> None:
    """Put a file back that was just taken out. May and raises: as ``attach_document``.

    Raises Refused when its place holds another file by now. Restoring one that is there changes nothing.
    """
    request = _locked(document.request, actor)
    document.refresh_from_db(fields=["removed_at"])
    if document.removed_at is None:
        return
    beside = request.documents.filter(removed_at__isnull=True, field_name=document.field_name)
    beside = beside.filter(requirement=document.requirement_id)
    loose = document.requirement_id is None and not document.field_name
    if beside.count() >= (EXTRA_FILES if loose else 1):
        raise Refused(_("Tempatnya sudah diisi berkas lain. Hapus dahulu berkas itu bila ingin memakai yang lama."))
    document.removed_at = None
    document.save(update_fields=["removed_at"])
    _note(request, "document_added", actor, document)


def _must_differ(request: Request, slot: DocumentSlot | None, upload: "UploadedFile[bytes]") -> None:
    """What the office refused, or had before it when it asked, is not mended by sending it once more."""
    if request.state == Request.State.DRAFT:
        return
    sha256 = sha256_of(upload)
    # A paper without a place of its own may be any of those that are there.
    place = {"requirement": slot.requirement, "field_name": slot.field_name} if slot else {}
    if was_refused(request.documents.filter(**place), sha256):
        raise Refused(_("Berkas ini sama persis dengan yang perlu diperbaiki. Pilih berkas yang sudah diperbaiki."))
    pause = request.pauses.filter(to_at=None).first()
    same = request.documents.filter(removed_at__isnull=True, file__sha256=sha256, **place)
    if pause and same.filter(added_at__lte=pause.from_at).exists():
        raise Refused(_("Berkas ini sama persis dengan yang sudah ada, jadi belum ada yang berubah."))


def _locked(request: Request, actor: Actor) -> Request:
    request = Request.objects.select_for_update().get(pk=request.pk)
    if not (accepts_documents(request) or (actor.kind == "staff" and request.is_open)):
        raise Outdated(_("Berkas pada permohonan ini tidak dapat diubah lagi. Kirim pesan kepada kantor bila perlu."))
    return request


def _hand_on_original(replaced: Document) -> dict[str, Any]:
    """Mark a replaced scan. The paper itself is the same: how it was taken in goes over to the new scan."""
    names = ("original", "shelf", "kept_at", "returned_at", "returned_by_id", "returned_to")
    original = {name: getattr(replaced, name) for name in names}
    if replaced.original == Document.Original.KEPT:
        replaced.original, replaced.shelf, replaced.returned_to = "", "", ""
        replaced.kept_at = replaced.returned_at = replaced.returned_by_id = None
        replaced.save(update_fields=[name.removesuffix("_id") for name in names])
    _mark_removed(replaced)
    return original


def _mark_removed(document: Document) -> None:
    document.removed_at = clock.now()
    document.save(update_fields=["removed_at"])


def _note(request: Request, verb: str, actor: Actor, document: Document) -> None:
    """A draft is nobody's record yet; from the submission on, every change is."""
    if request.state == Request.State.DRAFT:
        return
    timeline.note(request, verb, by=actor, document=document.pk)
    journal.record(verb, "request", request.pk, actor, document=document.pk)
