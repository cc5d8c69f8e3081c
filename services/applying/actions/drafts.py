"""Drafts of requests: creating them, saving answers, and deleting expired ones with their files."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from services.fields.queries import INVALID_INPUTS, current_form
from services.models import Document, Request, Service
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.files.uploads import forget
from ula_portal.core.journal.actors import Actor
from ula_portal.core.office import queries
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..receipt import DRAFT, DRAFT_CODE_LENGTH, draft_lifetime, secret_hashes

# Answers common to all forms that lists and letters need as columns: field of the form → column, maximal length.
ANSWER_COLUMNS = {
    "nama_pemohon": ("applicant_name", 150),
    "no_hp": ("applicant_phone", 20),
    "surel": ("applicant_email", 254),
    "hubungan": ("on_behalf", 60),
    "nama_pemberi_kuasa": ("behalf_name", 150),
}
BATCH_SIZE = 50


@verb
def create_draft(service: Service, *, by: Actor, source: str = Request.Source.ONLINE, key: str = "") -> Request:
    """Create a draft of a request. The same key again returns the same draft.

    Allowed: anybody.
    Raises: Refused if the service is not published or does not take requests from this source.
    """
    earlier = claim(by.key, key)
    if begun := earlier.earlier(Request.objects.select_related("service")):
        return begun
    if source == Request.Source.ONLINE and "online" not in service.channels:
        raise Refused(_("Layanan ini belum dapat diajukan secara daring. Silakan datang ke ruang layanan."))
    draft = Request.objects.create(**new_request_columns(service, source))
    earlier.record("request", draft.pk)
    return draft


def new_request_columns(service: Service, source: str) -> dict[str, Any]:
    """Return the columns of a new request.

    Raises: Refused if the service does not take requests.
    """
    form = current_form(service)
    if service.kind != Service.Kind.REQUEST or service.state != Service.State.PUBLISHED or form is None:
        raise Refused(
            _(
                "Layanan ini sedang tidak menerima permohonan. Tidak ada isian yang hilang. Coba lagi nanti atau "
                "hubungi "
                "kami."
            )
        )
    nonce = codes.new_nonce()
    return {
        "service": service,
        "form_version": form,
        "source": source,
        "created_at": clock.now(),
        "nonce": nonce,
        "is_specimen": bool(queries.office().specimen_mark),
        "draft_hash": codes.stored_hash(codes.code(DRAFT, nonce, DRAFT_CODE_LENGTH)),
        **secret_hashes(nonce),
    }


@verb
def save_answers(
    draft: Request,
    *,
    by: Actor,
    answers: dict[str, Any],
    invalid_inputs: dict[str, str] | None = None,
    only: Iterable[str] | None = None,
) -> Request:
    """Save answers of a draft (field name → stored value).

    ``invalid_inputs``: what was typed into fields that are not valid yet (field name → text), shown again later.
    ``only``: names of the fields on the submitted page; other answers are kept, so that two devices on different pages
    do not overwrite each other. Without it the answers replace all earlier ones.

    Allowed: whoever has the draft's address.
    Raises: Outdated if the request was already submitted.
    """
    draft = Request.objects.select_for_update(of=["self"]).select_related("service").get(pk=draft.pk)
    if draft.state != Request.State.DRAFT:
        raise Outdated(
            _(
                "Permohonan ini sudah dikirim, sehingga isiannya tidak dapat diubah lagi. Isian Anda tersimpan. "
                "Hubungi "
                "kami bila ada yang keliru."
            )
        )
    before, submitted = draft.answers if only is not None else {}, set(only or ())
    others = {name: value for name, value in before.items() if name not in submitted and name != INVALID_INPUTS}
    invalid = {name: text for name, text in before.get(INVALID_INPUTS, {}).items() if name not in submitted}
    invalid |= invalid_inputs or {}
    draft.answers = {**others, **answers, **({INVALID_INPUTS: invalid} if invalid else {})}
    draft.save(update_fields=["answers", *copy_columns(draft)])
    return draft


def copy_columns(request: Request) -> list[str]:
    """Copy answers to the columns listed in ``ANSWER_COLUMNS``, without saving; return the names of these columns."""
    for name, (column, length) in ANSWER_COLUMNS.items():
        setattr(request, column, str(request.answers.get(name, ""))[:length])
    return [column for column, _length in ANSWER_COLUMNS.values()]


@verb
def drop_old_drafts() -> int:
    """Delete up to ``BATCH_SIZE`` drafts older than ``draft_lifetime``, with answers and files; return how many.

    Drafts locked by another transaction are skipped until the next run.

    Allowed: the system; the worker runs it regularly.
    """
    before = clock.now() - draft_lifetime()
    old = Request.objects.select_for_update(skip_locked=True).filter(state=Request.State.DRAFT, created_at__lt=before)
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:BATCH_SIZE])
    documents = list(Document.objects.filter(request__in=ids).select_related("file"))
    Document.objects.filter(request__in=ids).delete()
    for document in documents:
        if document.file:
            forget(document.file)
    Request.objects.filter(pk__in=ids).delete()
    return len(ids)
