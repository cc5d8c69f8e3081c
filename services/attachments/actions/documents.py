"""Uploading, replacing, removing and restoring the documents of a request; each is stored immediately."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
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
from ula_portal.core.verbs.transactions import verb

# Replaced files are kept until they are purged, so these limits include them.
FILES_PER_REQUEST = 120
BYTES_PER_REQUEST = 150 * 1024 * 1024
EXTRA_FILES = 10
EXTRA = "lain"
# Columns of documents that have no slot.
NO_SLOT = {"requirement": None, "field_name": ""}


@verb
def attach_document(request: Request, *, by: Actor, upload: "UploadedFile[bytes]", slot_key: str) -> Document:
    """Store a file in one slot of a request, replacing the file in it.

    ``slot_key``: the key of one of ``papers.queries.slots.document_slots``, or ``EXTRA`` for a paper without a slot.
    Uploading the same file again (say, after a lost connection) changes at most its name.

    Allowed: the applicant in a draft, while the file is incomplete or while the office waits for them; staff on any
    open request.
    Effects: Recorded in the timeline and the journal, except for drafts.
    Raises: UploadRefused; Outdated if the request no longer takes documents; Refused if it does not ask for this
    document, has too many files, or received the same file that needs correction or was there when the office asked.
    """
    request = _locked(request, by)
    slot = None if slot_key == EXTRA else slot_of(request, slot_key)
    if slot is None and slot_key != EXTRA:
        raise Refused(
            _("Berkas ini tidak diperlukan untuk permohonan Anda. Berkas lain tetap tersimpan. Muat ulang halaman ini.")
        )
    documents = request.documents.all()
    existing = documents.aggregate(files=Count("pk"), size=Sum("file__size"))
    if existing["files"] >= FILES_PER_REQUEST or (existing["size"] or 0) + (upload.size or 0) > BYTES_PER_REQUEST:
        raise Refused(
            _("Berkas pada permohonan ini sudah terlalu banyak atau besar. Berkas lain tetap tersimpan. Hubungi kami.")
        )
    present = slot.document if slot else None
    if slot is None and documents.filter(removed_at__isnull=True, **NO_SLOT).count() >= EXTRA_FILES:
        raise Refused(
            _(
                "Paling banyak %(count)d berkas tambahan. Berkas lain tetap tersimpan. Hapus satu dahulu bila ingin "
                "mengganti."
            )
            % {"count": EXTRA_FILES}
        )
    _must_differ(request, slot, upload)
    stored = store_upload(upload)
    unslotted = documents.filter(removed_at__isnull=True, file__sha256=stored.sha256, **NO_SLOT)
    same = present if slot else unslotted.first()
    if same and same.file and same.file.sha256 == stored.sha256:
        if same.file.name != stored.name:
            same.file.name = stored.name
            same.file.save(update_fields=["name"])
        forget(stored)
        return same
    original = _transfer_original(present) if present else {}
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
    _note(request, "document_added", by, document)
    return document


@verb
def remove_document(document: Document, *, by: Actor) -> Document:
    """Mark a document of a request as removed; the file is kept until it is purged.

    Removing a removed document does nothing.

    Allowed: as ``attach_document``.
    Effects: Recorded in the timeline and the journal, except for drafts.
    Raises: Outdated if the request no longer takes documents; Refused while the office holds the original.
    """
    request = _locked(document.request, by)
    document.refresh_from_db(fields=["removed_at", "original", "returned_at"])
    if document.is_held:
        raise Refused(
            _("Aslinya masih disimpan kantor, sehingga berkas ini tidak dapat dihapus. Anda dapat menggantinya.")
        )
    if document.removed_at is None:
        _mark_removed(document)
        _note(request, "document_removed", by, document)
    return document


@verb
def restore_document(document: Document, *, by: Actor) -> Document:
    """Restore a removed document. Restoring a present one does nothing.

    Allowed: as ``attach_document``.
    Effects: Recorded in the timeline and the journal, except for drafts.
    Raises: Outdated if the request no longer takes documents; Refused if another file is in its slot.
    """
    request = _locked(document.request, by)
    document.refresh_from_db(fields=["removed_at"])
    if document.removed_at is None:
        return document
    in_slot = request.documents.filter(removed_at__isnull=True, field_name=document.field_name)
    in_slot = in_slot.filter(requirement=document.requirement_id)
    has_slot = document.requirement_id is not None or document.field_name
    if in_slot.count() >= (1 if has_slot else EXTRA_FILES):
        raise Refused(_("Tempatnya sudah diisi berkas lain. Hapus dahulu berkas itu bila ingin memakai yang lama."))
    document.removed_at = None
    document.save(update_fields=["removed_at"])
    _note(request, "document_added", by, document)
    return document


def _must_differ(request: Request, slot: DocumentSlot | None, upload: "UploadedFile[bytes]") -> None:
    """Refuse a file that the office marked for correction, or already had when it asked."""
    if request.state == Request.State.DRAFT:
        return
    sha256 = sha256_of(upload)
    # A paper without a slot is compared with all documents.
    place = {"requirement": slot.requirement, "field_name": slot.field_name} if slot else {}
    if was_refused(request.documents.filter(**place), sha256):
        raise Refused(_("Berkas ini sama persis dengan yang perlu diperbaiki. Pilih berkas yang sudah diperbaiki."))
    pause = request.pauses.filter(to_at=None).first()
    same = request.documents.filter(removed_at__isnull=True, file__sha256=sha256, **place)
    if pause and same.filter(added_at__lte=pause.from_at).exists():
        raise Refused(
            _(
                "Berkas ini sama persis dengan yang sudah ada, jadi belum ada yang berubah. Pilih berkas lain bila "
                "perlu."
            )
        )


def _locked(request: Request, by: Actor) -> Request:
    request = Request.objects.select_for_update().get(pk=request.pk)
    if not (accepts_documents(request) or (by.kind == "staff" and request.is_open)):
        raise Outdated(
            _(
                "Berkas pada permohonan ini tidak dapat diubah lagi. Berkas Anda tersimpan. Kirim pesan kepada "
                "kami bila "
                "perlu."
            )
        )
    return request


def _transfer_original(replaced: Document) -> dict[str, Any]:
    """Mark a scan as replaced and return the state of its paper original, which the new scan takes over."""
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


def _note(request: Request, event: str, by: Actor, document: Document) -> None:
    """Record a change in the timeline and the journal once the request has been submitted."""
    if request.state == Request.State.DRAFT:
        return
    timeline.add_entry(request, event, by=by, document=document.pk)
    journal.record(event, "request", request.pk, by, document=document.pk)
