"""Documents just taken out of a request: offered back for a while, in case it was a slip of the finger."""

import datetime

from services.models import Document, Request
from services.papers.queries.judged import Place
from services.papers.queries.slots import DocumentSlot
from ula_portal.core import clock

# How long the way back is offered.
OFFERED = datetime.timedelta(minutes=15)


def place_of(document_or_slot: Document | DocumentSlot) -> Place:
    """What a document stands for, the same for a document and its slot; of papers the form does not name (None, "")."""
    requirement = getattr(document_or_slot, "requirement", None)
    return requirement.pk if requirement else None, document_or_slot.field_name


def just_removed(request: Request) -> dict[Place, Document]:
    """The last file taken out of each place (see ``place_of``) within ``OFFERED``. One query.

    A place that holds a file again is the caller's to leave out.
    """
    gone = request.documents.filter(removed_at__gt=clock.now() - OFFERED, file__isnull=False)
    gone = gone.select_related("file", "requirement").order_by("removed_at", "pk")
    return {place_of(document): document for document in gone}


def removed_document(request: Request, document_id: int) -> Document | None:
    """A file just taken out of this request, by its id; None for another request's and after ``OFFERED``."""
    return next((document for document in just_removed(request).values() if document.pk == document_id), None)


def key_of(document: Document) -> str:
    """Key of the slot that a document stands in (``papers.queries.slots.DocumentSlot``); "" outside of the form."""
    if document.requirement_id:
        return f"r{document.requirement_id}"
    return f"f-{document.field_name}" if document.field_name else ""
