"""A lost tracking code: whoever can be reached where the request says makes a new one; the old one then ends."""

from django.db import transaction
from django.utils.translation import gettext as _

from services.applying.queries import who_answers
from services.applying.receipt import RENEWAL_LASTS, renewal_token, secrets_for
from services.engine.actions import timeline
from services.models import Request
from ula_portal.core import clock, identifiers
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import applicant
from ula_portal.core.notices import outbox
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated

from .queries.tracking import request_by_renewal, tidy_number


@transaction.atomic
def ask_for_new_code(number: str, contact: str) -> None:
    """Somebody lost the code of a request and names its number and the e-mail or phone that stands on it.

    Anybody may ask; nothing tells whether it fits. Where it does, a link that holds RENEWAL_LASTS goes to the e-mail,
    or, where only a phone is known, the official is told to send it there. The present code stays good until the link
    is used.
    """
    request = Request.objects.select_for_update().filter(number=tidy_number(number)).first()
    if request is None or not _fits(request, contact):
        return
    request.renewal_until = clock.now() + RENEWAL_LASTS
    request.renewal_hash = codes.stored_hash(renewal_token(request))
    request.save(update_fields=["renewal_hash", "renewal_until"])
    if request.applicant_email:
        outbox.tell("code_wanted", "request", request.pk)
    elif official := who_answers(request):
        outbox.tell(
            "code_wanted_by_phone", "request", request.pk, user=official, path=f"/petugas/kasus/{request.number}/"
        )
    timeline.note(request, "code_wanted", by=applicant(request.pk), audience="internal")
    journal.record("ask_for_new_code", "request", request.pk, applicant(request.pk))


def _fits(request: Request, contact: str) -> bool:
    contact = contact.strip()
    if request.applicant_email and contact.lower() == request.applicant_email.lower():
        return True
    try:
        return bool(request.applicant_phone) and identifiers.parse_phone(contact) == request.applicant_phone
    except ValueError:
        return False


@transaction.atomic
def renew_code(token: str) -> Request:
    """Give a request a new code and link; by whoever holds the renewal link.

    All that opened it before ends at once: code, link, the code of its draft, the keys of forms that led to it.
    Raises Outdated when the link is unknown, used or too old.
    """
    found = request_by_renewal(token)
    request = Request.objects.select_for_update().select_related("service").get(pk=found.pk) if found else None
    if request is None or request.renewal_hash != codes.stored_hash(token):
        raise Outdated(_("Tautan ini sudah dipakai atau sudah lewat waktunya. Minta kode baru sekali lagi."))
    request.nonce = codes.new_nonce()
    request.renewal_hash = request.renewal_until = request.draft_hash = None
    hashes = secrets_for(request.nonce)
    request.code_hash, request.token_hash = hashes["code_hash"], hashes["token_hash"]
    request.save(update_fields=["nonce", *hashes, "draft_hash", "renewal_hash", "renewal_until"])
    idempotency.revoke("request", request.pk)
    timeline.note(request, "code_renewed", by=applicant(request.pk))
    journal.record("renew_code", "request", request.pk, applicant(request.pk))
    return request
