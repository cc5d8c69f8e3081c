"""The mails about cases. The worker writes them at delivery; only then are names, addresses and codes read."""

from collections.abc import Callable

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.applying.receipt import RENEWAL_LIFETIME, secret_link_warning, tracking_url
from services.letters.queries import issued_letter
from services.models import Document, Pause, Request
from services.papers.queries.slots import document_label
from services.tracking.queries.tracking import objection_until
from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText
from ula_portal.core.text.words import duration_text

Compose = Callable[[Notice], NoticeText | None]


def register_notices() -> None:
    """Register the kinds of notices. Called once from ``AppConfig.ready``."""
    for kind, label, subject, body in APPLICANT_KINDS:
        kinds.register_kind(kind, label, _to_applicant(subject, body))
    for kind, label, subject, body in STAFF_KINDS:
        kinds.register_kind(kind, label, _to_staff(subject, body))


def _request_of(notice: Notice) -> Request | None:
    return Request.objects.select_related("service").filter(pk=notice.subject_id).first()


def _to_applicant(subject: StrOrPromise, body: StrOrPromise) -> Compose:
    def compose(notice: Notice) -> NoticeText | None:
        request = _request_of(notice)
        if request is None or not request.applicant_email:
            return None
        words = {
            "number": request.number,
            "service": request.service.name,
            "wanted": _requested_texts(request),
            "until": _objection_until(request) if request.closed_at else "",
        }
        text = f"{body % words}\n\n{_('Lihat selengkapnya di:')}\n{tracking_url(request)}"
        return NoticeText(
            request.applicant_email, str(subject % words), f"{text}\n\n{secret_link_warning(request.service)}"
        )

    return compose


def _objection_until(request: Request) -> str:
    return date_format(objection_until(request, issued_letter(request)), "l, j F Y")


def _requested_texts(request: Request) -> str:
    """What the office asked for last, and each document that has to be corrected, with the reason."""
    pause = Pause.objects.filter(request=request).order_by("-from_at").first()
    lines = [pause.wanted] if pause else []
    for document in request.documents.filter(verdict=Document.Verdict.MEND, removed_at=None).order_by("pk"):
        label = document_label(document)
        lines.append(f"- {label}: {document.verdict_note}" if document.verdict_note else f"- {label}")
    return "\n".join(lines)


def _to_staff(subject: StrOrPromise, body: StrOrPromise) -> Compose:
    def compose(notice: Notice) -> NoticeText | None:
        request = _request_of(notice)
        if request is None or notice.user is None or not notice.user.is_active:
            return None
        words = {"number": request.number, "service": request.service.name, "time": duration_text(RENEWAL_LIFETIME)}
        text = f"{body % words}\n\n{settings.PORTAL_URL}{notice.path}"
        return NoticeText(notice.user.email, str(subject % words), text)

    return compose


APPLICANT_KINDS = (
    (
        "applicant_asked",
        gettext_lazy("Pemohon diminta melengkapi"),
        gettext_lazy("Permohonan %(number)s menunggu kelengkapan dari Anda"),
        gettext_lazy(
            "Permohonan Anda untuk %(service)s (%(number)s) perlu dilengkapi:\n\n%(wanted)s\n\n"
            "Yang perlu Anda lakukan: buka tautan di bawah, unggah penggantinya atau tulis jawaban, lalu tekan "
            "“Kirim kelengkapan”. Boleh juga dibawa ke loket.\n\n"
            "Selama menunggu, waktu pelayanan tidak dihitung dan berkas Anda tetap tersimpan."
        ),
    ),
    (
        "letter_ready",
        gettext_lazy("Surat siap diambil"),
        gettext_lazy("Surat Anda siap: permohonan %(number)s"),
        gettext_lazy(
            "Surat untuk permohonan Anda %(number)s (%(service)s) siap diambil.\n\n"
            "Yang perlu Anda lakukan: buka tautan di bawah dan tekan “Unduh surat”. Atau ambil suratnya di loket pada "
            "jam pelayanan. Bawalah nomor permohonan ini."
        ),
    ),
    (
        "office_message",
        gettext_lazy("Pesan kepada pemohon"),
        gettext_lazy("Pesan tentang permohonan %(number)s"),
        gettext_lazy(
            "Ada pesan dari kami tentang permohonan Anda %(number)s (%(service)s).\n\n"
            "Baca pesannya, dan balas bila perlu, lewat tautan di bawah. Waktu pelayanan tetap berjalan."
        ),
    ),
    (
        "request_closed",
        gettext_lazy("Permohonan selesai"),
        gettext_lazy("Permohonan %(number)s selesai"),
        gettext_lazy(
            "Permohonan Anda %(number)s (%(service)s) telah selesai. Terima kasih.\n\n"
            "Tidak ada lagi yang perlu Anda lakukan. Surat yang terbit tetap dapat diunduh lewat tautan di bawah."
        ),
    ),
    (
        "request_rejected",
        gettext_lazy("Permohonan tidak dapat dikabulkan"),
        gettext_lazy("Keputusan atas permohonan %(number)s"),
        gettext_lazy(
            "Permohonan Anda %(number)s (%(service)s) tidak dapat dikabulkan.\n\n"
            "Baca alasannya lewat tautan di bawah. Bila tidak sependapat, Anda dapat mengajukan keberatan secara "
            "tertulis kepada Kepala Dinas sampai %(until)s. Setelah persyaratan dipenuhi, Anda boleh mengajukan lagi."
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
            "Kirimkan tautannya lewat WhatsApp dari halaman permohonan ini dalam %(time)s."
        ),
    ),
    (
        "step_offered",
        gettext_lazy("Langkah menunggu petugas"),
        gettext_lazy("Pekerjaan baru: %(number)s"),
        gettext_lazy("Langkah berikutnya dari permohonan %(number)s (%(service)s) menunggu Anda."),
    ),
    (
        "step_reminder",
        gettext_lazy("Pengingat langkah dari rekan"),
        gettext_lazy("Mohon dilanjutkan: %(number)s"),
        gettext_lazy(
            "Seorang rekan mengingatkan langkah yang sedang berjalan pada permohonan %(number)s (%(service)s). "
            "Mohon dilanjutkan, atau alihkan kepada rekan bila berhalangan."
        ),
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
        "step_given_away",
        gettext_lazy("Langkah dialihkan kepada rekan"),
        gettext_lazy("Langkah permohonan %(number)s dialihkan"),
        gettext_lazy(
            "Langkah Anda pada permohonan %(number)s (%(service)s) dialihkan kepada rekan. "
            "Anda tidak perlu melanjutkannya."
        ),
    ),
    (
        "request_withdrawn",
        gettext_lazy("Permohonan ditarik"),
        gettext_lazy("Permohonan %(number)s ditarik"),
        gettext_lazy(
            "Permohonan %(number)s (%(service)s) ditarik pemohon. Langkah Anda berhenti. "
            "Tidak ada lagi yang perlu Anda kerjakan."
        ),
    ),
    (
        "applicant_answered",
        gettext_lazy("Pemohon sudah menjawab"),
        gettext_lazy("Pemohon melengkapi permohonan %(number)s"),
        gettext_lazy("Pemohon sudah menjawab permintaan pada permohonan %(number)s (%(service)s)."),
    ),
    (
        "mentioned",
        gettext_lazy("Petugas disebut dalam catatan"),
        gettext_lazy("Anda disebut dalam catatan permohonan %(number)s"),
        gettext_lazy("Seorang rekan menyebut Anda dalam catatan internal permohonan %(number)s (%(service)s)."),
    ),
)
