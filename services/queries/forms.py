"""The form of a service: its fields and the documents it asks for."""

import functools
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ula_portal.core.templatetags.portal import indonesian

from ..field_types import FieldType, type_of
from ..glossary import explained
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


# Questions on one page; what depends on an answer stays with it.
PART_SIZE = 5
WHO = "hubungan"


@dataclass(frozen=True)
class Part:
    """Questions that are asked together. ``kind``: who, person or matter; ``ordinal`` counts within the kind."""

    kind: str
    ordinal: int
    of: int
    fields: tuple[FieldDefinition, ...]

    @property
    def title(self) -> str:
        title = {"who": _("Siapa yang mengajukan?"), "person": _("Tentang Anda")}.get(
            self.kind, _("Tentang permohonan")
        )
        return title if self.of == 1 else _("%(title)s, bagian %(n)d") % {"title": title, "n": self.ordinal}


@functools.lru_cache(maxsize=500)
def parts_of(form_version_id: int) -> tuple[Part, ...]:
    """The questions of a form's version, page by page: who applies, the person, the matter. Files are asked apart."""
    asked = [each for each in fields_of(form_version_id) if not each.kind.is_file]
    common = [each for each in asked if each.is_common]
    who = [each for each in common if each.name == WHO or WHO in each.show_if]
    person = [each for each in common if each not in who]
    matter = _chunks(_beside_their_choice([each for each in asked if not each.is_common]))
    kinds = [("who", [who]), ("person", [_beside_their_choice(person)]), ("matter", matter)]
    return tuple(
        Part(kind, ordinal, len(pages), tuple(fields))
        for kind, pages in kinds
        for ordinal, fields in enumerate(pages, 1)
        if fields
    )


def _beside_their_choice(fields):
    """Fields in order, each that depends on another right behind it (and behind what depends on it already)."""
    ordered = []
    for each in fields:
        places = [n for n, other in enumerate(ordered) if other.name in each.show_if]
        if not places:
            ordered.append(each)
            continue
        place, family = places[-1] + 1, set(each.show_if)
        while place < len(ordered) and family & set(ordered[place].show_if):
            family.add(ordered[place].name)
            place += 1
        ordered.insert(place, each)
    return ordered


def _chunks(fields):
    """Pages of about PART_SIZE, evenly filled; a field that depends on the one before stays on its page."""
    pages, wanted = [], max(-(-len(fields) // PART_SIZE), 1)
    size = -(-len(fields) // wanted) if fields else 0
    for each in fields:
        if pages and (len(pages[-1]) < size or any(other.name in each.show_if for other in pages[-1])):
            pages[-1].append(each)
        else:
            pages.append([each])
    return pages


def parts_asked(request: Request) -> list[tuple[int, Part]]:
    """Parts with a question that the answers call for, each with its number in the form (from 1)."""
    names = {each.name for each in applicable_fields(request)}
    parts = enumerate(parts_of(request.form_version_id), 1)
    return [(n, part) for n, part in parts if any(each.name in names for each in part.fields)]


def part_number_of(request: Request, field_name: str) -> int:
    """Number of the part that asks for a field; 1 for a field that no part asks."""
    parts = enumerate(parts_of(request.form_version_id), 1)
    return next((n for n, part in parts if any(each.name == field_name for each in part.fields)), 1)


def current_form(service) -> FormVersion | None:
    """The version that new requests of the service are made with."""
    return FormVersion.objects.filter(service=service, is_current=True).first()


def applicable_fields(request: Request) -> list[FieldDefinition]:
    """The fields that the request's own answers call for."""
    return shown(fields_of(request.form_version_id), request.answers)


def answers_shown(request: Request, *, common: bool | None = None, part: Part | None = None) -> list[tuple[str, str]]:
    """Pairs of label and answer in words, in the form's order; secrets by their last digits.

    ``common``: only what every form asks, or only what is the service's own; ``part``: only its questions.
    """
    return [
        (each.label, _shown(each, request.answers[each.name]))
        for each in applicable_fields(request)
        if each.name in request.answers and common in (None, each.is_common) and (not part or each in part.fields)
    ]


def _shown(each, stored):
    """What was chosen is the office's own word, what was typed is the person's."""
    words = each.kind.display(stored, each)
    return indonesian(words) if each.type == "choice" else words


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


def questions_for_staff(request: Request) -> list[FieldDefinition]:
    """Questions (not files) that staff may answer for an applicant.

    What somebody wrote online stays theirs: there only questions without an answer. At the desk all of them, those that
    hang on an answer still to be given too.
    """
    if request.source == Request.Source.ONLINE:
        fields = [each for each in applicable_fields(request) if each.name not in request.answers]
    else:
        fields = fields_of(request.form_version_id)
    return [each for each in fields if not each.kind.is_file]


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
    def explained(self) -> str:
        """What a word of the office in the label means; empty for plain ones."""
        return explained(self.label)


def document_slots(request: Request, present=None) -> list[DocumentSlot]:
    """Uploads that the answers call for, files of the form first.

    ``present``: the request's documents from ``documents_of``, where they are read already. Two queries, one with them.
    """
    if present is None:
        present = list(request.documents.filter(removed_at__isnull=True).select_related("file"))
    return _file_fields(request, present) + slots_of_kind(request, present)


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


def slots_of_kind(request, present, kind=Requirement.Kind.UPLOAD) -> list[DocumentSlot]:
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
