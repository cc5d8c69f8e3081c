"""Upload boxes on the tracking page: documents to correct or missing ones first, then optional additions."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from services.applying.receipt import tracking_token
from services.attachments.actions.documents import EXTRA
from services.attachments.queries import recently_removed, slot_id_of
from services.attachments.views import UploadBox
from services.conversation.queries.asked_items import new_documents
from services.models import Document
from services.papers.queries import slots as paper_slots


def track_url(name, tracked, *more):
    """Return an address of the request's tracking pages, with its secret token."""
    return reverse(name, args=[tracking_token(tracked), *more])


@dataclass(frozen=True)
class Boxes:
    """``wanted``: documents the office waits for or that arrived since it asked; ``more``: optional additions."""

    wanted: list[UploadBox]
    more: list[UploadBox]

    @property
    def all(self) -> list[UploadBox]:
        return self.wanted + self.more

    @property
    def missing(self) -> list[UploadBox]:
        return [box for box in self.wanted if box.slot.is_missing]

    @property
    def mend(self) -> list[UploadBox]:
        return [box for box in self.wanted if box.slot.to_mend]


def boxes_of(tracked, error="", key="") -> Boxes:
    """Return the boxes of a request, none if it takes no documents. ``error`` is shown in the box ``key``."""
    if not paper_slots.accepts_documents(tracked):
        return Boxes([], [])
    removed_by_slot, pause = recently_removed(tracked), _open_pause(tracked)
    new_ids = new_documents(tracked, pause) if pause else set()
    slots = paper_slots.document_slots(tracked)
    slots = [
        slot
        for slot in slots
        if slot.is_missing or _recently_added(tracked, slot) or slot_id_of(slot) in removed_by_slot
    ]
    slots.sort(key=lambda slot: (not slot.to_mend, not slot.is_missing))
    extra = paper_slots.DocumentSlot(EXTRA, _("Berkas lain yang diminta"), False)
    more = [box_of(tracked, extra, error if key == EXTRA else "", removed=removed_by_slot.get(slot_id_of(extra)))]
    for document in paper_slots.unslotted_documents(tracked):
        slot = paper_slots.DocumentSlot(f"d{document.pk}", _("Berkas tambahan"), False, document=document)
        more.append(box_of(tracked, slot, fixed=True))
    wanted = [
        box_of(tracked, slot, error if slot.key == key else "", removed=removed_by_slot.get(slot_id_of(slot)))
        for slot in slots
    ]
    return Boxes(*([replace(box, is_new=_contains(box, new_ids)) for box in boxes] for boxes in (wanted, more)))


def _open_pause(tracked):
    return next((pause for pause in tracked.pauses.all() if pause.to_at is None), None)


def _contains(box, ids):
    return bool(box.slot.document and box.slot.document.pk in ids)


def _recently_added(tracked, slot):
    pause = _open_pause(tracked)
    asked_at = pause.from_at if pause else tracked.received_at
    return slot.to_mend or (slot.document and slot.document.added_at > asked_at)


def box_of(tracked, slot, error="", fixed=False, removed=None) -> UploadBox:
    """Return the box of one slot. A ``fixed`` one takes no other file; ``removed`` was recently removed from it."""
    removed = None if slot.document else removed
    document = slot.document if slot.document and slot.document.file_id else None
    # A document marked for correction can only be replaced, not removed.
    removable = document and document.verdict != Document.Verdict.MEND
    return UploadBox(
        slot,
        upload_url="" if fixed else track_url("track_upload", tracked, slot.key),
        remove_url=track_url("track_remove", tracked, document.pk) if removable else "",
        view_url=track_url("track_file", tracked, document.pk) if document else "",
        removed_name=removed.file.name if removed else "",
        restore_url=track_url("track_restore", tracked, removed.pk) if removed else "",
        error=error,
    )
