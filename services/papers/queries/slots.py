"""The documents that a request asks for, and those that are there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from services.fields.queries import applicable_fields, fields_of
from services.fields.show_if import holds, may_hold
from services.models import Document, Request, Requirement
from services.models.glossary import explained
from ula_portal.core.text.badges import Badge


@dataclass(frozen=True)
class DocumentSlot:
    """A document the request asks for: ``key`` stands in addresses, ``document`` is the present file or None."""

    key: str
    label: str
    required: bool
    requirement: Requirement | None = None
    field_name: str = ""
    document: Document | None = None

    @property
    def is_missing(self) -> bool:
        return self.required and self.document is None

    @property
    def to_mend(self) -> bool:
        return bool(self.document and self.document.verdict == Document.Verdict.MEND)

    @property
    def badge(self) -> Badge | None:
        """None where nothing is there that need not be."""
        if self.document:
            return self.document.badge if self.to_mend else Badge("good", _("Terunggah"))
        return Badge("warn", _("Belum ada")) if self.required else None

    @property
    def explained(self) -> str:
        """What a word of the office in the label means; empty for plain ones."""
        return explained(self.label)


def document_slots(request: Request, present: Sequence[Document] | None = None) -> list[DocumentSlot]:
    """Uploads that the answers call for, files of the form first.

    ``present``: the request's documents from ``documents_of``, where they are read already. Two queries, one with them.
    """
    if present is None:
        present = list(request.documents.filter(removed_at__isnull=True).select_related("file"))
    return _file_fields(request, present) + slots_of_kind(request, present)


def _file_fields(request: Request, present: Sequence[Document]) -> list[DocumentSlot]:
    by_field = {document.field_name: document for document in present if document.field_name}
    return [
        DocumentSlot(f"f-{each.name}", each.label, each.required, None, each.name, by_field.get(each.name))
        for each in applicable_fields(request)
        if each.kind.is_file
    ]


def _fits(request: Request) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    """At the desk a form may be half empty: what cannot be ruled out yet is asked for."""
    return holds if request.source == Request.Source.ONLINE else may_hold


def slots_of_kind(
    request: Request, present: Sequence[Document], kind: str = Requirement.Kind.UPLOAD
) -> list[DocumentSlot]:
    """What requirements of a kind call for; ``present``: the request's documents. One query."""
    by_requirement = {document.requirement_id: document for document in present if document.requirement_id}
    fits = _fits(request)
    wanted = Requirement.objects.filter(service_id=request.service_id, kind=kind, active=True)
    return [
        DocumentSlot(f"r{each.pk}", each.text, each.required, each, "", by_requirement.get(each.pk))
        for each in wanted.order_by("order")
        if fits(each.show_if, request.answers)
    ]


def asks_documents(request: Request) -> bool:
    """Whether the request may ask for any upload, whatever the answers. One query as a rule."""
    if any(each.kind.is_file for each in applicable_fields(request)):
        return True
    return Requirement.objects.filter(service_id=request.service_id, kind=Requirement.Kind.UPLOAD, active=True).exists()


def slot_of(request: Request, key: str) -> DocumentSlot | None:
    """The slot with this key, None when the request does not ask for it."""
    return next((slot for slot in document_slots(request) if slot.key == key), None)


def missing_documents(request: Request) -> list[DocumentSlot]:
    """Required documents that are not there."""
    return [slot for slot in document_slots(request) if slot.is_missing]


def documents_of(request: Request) -> list[Document]:
    """Present documents, papers handed in at the desk included, oldest first."""
    found = request.documents.filter(removed_at__isnull=True)
    return list(found.select_related("file", "requirement").order_by("added_at", "pk"))


def originals_of(request: Request) -> list[Requirement]:
    """Papers to be brought along and shown, as far as the answers call for them."""
    wanted = Requirement.objects.filter(service_id=request.service_id, kind=Requirement.Kind.ORIGINAL, active=True)
    return [each for each in wanted.order_by("order") if holds(each.show_if, request.answers)]


def lacks_documents(request: Request) -> bool:
    """Whether a required document is missing; the short way to ``missing_documents``, one query as a rule."""
    fits = _fits(request)
    there = request.documents.filter(removed_at__isnull=True)
    wanted = Requirement.objects.filter(
        ~Exists(there.filter(requirement_id=OuterRef("pk"))),
        service_id=request.service_id,
        kind=Requirement.Kind.UPLOAD,
        required=True,
        active=True,
    )
    if any(fits(show_if, request.answers) for show_if in wanted.values_list("show_if", flat=True)):
        return True
    fields = {each.name for each in applicable_fields(request) if each.kind.is_file and each.required}
    return bool(fields) and there.filter(field_name__in=fields).count() < len(fields)


def loose_documents(request: Request) -> list[Document]:
    """Present documents outside of what the form asks for (a paper the office asked for later)."""
    asked = {slot.document.pk for slot in document_slots(request) if slot.document}
    return [d for d in request.documents.filter(removed_at__isnull=True).select_related("file") if d.pk not in asked]


def accepts_documents(request: Request) -> bool:
    """Whether the applicant may change documents: in a draft, while the file is incomplete, or when asked."""
    if request.state == Request.State.DRAFT:
        return True
    return request.is_open and (request.complete_at is None or request.state == Request.State.WAITING_APPLICANT)


def document_label(document: Document) -> str:
    """What a document is, in the applicant's words."""
    if document.requirement:
        return document.requirement.text
    fields = {each.name: each.label for each in fields_of(document.request.form_version_id)}
    return fields.get(document.field_name) or _("Berkas lain")
