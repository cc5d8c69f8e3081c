"""Papers brought to the desk: which were taken in and how, which originals the office holds, what is lacking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from services.models import Document, PastHolding, Request, Requirement
from ula_portal.core import clock

from .slots import DocumentSlot, document_label, document_slots, slots_of_kind

# So long a wrong tick of "kept" may be mended; later the original is given back by name.
MENDABLE = timedelta(minutes=10)


def intake_slots(request: Request) -> list[DocumentSlot]:
    """Papers the desk may tick: what is uploaded, what is shown, and whatever else is there. Four queries."""
    present = list(request.documents.filter(removed_at__isnull=True).select_related("file", "requirement", "request"))
    slots = document_slots(request) + slots_of_kind(request, present, Requirement.Kind.ORIGINAL)
    asked = {slot.document.pk for slot in slots if slot.document}
    loose = [each for each in present if each.pk not in asked]
    return slots + [DocumentSlot(f"d{each.pk}", loose_label(each), False, document=each) for each in loose]


def loose_label(document: Document) -> str:
    """What a paper is; one that no form names goes by its file's name."""
    if document.file and not document.requirement_id and not document.field_name:
        return document.file.name
    return document_label(document)


def held_originals(request: Request) -> list[Document]:
    """Originals of a request that the office has now. Two queries."""
    return [each for each in brought_papers(request) if each.is_held]


def brought_papers(request: Request) -> list[Document]:
    """Papers the desk took in, in whatever way, returned ones too, with earlier stays; oldest first. Two queries."""
    found = request.documents.filter(removed_at__isnull=True).exclude(original="")
    found = found.select_related("file", "requirement", "request", "returned_by").prefetch_related("past_holdings")
    return list(found.order_by("added_at", "pk"))


@dataclass(frozen=True)
class Stay:
    """An original that came and was given back: ``holding`` is its document or a ``PastHolding``."""

    label: str
    holding: Document | PastHolding

    @property
    def returned_at(self) -> datetime:
        assert self.holding.returned_at, "a stay has ended"
        return self.holding.returned_at


def finished_stays(request: Request) -> list[Stay]:
    """Every giving back of a request's originals, earlier stays of the same paper included, by time. Two queries."""
    stays: list[Stay] = []
    for document in brought_papers(request):
        ended: list[Document | PastHolding] = [
            *document.past_holdings.all(),
            *([document] if document.returned_at else []),
        ]
        stays += [Stay(loose_label(document), each) for each in ended]
    return sorted(stays, key=lambda stay: stay.returned_at)


def place_of(document: Document) -> str:
    """A kept paper and where it lies, in words."""
    if not document.shelf:
        return loose_label(document)
    return _("%(paper)s (rak %(shelf)s)") % {"paper": loose_label(document), "shelf": document.shelf}


def is_mendable(document: Document) -> bool:
    """Whether "kept" was ticked just now, so that it may still be a slip."""
    return document.is_held and document.kept_at is not None and document.kept_at + MENDABLE >= clock.now()


@dataclass(frozen=True)
class Lack:
    """What an incomplete file lacks. ``issuer``: who issues it, else what the paper is; may be empty."""

    key: str
    label: str
    issuer: str = ""
    note: str = ""


def lacks_of(request: Request) -> list[Lack]:
    """Required papers that are not there, or must be mended; those to be shown too. Three queries."""
    present = list(request.documents.filter(removed_at__isnull=True))
    slots = document_slots(request) + slots_of_kind(request, present, Requirement.Kind.ORIGINAL)
    return [
        Lack(slot.key, slot.label, _issuer(slot), slot.document.verdict_note if slot.document and slot.to_mend else "")
        for slot in slots
        if slot.is_missing or slot.to_mend
    ]


def _issuer(slot: DocumentSlot) -> str:
    return (slot.requirement and slot.requirement.issuer) or slot.explained
