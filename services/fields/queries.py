"""The form of a service: its fields and the documents it asks for."""

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils.translation import gettext as _

from services.models import Field, FormVersion, Request, Service
from ula_portal.core.text.words import indonesian

from .base import FieldType
from .show_if import names_in, visible_fields
from .types import type_of


@dataclass(frozen=True)
class FieldDefinition:
    """A field of one version of a form. The room's door sign lists the keys of ``rules``."""

    name: str
    label: str
    type: str
    required: bool
    help: str
    rules: dict[str, Any] = dataclass_field(hash=False)
    show_if: dict[str, Any] = dataclass_field(hash=False)
    is_common: bool
    # The page's place and title, where the office has divided the form into pages.
    page: int | None = None
    page_title: str | None = None

    @property
    def kind(self) -> FieldType:
        return type_of(self.type)


@functools.lru_cache(maxsize=500)
def fields_of(form_version_id: int) -> tuple[FieldDefinition, ...]:
    """Return the fields of a published form version in order. Cached per process, since it never changes."""
    return read_fields(form_version_id)


def read_fields(form_version_id: int) -> tuple[FieldDefinition, ...]:
    """Return the fields of a form version, perhaps a draft, in order, as they are now."""
    rows = Field.objects.filter(version_id=form_version_id).order_by("order")
    names = ("name", "label", "type", "required", "help", "rules", "show_if", "is_common", "page__order", "page__title")
    return tuple(FieldDefinition(*row) for row in rows.values_list(*names))


# Target number of questions on a page. Questions that depend on an answer stay on its page, even beyond this number.
PART_SIZE = 5
# The common field that says for whom the applicant applies.
RELATION_FIELD = "hubungan"
# Key in the answers of a draft under which invalid inputs are stored as they were typed (field name → text).
INVALID_INPUTS = "_typed"


@dataclass(frozen=True)
class FormPart:
    """Questions shown on one page. ``kind`` is who, person or matter; ``ordinal`` of ``of`` counts within the kind.

    ``name``: the title that the office gave the page, if it did.
    """

    kind: str
    ordinal: int
    of: int
    fields: tuple[FieldDefinition, ...]
    name: str = ""

    @property
    def title(self) -> str:
        if self.name:
            return self.name
        title = {"who": _("Siapa yang mengajukan?"), "person": _("Tentang Anda")}.get(
            self.kind, _("Tentang permohonan")
        )
        return title if self.of == 1 else _("%(title)s, bagian %(n)d") % {"title": title, "n": self.ordinal}


@functools.lru_cache(maxsize=500)
def parts_of(form_version_id: int) -> tuple[FormPart, ...]:
    """Return the questions of a published form version page by page, see ``divided``."""
    return divided(fields_of(form_version_id))


def divided(fields: Iterable[FieldDefinition]) -> tuple[FormPart, ...]:
    """Return the questions on the office's own pages, else on pages by their kind: who applies, the person, the matter.

    File fields are left out, since files are uploaded on a page of their own.
    """
    questions = [field for field in fields if not field.kind.is_file]
    if any(field.page is not None for field in questions):
        return tuple(_own_page(list(each)) for _page, each in itertools.groupby(questions, lambda field: field.page))
    common = [field for field in questions if field.is_common]
    who = [field for field in common if field.name == RELATION_FIELD or RELATION_FIELD in names_in(field.show_if)]
    person = [field for field in common if field not in who]
    matter = _pages(_dependents_after_their_field([field for field in questions if not field.is_common]))
    kinds = [("who", [who]), ("person", [_dependents_after_their_field(person)]), ("matter", matter)]
    return tuple(
        FormPart(kind, ordinal, len(pages), tuple(fields))
        for kind, pages in kinds
        for ordinal, fields in enumerate(pages, 1)
        if fields
    )


def _own_page(fields: list[FieldDefinition]) -> FormPart:
    kind = "person" if all(field.is_common for field in fields) else "matter"
    return FormPart(kind, 1, 1, tuple(fields), fields[0].page_title or "")


def _dependents_after_their_field(fields: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    """Return the fields in order, with each dependent field moved right behind the field it depends on."""
    ordered: list[FieldDefinition] = []
    for field in fields:
        positions = [n for n, other in enumerate(ordered) if other.name in names_in(field.show_if)]
        if not positions:
            ordered.append(field)
            continue
        position, related = positions[-1] + 1, set(names_in(field.show_if))
        while position < len(ordered) and related & set(names_in(ordered[position].show_if)):
            related.add(ordered[position].name)
            position += 1
        ordered.insert(position, field)
    return ordered


def _pages(fields: Sequence[FieldDefinition]) -> list[list[FieldDefinition]]:
    """Split the fields into evenly filled pages of about ``PART_SIZE``; dependent fields stay on the page they need."""
    pages: list[list[FieldDefinition]] = []
    page_count = max(-(-len(fields) // PART_SIZE), 1)
    size = -(-len(fields) // page_count) if fields else 0
    for field in fields:
        if pages and (len(pages[-1]) < size or {other.name for other in pages[-1]} & set(names_in(field.show_if))):
            pages[-1].append(field)
        else:
            pages.append([field])
    return pages


def applicable_parts(request: Request) -> list[tuple[int, FormPart]]:
    """Return the parts with at least one question that applies, each with its number in the form (from 1)."""
    names = {field.name for field in applicable_fields(request)}
    parts = enumerate(parts_of(request.form_version_id), 1)
    return [(n, part) for n, part in parts if any(field.name in names for field in part.fields)]


def part_number_of(request: Request, field_name: str) -> int:
    """Return the number of the part that contains a field, or 1 if no part contains it."""
    parts = enumerate(parts_of(request.form_version_id), 1)
    return next((n for n, part in parts if any(field.name == field_name for field in part.fields)), 1)


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
        (field.label, _readable(field, request.answers[field.name]))
        for field in applicable_fields(request)
        if field.name in request.answers and common in (None, field.is_common) and (not part or field in part.fields)
    ]


def _readable(field: FieldDefinition, stored: Any) -> str:
    """Return the answer as text. Options are the office's Indonesian words, so they are marked as Indonesian."""
    words = field.kind.read(stored, field)
    return indonesian(words) if field.kind.options(field) else words


def answer_warnings(request: Request) -> list[tuple[str, str]]:
    """Return pairs of label and warning for answers that are valid but look odd; they do not block submission."""
    return [
        (field.label, warning)
        for field in applicable_fields(request)
        if field.name in request.answers
        for warning in field.kind.warnings(request.answers[field.name], field)
    ]


def unanswered(request: Request) -> list[FieldDefinition]:
    """Return the applicable fields, files excluded, that are required but empty or whose input is still invalid."""
    invalid = request.answers.get(INVALID_INPUTS, {})
    return [
        field
        for field in applicable_fields(request)
        if field.kind.is_question and (field.name in invalid or (field.required and field.name not in request.answers))
    ]


def questions_for_staff(request: Request) -> list[FieldDefinition]:
    """Return the questions, files excluded, that staff may answer for an applicant.

    Answers given online belong to the applicant, so there staff may only fill in missing ones. For a request opened at
    the desk staff may answer every question, including those that depend on an answer not given yet.
    """
    if request.source == Request.Source.ONLINE:
        fields = [field for field in applicable_fields(request) if field.name not in request.answers]
    else:
        fields = list(fields_of(request.form_version_id))
    return [field for field in fields if field.kind.is_question]


def prefilled(field: FieldDefinition, answers: Mapping[str, Any], all_fields: Iterable[FieldDefinition]) -> Any:
    """Return what is known for a question that has no answer yet, as its initial value; None if nothing is.

    The setting ``prefill`` names another field of the form, or a part of its answer ("sekolah.district").
    """
    name, _dot, part = str(field.rules.get("prefill") or "").partition(".")
    source = next((each for each in all_fields if name and each.name == name), None)
    stored = answers.get(name)
    if source is None or stored is None or source.kind.is_secret:
        return None
    if part:
        return stored.get(part) if isinstance(stored, Mapping) else None
    if source.type == field.type:
        return source.kind.to_initial(stored, source)
    return source.kind.display(stored, source) if field.type in ("text", "textarea") else None
