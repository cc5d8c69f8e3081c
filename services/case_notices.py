"""What the worker writes in notices about cases; names, addresses and codes are read only then."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import notify
from ula_portal.core.notify import Message

from .models import Pause, Request
from .receipt import tracking_url


def register():
    """Make the kinds known; called once from ``AppConfig.ready``."""
    for kind, label, subject, body in APPLICANT_KINDS:
        notify.register(kind, label, _to_applicant(subject, body))
    for kind, label, subject, body in STAFF_KINDS:
        notify.register(kind, label, _to_staff(subject, body))


def _request_of(notice):
    return Request.objects.select_related("service").filter(pk=notice.subject_id).first()


def _to_applicant(subject, body):
    def compose(notice):
        request = _request_of(notice)
        if request is None or not request.applicant_email:
            return None
        words = {"number": request.number, "service": request.service.name, "wanted": _wanted(request)}
        text = f"{body % words}\n\n{_('Lihat selengkapnya di:')}\n{tracking_url(request)}\n\n{SECRET_LINK}"
        return Message(request.applicant_email, str(subject % words), text)

    return compose


def _wanted(request):
    pause = Pause.objects.filter(request=request).order_by("-from_at").first()
    return pause.wanted if pause else ""


def _to_staff(subject, body):
    def compose(notice):
        request = _request_of(notice)
        if request is None or notice.user is None or not notice.user.is_active:
            return None
        words = {"number": request.number, "service": request.service.name}
        text = f"{body % words}\n\n{settings.PORTAL_URL}{notice.path}"
        return Message(notice.user.email, str(subject % words), text)

    return compose


SECRET_LINK = gettext_lazy("Tautan ini milik Anda sendiri: jangan diteruskan kepada orang lain. Layanan ini gratis.")
APPLICANT_KINDS = (
    (
        "applicant_asked",
        gettext_lazy("Pemohon diminta melengkapi"),
        gettext_lazy("Permohonan %(number)s menunggu kelengkapan dari Anda"),
        gettext_lazy(
            "Permohonan Anda untuk %(service)s (%(number)s) perlu dilengkapi:\n\n%(wanted)s\n\n"
            "Selama menunggu, waktu pelayanan tidak dihitung dan berkas Anda tetap tersimpan."
        ),
    ),
    (
        "letter_ready",
        gettext_lazy("Surat siap diambil"),
        gettext_lazy("Surat Anda siap: permohonan %(number)s"),
        gettext_lazy(
            "Surat untuk permohonan Anda %(number)s (%(service)s) siap diambil di loket atau diunduh lewat tautan ini."
        ),
    ),
    (
        "office_message",
        gettext_lazy("Pesan kepada pemohon"),
        gettext_lazy("Pesan tentang permohonan %(number)s"),
        gettext_lazy("Ada pesan dari kami tentang permohonan Anda %(number)s (%(service)s)."),
    ),
    (
        "request_closed",
        gettext_lazy("Permohonan selesai"),
        gettext_lazy("Permohonan %(number)s selesai"),
        gettext_lazy("Permohonan Anda %(number)s (%(service)s) telah selesai. Terima kasih."),
    ),
    (
        "request_rejected",
        gettext_lazy("Permohonan tidak dapat dikabulkan"),
        gettext_lazy("Keputusan atas permohonan %(number)s"),
        gettext_lazy(
            "Permohonan Anda %(number)s (%(service)s) tidak dapat dikabulkan. "
            "Alasan dan hak Anda mengajukan keberatan dapat dibaca lewat tautan ini."
        ),
    ),
)
STAFF_KINDS = (
    (
        "applicant_message",
        gettext_lazy("Pesan dari pemohon"),
        gettext_lazy("Pesan dari pemohon %(number)s"),
        gettext_lazy("Pemohon %(number)s (%(service)s) menulis pesan kepada kantor."),
    ),
    (
        "code_wanted_by_phone",
        gettext_lazy("Kode pelacakan diminta lewat nomor HP"),
        gettext_lazy("Pemohon %(number)s meminta kode pelacakan baru"),
        gettext_lazy(
            "Pemohon %(number)s (%(service)s) kehilangan kode pelacakannya dan hanya mencantumkan nomor HP. "
            "Kirimkan tautannya lewat WhatsApp dari halaman permohonan ini dalam 24 jam."
        ),
    ),
    (
        "step_offered",
        gettext_lazy("Langkah menunggu petugas"),
        gettext_lazy("Pekerjaan baru: %(number)s"),
        gettext_lazy("Langkah berikutnya dari permohonan %(number)s (%(service)s) menunggu Anda."),
    ),
    (
        "step_shared",
        gettext_lazy("Petugas ikut dalam langkah"),
        gettext_lazy("Anda ikut dalam langkah permohonan %(number)s"),
        gettext_lazy(
            "Jabatan Anda ikut dalam langkah yang sedang berjalan pada permohonan %(number)s (%(service)s). "
            "Pelaksana utamanya yang menyelesaikan langkah."
        ),
    ),
    (
        "case_routed",
        gettext_lazy("Permohonan diteruskan kepada petugas"),
        gettext_lazy("Permohonan %(number)s diteruskan kepada Anda"),
        gettext_lazy("Anda menjadi penanggung jawab permohonan %(number)s (%(service)s)."),
    ),
    (
        "applicant_answered",
        gettext_lazy("Pemohon sudah menjawab"),
        gettext_lazy("Pemohon melengkapi permohonan %(number)s"),
        gettext_lazy("Pemohon sudah menjawab permintaan pada permohonan %(number)s (%(service)s)."),
    ),
)
