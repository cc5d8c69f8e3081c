"""The documents that a request requires, and those that are present."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from services.fields.queries import applicable_fields, fields_of
from services.fields.show_if import holds, may_hold
from services.models import Document, Request, Requirement
from services.models.glossary import explanation_of
from ula_portal.core.text.badges import Badge


@dataclass(frozen=True)
class DocumentSlot:
    """A place for a document in a request.

    ``key`` identifies it in addresses; ``document`` is the present document, or None.
    """

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
        """The badge to show, or None for an optional document that is absent."""
        if self.document:
            return self.document.badge if self.to_mend else Badge("good", _("Terunggah"))
        return Badge("warn", _("Belum ada")) if self.required else None

    @property
    def explained(self) -> str:
        """An explanation of the office's term in the label, or "" if it needs none."""
        return explanation_of(self.label)


def document_slots(request: Request, present: Sequence[Document] | None = None) -> list[DocumentSlot]:
    """Return the slots for uploads that apply to the request's answers, file fields of the form first.

    ``present``: the result of ``documents_of`` if already loaded. Runs two queries, or one if it is given.
    """
    if present is None:
        present = list(request.documents.filter(removed_at__isnull=True).select_related("file"))
    return _file_fields(request, present) + slots_of_kind(request, present)


def _file_fields(request: Request, present: Sequence[Document]) -> list[DocumentSlot]:
    by_field = {document.field_name: document for document in present if document.field_name}
    return [
        DocumentSlot(f"f-{field.name}", field.label, field.required, None, field.name, by_field.get(field.name))
        for field in applicable_fields(request)
        if field.kind.is_file
    ]


def _condition_test(request: Request) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    """Return the test for conditions. At the desk answers may be missing, so whatever could still apply is included."""
    return holds if request.source == Request.Source.ONLINE else may_hold


def slots_of_kind(
    request: Request, present: Sequence[Document], kind: str = Requirement.Kind.UPLOAD
) -> list[DocumentSlot]:
    """Return the slots for requirements of one kind. ``present``: the request's documents. Runs one query."""
    by_requirement = {document.requirement_id: document for document in present if document.requirement_id}
    applies = _condition_test(request)
    requirements = Requirement.objects.filter(service_id=request.service_id, kind=kind, active=True)
    return [
        DocumentSlot(
            f"r{requirement.pk}",
            requirement.text,
            requirement.required,
            requirement,
            "",
            by_requirement.get(requirement.pk),
        )
        for requirement in requirements.order_by("order")
        if applies(requirement.show_if, request.answers)
    ]


def asks_documents(request: Request) -> bool:
    """Tell whether the request may require any upload, regardless of the answers. Usually one query."""
    if any(field.kind.is_file for field in applicable_fields(request)):
        return True
    return Requirement.objects.filter(service_id=request.service_id, kind=Requirement.Kind.UPLOAD, active=True).exists()


def slot_of(request: Request, key: str) -> DocumentSlot | None:
    """Return the slot with this key, or None if the request has none."""
    return next((slot for slot in document_slots(request) if slot.key == key), None)


def missing_documents(request: Request) -> list[DocumentSlot]:
    """Return the slots of required documents that are absent."""
    return [slot for slot in document_slots(request) if slot.is_missing]


def documents_of(request: Request) -> list[Document]:
    """Return the present documents, including papers without a scan from the desk, oldest first."""
    documents = request.documents.filter(removed_at__isnull=True)
    return list(documents.select_related("file", "requirement").order_by("added_at", "pk"))


def originals_of(request: Request) -> list[Requirement]:
    """Return the requirements to bring and show an original that apply to the request's answers."""
    requirements = Requirement.objects.filter(
        service_id=request.service_id, kind=Requirement.Kind.ORIGINAL, active=True
    )
    return [
        requirement for requirement in requirements.order_by("order") if holds(requirement.show_if, request.answers)
    ]


def lacks_documents(request: Request) -> bool:
    """Tell whether ``missing_documents`` would find anything, usually with a single query."""
    applies = _condition_test(request)
    present = request.documents.filter(removed_at__isnull=True)
    requirements = Requirement.objects.filter(
        ~Exists(present.filter(requirement_id=OuterRef("pk"))),
        service_id=request.service_id,
        kind=Requirement.Kind.UPLOAD,
        required=True,
        active=True,
    )
    if any(applies(show_if, request.answers) for show_if in requirements.values_list("show_if", flat=True)):
        return True
    fields = {field.name for field in applicable_fields(request) if field.kind.is_file and field.required}
    return bool(fields) and present.filter(field_name__in=fields).count() < len(fields)


def unslotted_documents(request: Request) -> list[Document]:
    """Return present documents that fill no slot, such as a paper the office asked for later."""
    in_slots = {slot.document.pk for slot in document_slots(request) if slot.document}
    present = request.documents.filter(removed_at__isnull=True).select_related("file")
    return [document for document in present if document.pk not in in_slots]


def accepts_documents(request: Request) -> bool:
    """Tell whether the applicant may change documents: in a draft, while the file is incomplete, or when asked."""
    if request.state == Request.State.DRAFT:
        return True
    return request.is_open and (request.complete_at is None or request.state == Request.State.WAITING_APPLICANT)


def document_label(document: Document) -> str:
    """Return the document's name as the applicant knows it: the requirement's text or the field's label."""
    if document.requirement:
        return document.requirement.text
    fields = {field.name: field.label for field in fields_of(document.request.form_version_id)}
    return fields.get(document.field_name) or _("Berkas lain")
