"""Message templates: their placeholders, and the default texts of a new office. Pure functions, no database."""

import re

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from services.models import Request
from ula_portal.core import clock

PLACEHOLDERS = ("name", "number", "service", "due")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def filled_message(text: str, request: Request) -> str:
    """A template's text filled for a request. A missing name or due date is replaced by words that say so."""
    due = date_format(clock.local(request.due_at), "l, j F Y") if request.due_at else _("dihitung sejak berkas lengkap")
    words = {
        "name": request.applicant_name or _("Bapak/Ibu"),
        "number": request.number,
        "service": request.service.name,
        "due": due,
    }
    return _PLACEHOLDER.sub(lambda match: str(words.get(match[1], match[0])), text)


REASONS = (
    "Foto buram atau terpotong, tulisannya tidak terbaca.",
    "Belum ditandatangani.",
    "Belum distempel.",
    "Masa berlakunya sudah habis.",
    "Bukan berkas yang diminta.",
    "Nama atau nomornya berbeda dengan isian permohonan.",
    "Halamannya belum lengkap.",
)
TEMPLATES = (
    (
        "Berkas sedang diperiksa",
        "Yth. {name},\n\npermohonan Anda {number} ({service}) sedang kami periksa. "
        "Perkiraan selesai: {due}. Tidak ada yang perlu Anda lakukan sekarang.",
    ),
    (
        "Bawa berkas asli saat mengambil surat",
        "Yth. {name},\n\nsaat mengambil surat untuk permohonan {number}, mohon membawa berkas asli dan kartu "
        "identitas Anda.",
    ),
    (
        "Mohon hubungi kami",
        "Yth. {name},\n\nada yang perlu kami tanyakan tentang permohonan {number} ({service}). "
        "Mohon balas pesan ini atau datang ke loket pada jam pelayanan.",
    ),
)
