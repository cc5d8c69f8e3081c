"""The papers of a case as its official looks through them: what was asked, what came, what it came in place of."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from services.models import Document, Request

from .slots import document_slots, documents_of

# Where a paper belongs: a requirement's id, or the name of a field of the form.
Place = tuple[int | None, str]


@dataclass(frozen=True)
class Paper:
    """``document`` is None for what was asked and is not there; ``earlier``: one sent back that it replaces."""

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
    """What the form asks for, in its order, then whatever else is there. Three queries."""
    present = documents_of(request)
    slots, sent_back = document_slots(request, present), _sent_back(request)
    asked = [
        Paper(slot.label, slot.required, slot.document, slot.document and sent_back.get(_place(slot.document)))
        for slot in slots
    ]
    shown = {slot.document.pk for slot in slots if slot.document}
    return asked + [Paper(str(each) or _("Berkas lain"), False, each) for each in present if each.pk not in shown]


def unfit_papers(request: Request) -> list[Paper]:
    """Papers that must be mended or that nobody has judged. Three queries."""
    return [paper for paper in papers_of(request) if paper.to_mend or paper.to_judge]


def unfit_words(papers: list[Paper]) -> str:
    """Which must be mended and which are not judged, by name."""
    mend = "; ".join(paper.label for paper in papers if paper.to_mend)
    judge = "; ".join(paper.label for paper in papers if paper.to_judge)
    said = [_("Perlu diperbaiki: %(papers)s.") % {"papers": mend}] if mend else []
    return " ".join([*said, _("Belum dinilai: %(papers)s.") % {"papers": judge}] if judge else said)


def _sent_back(request: Request) -> dict[Place, Document]:
    """The newest document of each place that had to be mended and was replaced."""
    gone = request.documents.filter(removed_at__isnull=False, verdict=Document.Verdict.MEND, file__isnull=False)
    return {_place(each): each for each in gone.order_by("removed_at", "pk") if any(_place(each))}


def _place(document: Document) -> Place:
    return document.requirement_id, document.field_name


def was_refused(documents: QuerySet[Document], sha256: str) -> bool:
    """Whether one of these documents of a place must be mended and is this very file. One query."""
    return documents.filter(verdict=Document.Verdict.MEND, file__sha256=sha256).exists()
