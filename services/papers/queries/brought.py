"""Papers brought to the desk: how they were taken in, which originals the office holds, and what is missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from services.models import Document, PastHolding, Request, Requirement
from ula_portal.core import clock

from .slots import DocumentSlot, document_label, document_slots, slots_of_kind

# How long a wrong tick of "kept" can be corrected; after that the original must be returned to a named person.
CORRECTION_WINDOW = timedelta(minutes=10)


def intake_slots(request: Request) -> list[DocumentSlot]:
    """Return all papers the desk may tick: uploads, originals to show, and other present documents. Four queries."""
    present = list(request.documents.filter(removed_at__isnull=True).select_related("file", "requirement", "request"))
    slots = document_slots(request) + slots_of_kind(request, present, Requirement.Kind.ORIGINAL)
    in_slots = {slot.document.pk for slot in slots if slot.document}
    others = [each for each in present if each.pk not in in_slots]
    return slots + [DocumentSlot(f"d{each.pk}", paper_label(each), False, document=each) for each in others]


def paper_label(document: Document) -> str:
    """Return a paper's name; a document that belongs to no slot is named after its file."""
    if document.file and not document.requirement_id and not document.field_name:
        return document.file.name
    return document_label(document)


def held_originals(request: Request) -> list[Document]:
    """Return the originals of a request that the office holds now. Runs two queries."""
    return [each for each in brought_papers(request) if each.is_held]


def brought_papers(request: Request) -> list[Document]:
    """Return all papers taken in at the desk, oldest first, including returned ones, with their past holdings.

    Runs two queries.
    """
    found = request.documents.filter(removed_at__isnull=True).exclude(original="")
    found = found.select_related("file", "requirement", "request", "returned_by").prefetch_related("past_holdings")
    return list(found.order_by("added_at", "pk"))


@dataclass(frozen=True)
class EndedHolding:
    """An original that was kept and returned; ``holding`` is its document or a ``PastHolding``."""

    label: str
    holding: Document | PastHolding

    @property
    def returned_at(self) -> datetime:
        assert self.holding.returned_at, "a stay has ended"
        return self.holding.returned_at


def ended_holdings(request: Request) -> list[EndedHolding]:
    """Return every completed holding of a request's originals, by the time of return. Runs two queries."""
    stays: list[EndedHolding] = []
    for document in brought_papers(request):
        ended: list[Document | PastHolding] = [
            *document.past_holdings.all(),
            *([document] if document.returned_at else []),
        ]
        stays += [EndedHolding(paper_label(document), each) for each in ended]
    return sorted(stays, key=lambda stay: stay.returned_at)


def paper_with_shelf(document: Document) -> str:
    """Return the name of a kept paper, with its shelf if there is one."""
    if not document.shelf:
        return paper_label(document)
    return _("%(paper)s (rak %(shelf)s)") % {"paper": paper_label(document), "shelf": document.shelf}


def is_correctable(document: Document) -> bool:
    """Tell whether "kept" was ticked so recently that it can still be corrected as a mistake."""
    return document.is_held and document.kept_at is not None and document.kept_at + CORRECTION_WINDOW >= clock.now()


@dataclass(frozen=True)
class Lack:
    """A paper missing from an incomplete file.

    ``issuer``: who issues it, otherwise an explanation of the term, otherwise "". ``note``: what to correct.
    """

    key: str
    label: str
    issuer: str = ""
    note: str = ""


def lacks_of(request: Request) -> list[Lack]:
    """Return the required papers, originals to show included, that are absent or need correction. Three queries."""
    present = list(request.documents.filter(removed_at__isnull=True))
    slots = document_slots(request) + slots_of_kind(request, present, Requirement.Kind.ORIGINAL)
    return [
        Lack(slot.key, slot.label, _issuer(slot), slot.document.verdict_note if slot.document and slot.to_mend else "")
        for slot in slots
        if slot.is_missing or slot.to_mend
    ]


def _issuer(slot: DocumentSlot) -> str:
    return (slot.requirement and slot.requirement.issuer) or slot.explained
