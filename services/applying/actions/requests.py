"""Drafts and the submission of requests, online and at the desk; messages to the office."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services import states
from services.attachments.actions.documents import EXTRA, attach_document, remove_document
from services.deadlines.rules import start_clock
from services.engine.actions import timeline
from services.engine.actions.opening import open_case
from services.fields.queries import FieldDefinition, current_form, fields_of, unanswered
from services.fields.show_if import shown
from services.models import Document, Message, Request, Requirement, Service
from services.papers.queries.slots import lacks_documents
from services.routing.queries.rules import automatic_official
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock
from ula_portal.core.data import numbering
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor, staff
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.office import queries
from ula_portal.core.permissions import is_staff_member
from ula_portal.core.security import codes
from ula_portal.core.text.words import grouped
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..queries import who_answers
from ..receipt import DRAFT, DRAFT_CODE_LENGTH, receipt_code, secrets_for, tracking_token

__all__ = [
    "EXTRA",
    "attach_document",
    "create_draft",
    "open_walk_in_request",
    "receipt_code",
    "remove_document",
    "save_answers",
    "submit_request",
    "tracking_token",
    "write_to_office",
]

# Answers common to all forms that lists and letters need as columns: field of the form → column, maximal length.
COPIED = {
    "nama_pemohon": ("applicant_name", 150),
    "no_hp": ("applicant_phone", 20),
    "surel": ("applicant_email", 254),
    "hubungan": ("on_behalf", 60),
    "nama_pemberi_kuasa": ("behalf_name", 150),
}
TYPED = "_typed"
# Ids of requirements, or pairs of id and how the paper was taken in.
Originals = Iterable[int | tuple[int, str]]


@transaction.atomic
def create_draft(service: Service, *, source: str = Request.Source.ONLINE, idempotency_key: str = "") -> Request:
    """Create a draft of a request. The same key again returns the same draft.

    Allowed: anybody.
    Raises: Refused if the service is not published or does not take requests from this source.
    """
    earlier = claim("draft", idempotency_key)
    if begun := earlier.earlier(Request.objects.select_related("service")):
        return begun
    if source == Request.Source.ONLINE and "online" not in service.channels:
        raise Refused(_("Layanan ini belum dapat diajukan secara daring. Silakan datang ke ruang layanan."))
    draft = Request.objects.create(**_new_request(service, source))
    earlier.record("request", draft.pk)
    return draft


def _new_request(service: Service, source: str) -> dict[str, Any]:
    form = current_form(service)
    if service.kind != Service.Kind.REQUEST or service.state != Service.State.PUBLISHED or form is None:
        raise Refused(_("Layanan ini sedang tidak menerima permohonan."))
    nonce = codes.new_nonce()
    return {
        "service": service,
        "form_version": form,
        "source": source,
        "created_at": clock.now(),
        "nonce": nonce,
        "is_specimen": bool(queries.office().specimen_mark),
        "draft_hash": codes.stored_hash(codes.code(DRAFT, nonce, DRAFT_CODE_LENGTH)),
        **secrets_for(nonce),
    }


@transaction.atomic
def save_answers(
    draft: Request, answers: dict[str, Any], *, typed: dict[str, str] | None = None, only: Iterable[str] | None = None
) -> Request:
    """Save answers of a draft (field name → stored value).

    ``typed``: invalid inputs as they were typed (field name → text), shown again later.
    ``only``: names of the fields on the submitted page; other answers are kept, so that two devices on different pages
    do not overwrite each other. Without it the answers replace all earlier ones.

    Allowed: whoever has the draft's address.
    Raises: Outdated if the request was already submitted.
    """
    draft = _locked(draft.pk)
    if draft.state != Request.State.DRAFT:
        raise Outdated(_("Permohonan ini sudah dikirim, sehingga isiannya tidak dapat diubah lagi."))
    before, typed = draft.answers if only is not None else {}, typed or {}
    others = {name: value for name, value in before.items() if name not in set(only or ()) and name != TYPED}
    typed = {n: text for n, text in before.get(TYPED, {}).items() if n not in set(only or ())} | typed
    draft.answers = {**others, **answers, **({TYPED: typed} if typed else {})}
    draft.save(update_fields=["answers", *copy_columns(draft)])
    return draft


def copy_columns(request: Request) -> list[str]:
    """Copy answers to the columns listed in ``COPIED``, without saving; return the names of these columns."""
    for name, (column, length) in COPIED.items():
        setattr(request, column, str(request.answers.get(name, ""))[:length])
    return [column for column, _length in COPIED.values()]


@transaction.atomic
def submit_request(
    draft: Request, *, actor: Actor, idempotency_key: str = "", documents_may_follow: bool = True
) -> Request:
    """Submit a draft.

    A draft is submitted once: a second call returns the request the first one made. ``idempotency_key`` is only needed
    by callers that do not keep the draft.

    Allowed: whoever has the draft's address.
    Effects: The request gets its number and the SOP version in force, and its case is opened and routed. The clock
    starts if all required uploads are present, otherwise when an official declares the file complete. The applicant is
    notified by e-mail; timeline and journal record the submission.
    Raises: Refused, leaving the draft unchanged, if an answer is missing (``field`` names it), if an upload is missing
    and may not follow (``field`` is "documents"), or if the service has no SOP in force.
    """
    earlier = claim(actor.key, idempotency_key)
    request = _locked(earlier.earlier_id or draft.pk)
    if request.state != Request.State.DRAFT:
        return request
    if missing := unanswered(request):
        raise Refused(
            _("Isian “%(label)s” belum diisi dengan benar. Isian lain tetap tersimpan.") % {"label": missing[0].label},
            field=missing[0].name,
        )
    complete = not lacks_documents(request)
    if not complete and not documents_may_follow:
        raise Refused(
            _("Centang bahwa berkas yang belum ada akan Anda susulkan, atau unggah sekarang."), field="documents"
        )
    _enter(request, actor, complete)
    earlier.record("request", request.pk)
    return request


@transaction.atomic
def open_walk_in_request(
    service: Service,
    *,
    user: User,
    applicant_name: str,
    applicant_phone: str = "",
    applicant_email: str = "",
    on_behalf: str = "",
    answers: dict[str, Any] | None = None,
    originals: Originals = (),
    idempotency_key: str = "",
) -> Request:
    """Open and submit a request for an applicant at the desk. The same key again returns the same request.

    ``answers``: field name → answer as typed; other fields may stay empty. ``originals``: the papers brought along, as
    ids of requirements or pairs (id, ``seen``, ``kept`` or ``copy``).

    Allowed: staff.
    Effects: As ``submit_request``. Required uploads may be missing; then the clock starts when an official declares
    the file complete.
    Raises: NotAllowed; Refused (``field`` names the invalid answer).
    """
    if not is_staff_member(user):
        raise NotAllowed(_("Hanya petugas yang dapat membuka permohonan di loket."))
    actor = staff(user)
    earlier = claim(actor.key, idempotency_key)
    if earlier.earlier_id:
        return _locked(earlier.earlier_id)
    if not applicant_name.strip():
        raise Refused(_("Nama pemohon belum diisi."), field="applicant_name")
    request = Request(**_new_request(service, Request.Source.WALK_IN))
    typed = {
        "nama_pemohon": applicant_name,
        "no_hp": applicant_phone,
        "surel": applicant_email,
        "hubungan": on_behalf,
        **(answers or {}),
    }
    request.answers = read_answers(fields_of(request.form_version_id), typed)
    copy_columns(request)
    request.save()
    _keep_originals(request, originals)
    _enter(request, actor, complete=not lacks_documents(request))
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
        if name not in known or known[name].kind.is_file:
            raise Refused(_("Formulir layanan ini tidak menanyakan %(name)s.") % {"name": name}, field=name)
        definition = known[name]
        text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else value
        try:
            cleaned = definition.kind.form_field(definition).clean(text)
        except ValidationError as error:
            raise Refused(f"{definition.label}: {error.messages[0]}", field=name) from error
        answers[name] = definition.kind.to_stored(cleaned, definition)
    return {field.name: answers[field.name] for field in shown(fields, answers) if field.name in answers}


def _keep_originals(request: Request, originals: Originals) -> None:
    brought: dict[int, str | None] = dict(
        each if isinstance(each, tuple | list) else (each, None) for each in originals
    )
    defaults: dict[str, str] = {
        Requirement.Kind.UPLOAD: Document.Original.COPY,
        Requirement.Kind.ORIGINAL: Document.Original.SEEN,
    }
    wanted = Requirement.objects.filter(service=request.service, active=True, pk__in=brought, kind__in=defaults)
    for requirement in wanted:
        how = brought[requirement.pk] or defaults[requirement.kind]
        now = clock.now()
        kept_at = now if how == Document.Original.KEPT else None
        Document.objects.create(request=request, requirement=requirement, original=how, kept_at=kept_at, added_at=now)


def _locked(pk: int | str) -> Request:
    return Request.objects.select_for_update(of=["self"]).select_related("service").get(pk=pk)


def _enter(request: Request, actor: Actor, complete: bool) -> None:
    """Submit a request from any source: pinned SOP version, clock, number, case, notice and journal."""
    service, now = request.service, clock.now()
    version = version_in_force(service.sop_id) if service.sop_id else None
    if version is None or service.state != Service.State.PUBLISHED:
        raise Refused(
            _("Layanan ini sedang tidak menerima permohonan karena SOP-nya belum berlaku. Draf Anda tersimpan.")
        )
    request.answers = _applying(request)
    request.sop_version, request.received_at = version, now
    if complete:
        start_clock(request, now)
    states.REQUEST.make(request, "submit")
    year = clock.local(now).year
    request.number = f"ULA-{year}-{numbering.next_number('request', year):06d}"
    fields = ("answers", "sop_version", "received_at", "complete_at", "due_at", "state", "number")
    request.save(update_fields=fields)
    timeline.note(request, "submitted", by=actor, source=request.source)
    open_case(request, by=actor, official=automatic_official(request))
    if request.applicant_email:
        outbox.tell("request_received", "request", request.pk)
    journal.record("submit_request", "request", request.pk, actor, service=service.pk, sop_version=version.pk)


def _applying(request: Request) -> dict[str, Any]:
    """Return the answers whose conditions hold, dropping those given before another answer was changed."""
    names = {field.name for field in shown(fields_of(request.form_version_id), request.answers)}
    return {name: value for name, value in request.answers.items() if name in names}


@transaction.atomic
def write_to_office(request: Request, text: str, *, actor: Actor, idempotency_key: str = "") -> Message:
    """Send a message of the applicant to the office, also on a closed request.

    The same key again returns the same message.

    Allowed: whoever has the request's address.
    Effects: A timeline entry, a journal record and a notice to the official who answers (none while in a pool).
    Raises: Refused for an empty or too long text; Outdated for a draft.
    """
    text = text.strip()
    if not text or len(text) > Message.TEXT_LENGTH:
        sentence = _("Tulis pesan Anda, paling panjang %(n)s huruf.")
        raise Refused(sentence % {"n": grouped(Message.TEXT_LENGTH)}, field="text")
    earlier = claim(f"applicant:{request.pk}", idempotency_key)
    if sent := earlier.earlier(Message.objects):
        return sent
    if request.state == Request.State.DRAFT:
        raise Outdated(_("Permohonan ini belum dikirim."))
    message = Message.objects.create(request=request, at=clock.now(), text=text)
    earlier.record("message", message.pk)
    timeline.note(request, "message_received", by=actor, message=message.pk)
    if official := who_answers(request):
        path = f"/petugas/kasus/{request.number}/"
        outbox.tell("applicant_message", "request", request.pk, user=official, path=path)
    journal.record("write_to_office", "request", request.pk, actor, message=message.pk)
    return message
