"""The form of a service: its fields and the documents it asks for."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from services.models import Field, FormVersion, Request, Service
from ula_portal.core.text.words import indonesian

from .base import FieldType
from .show_if import shown
from .types import type_of


@dataclass(frozen=True)
class FieldDefinition:
    """A field as the form's version has it; ``rules``: options, min, max, max_items, item."""

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


def _beside_their_choice(fields: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    """Fields in order, each that depends on another right behind it (and behind what depends on it already)."""
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
    """Pages of about PART_SIZE, evenly filled; a field that depends on the one before stays on its page."""
    pages: list[list[FieldDefinition]] = []
    wanted = max(-(-len(fields) // PART_SIZE), 1)
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


def current_form(service: Service) -> FormVersion | None:
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


def _shown(each: FieldDefinition, stored: Any) -> str:
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
        fields = list(fields_of(request.form_version_id))
    return [each for each in fields if not each.kind.is_file]
