"""The applicant's codes and secret addresses, and the e-mails that contain them."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.models import Request, Service
from ula_portal.core import clock
from ula_portal.core.models import Notice
from ula_portal.core.notices.kinds import NoticeText
from ula_portal.core.notices.whatsapp import whatsapp_url
from ula_portal.core.security import codes

CODE, TOKEN, RENEWAL = "request-code", "request-token", "request-renewal"


# How long the link for a new code can be used.
RENEWAL_LIFETIME = timedelta(hours=24)
# A draft has no number besides its code, so the code alone must be unguessable: 30 to the power of 12.
DRAFT, DRAFT_CODE_LENGTH = "draft-code", 12


def secret_link_warning(service: Service) -> str:
    """Return the warning below every e-mail with a secret address."""
    sentence = _("Tautan ini milik Anda sendiri. Jangan teruskan kepada orang lain. %(free)s")
    return (sentence % {"free": service.free_of_charge_notice}).rstrip()


def draft_lifetime() -> timedelta:
    """Return how long a draft is kept before it is deleted."""
    return timedelta(days=settings.DRAFT_DAYS)


def draft_code(draft: Request) -> str:
    """Return the code that opens a draft on another device, in groups of four."""
    code = codes.code(DRAFT, draft.nonce, DRAFT_CODE_LENGTH)
    return " ".join(code[n : n + 4] for n in range(0, DRAFT_CODE_LENGTH, 4))


def receipt_code(request: Request) -> str:
    """Return the tracking code of eight characters, which opens the request together with its number."""
    return codes.code(CODE, request.nonce)


def spaced_code(request: Request) -> str:
    """Return the tracking code in two groups of four, for people to read and type."""
    code = receipt_code(request)
    return f"{code[:4]} {code[4:]}"


def tracking_token(request: Request) -> str:
    """Return the secret part of the address of a request or its draft."""
    return codes.token(TOKEN, request.nonce)


def secret_hashes(nonce: str) -> dict[str, str]:
    """Return the columns with the hashes of a request's code and token."""
    return {
        "code_hash": codes.stored_hash(codes.code(CODE, nonce)),
        "token_hash": codes.stored_hash(codes.token(TOKEN, nonce)),
    }


def tracking_url(request: Request) -> str:
    """Return the absolute address of the tracking page, for QR codes and e-mails."""
    return settings.PORTAL_URL + reverse("track_detail", args=[tracking_token(request)])


def renewal_token(request: Request) -> str:
    """Return the secret part of the link for a new code; valid until ``renewal_until`` or until the code changes."""
    assert request.renewal_until, "nobody asked for a new code"
    return codes.token(RENEWAL, f"{request.nonce}:{request.renewal_until.timestamp():.6f}")


def renewal_url(request: Request) -> str:
    return settings.PORTAL_URL + reverse("code_renew", args=[renewal_token(request)])


def receipt_whatsapp(request: Request) -> str:
    """Return a WhatsApp link with the receipt as text for the applicant's phone, or "" without a phone."""
    if not request.applicant_phone:
        return ""
    text = _("Permohonan %(number)s (%(service)s). Kode pelacakan: %(code)s. %(url)s Jangan teruskan pesan ini.") % {
        "number": request.number,
        "service": request.service.name,
        "code": spaced_code(request),
        "url": tracking_url(request),
    }
    return whatsapp_url(request.applicant_phone, text)


def compose_renewal(notice: Notice) -> NoticeText | None:
    """Compose the e-mail with the link for a new code; None if the link was used or the address is gone."""
    request = Request.objects.filter(pk=notice.subject_id).first()
    if request is None or not request.applicant_email or request.renewal_until is None:
        return None
    body = _(
        "Seseorang meminta kode pelacakan baru untuk permohonan %(number)s.\n\n"
        "Bila itu Anda, buka tautan ini sebelum %(until)s dan tekan “Buat kode baru”:\n%(url)s\n\n"
        "Bila bukan Anda, abaikan surel ini. Kode Anda yang lama tetap berlaku."
    ) % {
        "number": request.number,
        "until": date_format(clock.local(request.renewal_until), "j F Y H.i"),
        "url": renewal_url(request),
    }
    return NoticeText(
        request.applicant_email, _("Kode pelacakan baru untuk permohonan %(number)s") % {"number": request.number}, body
    )


def _what_then(request: Request) -> str:
    """Return sentences on what happens next and what the applicant still has to do."""
    if request.due_at is None:
        return _(
            "Susulkan berkas yang belum ada lewat tautan di bawah atau di loket. Waktu pelayanan dihitung sejak "
            "berkas lengkap."
        )
    return _(
        "Kami selesaikan paling lambat %(day)s. Sekarang tidak ada yang perlu Anda lakukan. Bila ada yang perlu "
        "dilengkapi, kami beri tahu lewat surel."
    ) % {"day": date_format(clock.local(request.due_at), "l, j F Y")}


def compose_received(notice: Notice) -> NoticeText | None:
    """Compose the e-mail that confirms the request; None if there is no address."""
    request = Request.objects.select_related("service").filter(pk=notice.subject_id).first()
    if request is None or not request.applicant_email:
        return None
    body = _(
        "Permohonan Anda telah kami terima.\n\n"
        "Layanan: %(service)s\n"
        "Nomor permohonan: %(number)s\n"
        "Kode pelacakan: %(code)s\n\n"
        "%(then)s\n\n"
        "Ikuti perkembangannya di:\n%(url)s\n\n"
        "Tanda terima untuk dicetak atau disimpan (PDF):\n%(pdf)s\n\n"
        "Jangan berikan kode dan tautan ini kepada orang lain. %(free)s"
    ) % {
        "free": request.service.free_of_charge_notice,
        "service": request.service.name,
        "number": request.number,
        "code": spaced_code(request),
        "then": _what_then(request),
        "url": tracking_url(request),
        # Linked rather than attached, because the paper contains a name; the link shows the current version.
        "pdf": settings.PORTAL_URL + reverse("receipt_pdf", args=[tracking_token(request)]),
    }
    subject = _("Permohonan %(number)s telah kami terima") % {"number": request.number}
    return NoticeText(request.applicant_email, subject, body)
