"""The papers of a case for the official who checks them: required, present, and the earlier versions they replace."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from services.models import Document, Request

from .slots import document_slots, documents_of

# Identifies the slot of a document: the requirement's id and the name of the form's field, of which one is set.
SlotId = tuple[int | None, str]


@dataclass(frozen=True)
class Paper:
    """A paper of a case. ``document`` is None if it is absent; ``earlier`` is the rejected document it replaces."""

    label: str
    required: bool
    document: Document | None = None
    earlier: Document | None = None

    @property
    def to_mend(self) -> bool:
        return bool(self.document and self.document.verdict == Document.Verdict.MEND)

    @property
    def to_judge(self) -> bool:
        return bool(self.document and self.document.file_id and not self.document.verdict)


def papers_of(request: Request) -> list[Paper]:
    """Return the papers the form requires in its order, then all other present ones. Runs three queries."""
    present = documents_of(request)
    slots, sent_back = document_slots(request, present), _sent_back(request)
    required = [
        Paper(slot.label, slot.required, slot.document, slot.document and sent_back.get(_slot_id(slot.document)))
        for slot in slots
    ]
    in_slots = {slot.document.pk for slot in slots if slot.document}
    return required + [Paper(str(each) or _("Berkas lain"), False, each) for each in present if each.pk not in in_slots]


def unfit_papers(request: Request) -> list[Paper]:
    """Return the papers that need correction or have not been judged. Runs three queries."""
    return [paper for paper in papers_of(request) if paper.to_mend or paper.to_judge]


def unfit_words(papers: list[Paper]) -> str:
    """Return sentences that name the papers to correct and the papers not yet judged; "" if there are none."""
    mend = "; ".join(paper.label for paper in papers if paper.to_mend)
    judge = "; ".join(paper.label for paper in papers if paper.to_judge)
    sentences = [_("Perlu diperbaiki: %(papers)s.") % {"papers": mend}] if mend else []
    return " ".join([*sentences, _("Belum dinilai: %(papers)s.") % {"papers": judge}] if judge else sentences)


def _sent_back(request: Request) -> dict[SlotId, Document]:
    """Return the newest document of each slot that needed correction and has been replaced."""
    replaced = request.documents.filter(removed_at__isnull=False, verdict=Document.Verdict.MEND, file__isnull=False)
    return {_slot_id(each): each for each in replaced.order_by("removed_at", "pk") if any(_slot_id(each))}


def _slot_id(document: Document) -> SlotId:
    return document.requirement_id, document.field_name


def was_refused(documents: QuerySet[Document], sha256: str) -> bool:
    """Tell whether one of these documents has the same content and was marked for correction. Runs one query."""
    return documents.filter(verdict=Document.Verdict.MEND, file__sha256=sha256).exists()
