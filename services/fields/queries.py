"""The form of a service: its fields and the documents it asks for."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from services.models import Field, FormVersion, Request, Service
from ula_portal.core.text.words import indonesian

from .base import FieldType
from .show_if import visible_fields
from .types import type_of


@dataclass(frozen=True)
class FieldDefinition:
    """A field of one version of a form. Keys of ``rules``: options, min, max, max_items, item, not_before."""

    name: str
    label: str
    type: str
    required: bool
    help: str
    rules: dict[str, Any] = field(hash=False)
    show_if: dict[str, Any] = field(hash=False)
    is_common: bool

    @property
    def kind(self) -> FieldType:
        return type_of(self.type)


@functools.lru_cache(maxsize=500)
def fields_of(form_version_id: int) -> tuple[FieldDefinition, ...]:
    """Return the fields of a form version in order. Cached per process, since a version never changes."""
    rows = Field.objects.filter(version_id=form_version_id).order_by("order")
    names = ("name", "label", "type", "required", "help", "rules", "show_if", "is_common")
    return tuple(FieldDefinition(*row) for row in rows.values_list(*names))


# Target number of questions on a page. Questions that depend on an answer stay on its page, even beyond this number.
PART_SIZE = 5
# The common field that says for whom the applicant applies.
RELATION_FIELD = "hubungan"
# Key in the answers of a draft under which invalid inputs are stored as they were typed (field name → text).
INVALID_INPUTS = "_typed"


@dataclass(frozen=True)
class FormPart:
    """Questions shown on one page. ``kind`` is who, person or matter; ``ordinal`` of ``of`` counts within the kind."""

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
def parts_of(form_version_id: int) -> tuple[FormPart, ...]:
    """Return the questions of a form version page by page: who applies, the person, the matter.

    File fields are left out, since files are uploaded on a page of their own.
    """
    questions = [each for each in fields_of(form_version_id) if not each.kind.is_file]
    common = [each for each in questions if each.is_common]
    who = [each for each in common if each.name == RELATION_FIELD or RELATION_FIELD in each.show_if]
    person = [each for each in common if each not in who]
    matter = _chunks(_dependents_after_their_field([each for each in questions if not each.is_common]))
    kinds = [("who", [who]), ("person", [_dependents_after_their_field(person)]), ("matter", matter)]
    return tuple(
        FormPart(kind, ordinal, len(pages), tuple(fields))
        for kind, pages in kinds
        for ordinal, fields in enumerate(pages, 1)
        if fields
    )


def _dependents_after_their_field(fields: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    """Return the fields in order, with each dependent field moved right behind the field it depends on."""
    ordered: list[FieldDefinition] = []
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


def _chunks(fields: Sequence[FieldDefinition]) -> list[list[FieldDefinition]]:
    """Split the fields into evenly filled pages of about ``PART_SIZE``; dependent fields stay on the page they need."""
    pages: list[list[FieldDefinition]] = []
    wanted = max(-(-len(fields) // PART_SIZE), 1)
    size = -(-len(fields) // wanted) if fields else 0
    for each in fields:
        if pages and (len(pages[-1]) < size or any(other.name in each.show_if for other in pages[-1])):
            pages[-1].append(each)
        else:
            pages.append([each])
    return pages


def applicable_parts(request: Request) -> list[tuple[int, FormPart]]:
    """Return the parts with at least one question that applies, each with its number in the form (from 1)."""
    names = {each.name for each in applicable_fields(request)}
    parts = enumerate(parts_of(request.form_version_id), 1)
    return [(n, part) for n, part in parts if any(each.name in names for each in part.fields)]


def part_number_of(request: Request, field_name: str) -> int:
    """Return the number of the part that contains a field, or 1 if no part contains it."""
    parts = enumerate(parts_of(request.form_version_id), 1)
    return next((n for n, part in parts if any(each.name == field_name for each in part.fields)), 1)


def current_form(service: Service) -> FormVersion | None:
    """Return the form version used for new requests, or None if the service has no form."""
    return FormVersion.objects.filter(service=service, is_current=True).first()


def applicable_fields(request: Request) -> list[FieldDefinition]:
    """Return the fields whose conditions hold for the request's answers, files included."""
    return visible_fields(fields_of(request.form_version_id), request.answers)


def readable_answers(
    request: Request, *, common: bool | None = None, part: FormPart | None = None
) -> list[tuple[str, str]]:
    """Return pairs of label and readable answer in the form's order; secrets show only their last digits.

    ``common``: True for only the questions every form asks, False for only the service's own, None for both.
    ``part``: limits the result to the questions of one part.
    """
    return [
        (each.label, _readable(each, request.answers[each.name]))
        for each in applicable_fields(request)
        if each.name in request.answers and common in (None, each.is_common) and (not part or each in part.fields)
    ]


def _readable(field: FieldDefinition, stored: Any) -> str:
    """Return the answer as text. Options are the office's Indonesian words, so they are marked as Indonesian."""
    words = field.kind.display(stored, field)
    return indonesian(words) if field.type == "choice" else words


def answer_warnings(request: Request) -> list[tuple[str, str]]:
    """Return pairs of label and warning for answers that are valid but look odd; they do not block submission."""
    return [
        (each.label, warning)
        for each in applicable_fields(request)
        if each.name in request.answers
        for warning in each.kind.warnings(request.answers[each.name])
    ]


def unanswered(request: Request) -> list[FieldDefinition]:
    """Return the applicable fields, files excluded, that are required but empty or whose input is still invalid."""
    invalid = request.answers.get(INVALID_INPUTS, {})
    return [
        each
        for each in applicable_fields(request)
        if not each.kind.is_file and (each.name in invalid or (each.required and each.name not in request.answers))
    ]


def questions_for_staff(request: Request) -> list[FieldDefinition]:
    """Return the questions, files excluded, that staff may answer for an applicant.

    Answers given online belong to the applicant, so there staff may only fill in missing ones. For a request opened at
    the desk staff may answer every question, including those that depend on an answer not given yet.
    """
    if request.source == Request.Source.ONLINE:
        fields = [each for each in applicable_fields(request) if each.name not in request.answers]
    else:
        fields = list(fields_of(request.form_version_id))
    return [each for each in fields if not each.kind.is_file]
