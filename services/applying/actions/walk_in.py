"""Requests opened by staff for applicants at the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from services.fields.queries import FieldDefinition, fields_of
from services.fields.show_if import visible_fields
from services.models import Document, Request, Requirement, Service
from services.papers.queries.slots import lacks_documents
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import Actor
from ula_portal.core.permissions import is_staff_member
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .drafts import copy_columns, new_request_columns
from .submitting import enter_request

# Ids of requirements, or pairs of id and how the paper was taken in.
Originals = Iterable[int | tuple[int, str]]


@dataclass(frozen=True)
class WalkInApplicant:
    """An applicant at the desk. ``on_behalf``: the form's option for whom they apply."""

    name: str
    phone: str = ""
    email: str = ""
    on_behalf: str = ""


@verb
def open_walk_in_request(
    service: Service,
    *,
    by: Actor,
    applicant: WalkInApplicant,
    answers: dict[str, Any] | None = None,
    originals: Originals = (),
    key: str = "",
) -> Request:
    """Open and submit a request for an applicant at the desk. The same key again returns the same request.

    ``answers``: field name → answer as typed; other fields may stay empty. ``originals``: the papers brought along, as
    ids of requirements or pairs (id, ``seen``, ``kept`` or ``copy``).

    Allowed: staff.
    Effects: As ``submit_request``. Required uploads may be missing; then the clock starts when an official declares
    the file complete.
    Raises: NotAllowed; Refused (``field`` names the invalid answer).
    """
    if by.user is None or not is_staff_member(by.user):
        raise NotAllowed(_("Hanya petugas yang dapat membuka permohonan di loket."))
    earlier = claim(by.key, key)
    if opened := earlier.earlier(Request.objects.select_related("service")):
        return opened
    if not applicant.name.strip():
        raise Refused(_("Nama pemohon belum diisi."), field="applicant_name")
    request = Request(**new_request_columns(service, Request.Source.WALK_IN))
    typed = {
        "nama_pemohon": applicant.name,
        "no_hp": applicant.phone,
        "surel": applicant.email,
        "hubungan": applicant.on_behalf,
        **(answers or {}),
    }
    request.answers = read_answers(fields_of(request.form_version_id), typed=typed)
    copy_columns(request)
    request.save()
    _record_originals(request, originals)
    enter_request(request, by=by, complete=not lacks_documents(request))
    earlier.record("request", request.pk)
    return request


def read_answers(fields: Sequence[FieldDefinition], typed: dict[str, Any]) -> dict[str, Any]:
    """Convert typed answers (field name → text or list) to stored ones, leaving out blank and inapplicable ones.

    Raises: Refused (``field`` names it) for an invalid answer or one that the form does not ask for.
    """
    known = {field.name: field for field in fields}
    answers = {}
    for name, value in typed.items():
        if value in (None, "") or (isinstance(value, str) and not value.strip()):
            continue
        if name not in known or not known[name].kind.is_question:
            raise Refused(_("Formulir layanan ini tidak menanyakan %(name)s.") % {"name": name}, field=name)
        definition = known[name]
        try:
            cleaned = definition.kind.form_field(definition).clean(definition.kind.from_plain(value))
        except ValidationError as error:
            raise Refused(f"{definition.label}: {error.messages[0]}", field=name) from error
        answers[name] = definition.kind.to_stored(cleaned, definition)
    return {field.name: answers[field.name] for field in visible_fields(fields, answers) if field.name in answers}


def _record_originals(request: Request, originals: Originals) -> None:
    brought: dict[int, str | None] = dict(
        each if isinstance(each, tuple | list) else (each, None) for each in originals
    )
    defaults: dict[str, str] = {
        Requirement.Kind.UPLOAD: Document.Original.COPY,
        Requirement.Kind.ORIGINAL: Document.Original.SEEN,
    }
    requirements = Requirement.objects.filter(service=request.service, active=True, pk__in=brought, kind__in=defaults)
    for requirement in requirements:
        how = brought[requirement.pk] or defaults[requirement.kind]
        now = clock.now()
        kept_at = now if how == Document.Original.KEPT else None
        Document.objects.create(request=request, requirement=requirement, original=how, kept_at=kept_at, added_at=now)
