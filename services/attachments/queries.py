"""Recently removed documents, which can be restored for a while in case of a mistake."""

import datetime

from services.models import Document, Request
from services.papers.queries.judged import SlotId
from services.papers.queries.slots import DocumentSlot
from ula_portal.core import clock

# How long a removed document can be restored.
RESTORE_WINDOW = datetime.timedelta(minutes=15)


def slot_id_of(document_or_slot: Document | DocumentSlot) -> SlotId:
    """Return the slot of a document, equal for a document and its slot; (None, "") for papers without a slot."""
    requirement = getattr(document_or_slot, "requirement", None)
    return requirement.pk if requirement else None, document_or_slot.field_name


def recently_removed(request: Request) -> dict[SlotId, Document]:
    """Return the file removed last from each slot within ``RESTORE_WINDOW``, by ``slot_id_of``. One query.

    The caller must skip slots that have been filled again.
    """
    removed = request.documents.filter(removed_at__gt=clock.now() - RESTORE_WINDOW, file__isnull=False)
    removed = removed.select_related("file", "requirement").order_by("removed_at", "pk")
    return {slot_id_of(document): document for document in removed}


def removed_document(request: Request, document_id: int) -> Document | None:
    """Return a recently removed file of this request by its id, or None."""
    return next((document for document in recently_removed(request).values() if document.pk == document_id), None)


def slot_key_of(document: Document) -> str:
    """Return the key of a document's ``DocumentSlot``, or "" if it has no slot."""
    if document.requirement_id:
        return f"r{document.requirement_id}"
    return f"f-{document.field_name}" if document.field_name else ""
