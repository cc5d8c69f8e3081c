"""Replacing a lost tracking code, by a link sent to the contact stored with the request."""

from django.utils.translation import gettext_lazy

from services.applying.queries import answering_official
from services.applying.receipt import RENEWAL_LIFETIME, renewal_token, secret_hashes
from services.engine.actions import timeline
from services.models import Request
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import outbox
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.transactions import verb

LINK_EXPIRED = gettext_lazy(
    "Tautan ini sudah dipakai atau sudah lewat waktunya. Permohonan Anda tetap tersimpan. Minta kode baru sekali lagi."
)


@verb
def ask_for_new_code(request: Request, *, by: Actor, contact: str) -> None:
    """Ask for a new tracking code, naming the e-mail or phone stored with the request.

    Returns nothing, so that the caller cannot tell whether the contact matches.

    Allowed: anybody.
    Effects: If they match, a link valid for ``RENEWAL_LIFETIME`` is sent by e-mail; if only a phone is stored, the
    official is notified to send it. Recorded in the internal timeline and the journal. The old code stays valid until
    the link is used.
    """
    locked = Request.objects.select_for_update().filter(pk=request.pk).first()
    if locked is None or not _matches(locked, contact):
        return
    request = locked
    request.renewal_until = clock.now() + RENEWAL_LIFETIME
    request.renewal_hash = codes.stored_hash(renewal_token(request))
    request.save(update_fields=["renewal_hash", "renewal_until"])
    if request.applicant_email:
        outbox.tell("code_wanted", "request", request.pk)
    elif official := answering_official(request):
        outbox.tell(
            "code_wanted_by_phone", "request", request.pk, user=official, path=f"/petugas/kasus/{request.number}/"
        )
    timeline.add_entry(request, "code_wanted", by=by, audience="internal")
    journal.record("ask_for_new_code", "request", request.pk, by)


def _matches(request: Request, contact: str) -> bool:
    contact = contact.strip()
    if request.applicant_email and contact.lower() == request.applicant_email.lower():
        return True
    try:
        return bool(request.applicant_phone) and identifiers.parse_phone(contact) == request.applicant_phone
    except ValueError:
        return False


@verb
def renew_code(request: Request, *, by: Actor, token: str) -> Request:
    """Give a request a new code and address.

    Allowed: whoever has the link sent by ``ask_for_new_code``; ``token`` is its secret part.
    Effects: The old code, address, draft code and idempotency keys are invalid immediately. Recorded in the public
    timeline and the journal.
    Raises: Outdated if the link is used or expired.
    """
    request = Request.objects.select_for_update().select_related("service").get(pk=request.pk)
    valid = request.renewal_until is not None and request.renewal_until > clock.now()
    if not valid or request.renewal_hash != codes.stored_hash(token):
        raise Outdated(LINK_EXPIRED)
    request.nonce = codes.new_nonce()
    request.renewal_hash = request.renewal_until = request.draft_hash = None
    hashes = secret_hashes(request.nonce)
    request.code_hash, request.token_hash = hashes["code_hash"], hashes["token_hash"]
    request.save(update_fields=["nonce", *hashes, "draft_hash", "renewal_hash", "renewal_until"])
    idempotency.revoke("request", request.pk)
    timeline.add_entry(request, "code_renewed", by=by)
    journal.record("renew_code", "request", request.pk, by)
    return request
