"""What the office asked the applicant for, item by item: still missing, unchanged, new, or answered in a message."""

from collections.abc import Set
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.models import Document, Pause, Request
from services.papers.queries.slots import DocumentSlot, document_slots, unslotted_documents

LABELS = {
    "missing": (gettext_lazy("Belum ada"), "warn"),
    "unchanged": (gettext_lazy("Belum diganti"), "warn"),
    "new": (gettext_lazy("Berkas baru"), "good"),
    "answered": (gettext_lazy("Dijawab lewat pesan"), "info"),
}


@dataclass(frozen=True)
class AskedItem:
    """One item asked for. ``state``: missing, unchanged, new or answered. ``label``: "" if no document was named."""

    label: str
    state: str

    @property
    def mark(self) -> tuple[str, str]:
        """The state in words, and the kind of its badge."""
        return str(LABELS[self.state][0]), LABELS[self.state][1]

    @property
    def is_outstanding(self) -> bool:
        return self.state in ("missing", "unchanged")


def asked_items(request: Request, pause: Pause, *, text: str = "") -> list[AskedItem]:
    """Items that a pause asks for, with their state; documents that came in addition count as new.

    ``text``: the answer that the applicant is about to send. At most seven queries.
    """
    new_ids = new_documents(request, pause)
    slots = document_slots(request) + [_loose_slot(each) for each in unslotted_documents(request)]
    slots = [slot for slot in slots if slot.is_missing or slot.to_mend or _is_new(slot, new_ids)]
    in_words = bool(text.strip() or pause.answer) or _has_written(request, pause)
    return [AskedItem(slot.label, _state(slot, new_ids, in_words)) for slot in slots] or [
        AskedItem("", "answered" if in_words else "missing")
    ]


def _loose_slot(document: Document) -> DocumentSlot:
    """Slot of a document that does not belong to any field of the form, labelled with its file name."""
    return DocumentSlot("", document.file.name if document.file else _("Berkas lain"), False, document=document)


def _is_new(slot: DocumentSlot, new_ids: Set[int]) -> bool:
    return slot.document is not None and slot.document.pk in new_ids


def _state(slot: DocumentSlot, new_ids: Set[int], in_words: bool) -> str:
    if _is_new(slot, new_ids) and not slot.to_mend:
        return "new"
    if in_words:
        return "answered"
    return "unchanged" if slot.document else "missing"


def new_documents(request: Request, pause: Pause) -> set[int]:
    """Ids of documents added since the pause began, including replaced ones. One query.

    A file that the request already had in the same place before the pause does not count.
    """
    rows = list(request.documents.values_list("pk", "requirement_id", "field_name", "file__sha256", "added_at"))
    before = {row[1:4] for row in rows if row[4] <= pause.from_at}
    return {row[0] for row in rows if row[4] > pause.from_at and (row[3] is None or row[1:4] not in before)}


def _has_written(request: Request, pause: Pause) -> bool:
    written = request.messages.filter(author=None, internal=False, at__gte=pause.from_at)
    return (written.filter(at__lte=pause.to_at) if pause.to_at else written).exists()


def outstanding_sentences(items: list[AskedItem]) -> str:
    """Sentences that name what is missing or unchanged; "" if nothing is, or no document was named."""
    unchanged = ", ".join(item.label for item in items if item.state == "unchanged")
    missing = ", ".join(item.label for item in items if item.state == "missing" and item.label)
    sentences = [_("Belum diganti: %(papers)s.") % {"papers": unchanged}] if unchanged else []
    return " ".join([*sentences, _("Belum ada: %(papers)s.") % {"papers": missing}] if missing else sentences)


def refusal_sentences(items: list[AskedItem]) -> str:
    """Sentences that refuse an answer because something is missing or unchanged; "" if nothing is."""
    if not any(item.is_outstanding for item in items):
        return ""
    what_to_do = _("Unggah dahulu berkas yang diminta, atau tulis mengapa belum dapat. Berkas lain tetap tersimpan.")
    return " ".join(filter(None, [outstanding_sentences(items), what_to_do]))


def received_sentences(items: list[AskedItem]) -> str:
    """Sentences that confirm what arrived and what did not change, for whoever sent or recorded the answer."""
    new, answered = any(item.state == "new" for item in items), any(item.state == "answered" for item in items)
    unchanged = [item.label for item in items if item.state != "new" and item.label]
    if new and not unchanged:
        return _("Semua yang diminta sudah ada.")
    sentences = _("Ada berkas baru.") if new else _("Tidak ada berkas baru.")
    if unchanged:
        sentences += " " + _("Belum berubah: %(papers)s.") % {"papers": ", ".join(unchanged)}
    return sentences if answered or new else sentences + " " + _("Tidak ada jawaban tertulis.")
