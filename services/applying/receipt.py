"""What an applicant holds in the hand: tracking code, tracking link, and the e-mail that says the request came in."""

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


# How long the link to a new code can be used.
RENEWAL_LASTS = timedelta(hours=24)
# A draft has no number to go with its code, so the code alone must be beyond guessing: 30 to the 12th.
DRAFT, DRAFT_CODE_LENGTH = "draft-code", 12


def secret_words(service: Service) -> str:
    """What stands beneath every mail with an address that opens something."""
    sentence = _("Tautan ini milik Anda sendiri: jangan diteruskan kepada orang lain. %(free)s")
    return (sentence % {"free": service.free_words}).rstrip()


def draft_lasts() -> timedelta:
    """How long a draft that is not sent is kept."""
    return timedelta(days=settings.DRAFT_DAYS)


def draft_code(draft: Request) -> str:
    """The code that opens a draft on another device, in groups of four."""
    code = codes.code(DRAFT, draft.nonce, DRAFT_CODE_LENGTH)
    return " ".join(code[n : n + 4] for n in range(0, DRAFT_CODE_LENGTH, 4))


def receipt_code(request: Request) -> str:
    """The tracking code, eight letters; it opens the request together with its number."""
    return codes.code(CODE, request.nonce)


def spaced_code(request: Request) -> str:
    """The tracking code in two groups, as people read and type it."""
    code = receipt_code(request)
    return f"{code[:4]} {code[4:]}"


def tracking_token(request: Request) -> str:
    """The secret part of the request's address; before it is sent, of its draft's address."""
    return codes.token(TOKEN, request.nonce)


def secrets_for(nonce: str) -> dict[str, str]:
    """Hashes of code and token to keep in a new request's row."""
    return {
        "code_hash": codes.stored_hash(codes.code(CODE, nonce)),
        "token_hash": codes.stored_hash(codes.token(TOKEN, nonce)),
    }


def tracking_url(request: Request) -> str:
    """The whole address of the tracking page, for QR codes and e-mails."""
    return settings.PORTAL_URL + reverse("track_detail", args=[tracking_token(request)])


def renewal_token(request: Request) -> str:
    """The secret part of the link that makes a new code; good for the present code and ``renewal_until`` only."""
    assert request.renewal_until, "nobody asked for a new code"
    return codes.token(RENEWAL, f"{request.nonce}:{request.renewal_until.timestamp():.6f}")


def renewal_url(request: Request) -> str:
    return settings.PORTAL_URL + reverse("code_renew", args=[renewal_token(request)])


def receipt_whatsapp(request: Request) -> str:
    """The receipt in words for the applicant's own WhatsApp; empty without a phone."""
    if not request.applicant_phone:
        return ""
    text = _("Permohonan %(number)s (%(service)s). Kode pelacakan: %(code)s. %(url)s") % {
        "number": request.number,
        "service": request.service.name,
        "code": spaced_code(request),
        "url": tracking_url(request),
    }
    return whatsapp_url(request.applicant_phone, text)


def compose_renewal(notice: Notice) -> NoticeText | None:
    """E-mail with the link that makes a new code; None when it was used meanwhile or the address is gone."""
    request = Request.objects.filter(pk=notice.subject_id).first()
    if request is None or not request.applicant_email or request.renewal_until is None:
        return None
    body = _(
        "Seseorang meminta kode pelacakan baru untuk permohonan %(number)s.\n\n"
        "Bila itu Anda, buka tautan ini sebelum %(until)s dan tekan “Buat kode baru”:\n%(url)s\n\n"
        "Bila bukan Anda, abaikan surel ini: kode Anda yang lama tetap berlaku."
    ) % {
        "number": request.number,
        "until": date_format(clock.local(request.renewal_until), "j F Y H.i"),
        "url": renewal_url(request),
    }
    return NoticeText(
        request.applicant_email, _("Kode pelacakan baru untuk permohonan %(number)s") % {"number": request.number}, body
    )


def _what_then(request: Request) -> str:
    """What happens next, and what is still the applicant's to do."""
    if request.due_at is None:
        return _(
            "Yang perlu Anda lakukan: susulkan berkas yang belum ada lewat tautan di bawah atau di loket. Waktu "
            "pelayanan dihitung sejak berkas lengkap."
        )
    return _(
        "Kami selesaikan paling lambat %(day)s. Tidak ada yang perlu Anda lakukan sekarang; bila ada yang perlu "
        "dilengkapi, kami beri tahu lewat surel ini."
    ) % {"day": date_format(clock.local(request.due_at), "l, j F Y")}


def compose_received(notice: Notice) -> NoticeText | None:
    """E-mail to the applicant that the request came in; None when there is no address (any more)."""
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
        "free": request.service.free_words,
        "service": request.service.name,
        "number": request.number,
        "code": spaced_code(request),
        "then": _what_then(request),
        "url": tracking_url(request),
        # Linked, not attached: the paper holds a name, and the link shows the present one.
        "pdf": settings.PORTAL_URL + reverse("receipt_pdf", args=[tracking_token(request)]),
    }
    subject = _("Permohonan %(number)s telah kami terima") % {"number": request.number}
    return NoticeText(request.applicant_email, subject, body)
