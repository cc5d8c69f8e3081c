"""What an applicant holds in the hand: tracking code, tracking link, and the e-mail that says the request came in."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ula_portal.core import codes
from ula_portal.core.notify import Message

from .models import Request

CODE, TOKEN = "request-code", "request-token"


def receipt_code(request) -> str:
    """The tracking code, eight letters; it opens the request together with its number."""
    return codes.code(CODE, request.nonce)


def spaced_code(request) -> str:
    """The tracking code in two groups, as people read and type it."""
    code = receipt_code(request)
    return f"{code[:4]} {code[4:]}"


def tracking_token(request) -> str:
    """The secret part of the request's address; before it is sent, of its draft's address."""
    return codes.token(TOKEN, request.nonce)


def secrets_for(nonce: str) -> dict[str, str]:
    """Hashes of code and token to keep in a new request's row."""
    return {
        "code_hash": codes.stored_hash(codes.code(CODE, nonce)),
        "token_hash": codes.stored_hash(codes.token(TOKEN, nonce)),
    }


def tracking_url(request) -> str:
    """The whole address of the tracking page, for QR codes and e-mails."""
    return settings.PORTAL_URL + reverse("track_detail", args=[tracking_token(request)])


def compose_received(notice) -> Message | None:
    """E-mail to the applicant that the request came in; None when there is no address (any more)."""
    request = Request.objects.select_related("service").filter(pk=notice.subject_id).first()
    if request is None or not request.applicant_email:
        return None
    body = _(
        "Permohonan Anda telah kami terima.\n\n"
        "Layanan: %(service)s\n"
        "Nomor permohonan: %(number)s\n"
        "Kode pelacakan: %(code)s\n\n"
        "Ikuti perkembangannya di:\n%(url)s\n\n"
        "Jangan berikan kode dan tautan ini kepada orang lain. Layanan ini gratis."
    ) % {
        "service": request.service.name,
        "number": request.number,
        "code": spaced_code(request),
        "url": tracking_url(request),
    }
    subject = _("Permohonan %(number)s telah kami terima") % {"number": request.number}
    return Message(request.applicant_email, subject, body)
