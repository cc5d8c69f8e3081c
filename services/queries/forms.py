"""The form of a service: its fields and the documents it asks for."""

import functools
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from ..field_types import FieldType, type_of
from ..models import Document, Field, FormVersion, Request, Requirement
from ..show_if import holds, may_hold, shown


@dataclass(frozen=True)
class FieldDefinition:
    """A field as the form's version has it; ``rules``: options, min, max, max_items, item."""

    name: str
    label: str
    type: str
    required: bool
    help: str
    rules: dict = field(hash=False)
    show_if: dict = field(hash=False)
    is_common: bool

    @property
    def kind(self) -> FieldType:
        return type_of(self.type)


@functools.lru_cache(maxsize=500)
def fields_of(form_version_id: int) -> tuple[FieldDefinition, ...]:
    """The fields of a version in order; kept per process, since a version never changes."""
    rows = Field.objects.filter(version_id=form_version_id).order_by("order")
    names = ("name", "label", "type", "required", "help", "rules", "show_if", "is_common")
    return tuple(FieldDefinition(*row) for row in rows.values_list(*names))


def current_form(service) -> FormVersion | None:
    """The version that new requests of the service are made with."""
    return FormVersion.objects.filter(service=service, is_current=True).first()


def applicable_fields(request: Request) -> list[FieldDefinition]:
    """The fields that the request's own answers call for."""
    return shown(fields_of(request.form_version_id), request.answers)


def answers_shown(request: Request, *, common: bool | None = None) -> list[tuple[str, str]]:
    """Pairs of label and answer in words, in the form's order; secrets by their last digits."""
    return [
        (each.label, each.kind.display(request.answers[each.name], each))
        for each in applicable_fields(request)
        if each.name in request.answers and common in (None, each.is_common)
    ]


def doubts(request: Request) -> list[tuple[str, str]]:
    """Pairs of label and warning for answers that have the right shape but look odd; nobody is stopped by them."""
    return [
        (each.label, warning)
        for each in applicable_fields(request)
        if each.name in request.answers
        for warning in each.kind.warnings(request.answers[each.name])
    ]


def unanswered(request: Request) -> list[FieldDefinition]:
    """Required fields (not files) without an answer, among those that apply."""
    typed = request.answers.get("_typed", {})
    return [
        each
        for each in applicable_fields(request)
        if not each.kind.is_file and (each.name in typed or (each.required and each.name not in request.answers))
    ]


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


def document_slots(request: Request) -> list[DocumentSlot]:
    """Uploads that the answers call for, files of the form first. Two queries."""
    present = list(request.documents.filter(removed_at__isnull=True).select_related("file"))
    return _file_fields(request, present) + _uploads(request, present)


def _file_fields(request, present):
    by_field = {document.field_name: document for document in present if document.field_name}
    return [
        DocumentSlot(f"f-{each.name}", each.label, each.required, None, each.name, by_field.get(each.name))
        for each in applicable_fields(request)
        if each.kind.is_file
    ]


def _fits(request):
    """At the desk a form may be half empty: what cannot be ruled out yet is asked for."""
    return holds if request.source == Request.Source.ONLINE else may_hold


def _uploads(request, present):
    by_requirement = {document.requirement_id: document for document in present if document.requirement_id}
    fits = _fits(request)
    wanted = Requirement.objects.filter(service_id=request.service_id, kind=Requirement.Kind.UPLOAD, active=True)
    return [
        DocumentSlot(f"r{each.pk}", each.text, each.required, each, "", by_requirement.get(each.pk))
        for each in wanted.order_by("order")
        if fits(each.show_if, request.answers)
    ]


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
