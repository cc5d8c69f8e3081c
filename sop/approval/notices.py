"""Notices about drafts: created by verbs, worded by the worker."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from sop.models import Comment, SopVersion
from ula_portal.core.models import Notice, User
from ula_portal.core.notices import kinds, outbox
from ula_portal.core.notices.kinds import NoticeText

from .queries.corrections import open_corrections
from .queries.review import return_of

KINDS = (
    (
        "sop_proposed",
        _("SOP menunggu verifikasi"),
        _("SOP menunggu verifikasi Anda: %(name)s"),
        _(
            "%(drafter)s mengajukan SOP “%(name)s” (%(number)s, versi %(ordinal)s) untuk diverifikasi. "
            "Baca dan periksa isinya, lalu verifikasi atau kembalikan kepada penyusun."
        ),
    ),
    (
        "sop_returned",
        _("SOP dikembalikan kepada penyusun"),
        _("SOP dikembalikan untuk diperbaiki: %(name)s"),
        _(
            "SOP “%(name)s” (%(number)s, versi %(ordinal)s) dikembalikan kepada Anda. "
            "Perbaiki isinya, lalu ajukan lagi. Tidak ada yang terhapus."
        ),
    ),
    (
        "sop_correction",
        _("Usulan perbaikan SOP"),
        _("Usulan perbaikan SOP menunggu jawaban Anda: %(name)s"),
        _(
            "Ada usulan perbaikan untuk SOP “%(name)s” (%(number)s, versi %(ordinal)s). "
            "Bandingkan dengan isi draf. Pakai usulan itu atau tolak dengan alasan."
        ),
    ),
    (
        "sop_correction_answered",
        _("Usulan perbaikan SOP dijawab"),
        _("Usulan perbaikan Anda dijawab: %(name)s"),
        _("Semua usulan perbaikan untuk SOP “%(name)s” (%(number)s, versi %(ordinal)s) sudah dijawab penyusun."),
    ),
)


def register_notices() -> None:
    """Register the kinds of notices. Called once from ``AppConfig.ready``."""
    for kind, label, subject, body in KINDS:
        kinds.register_kind(kind, label, _composer(subject, body))


def tell_proposed(version: SopVersion, person: User) -> None:
    """Notify a user who may verify a version that it is proposed. The link leads to its page in the panel."""
    path = reverse("admin:sop_sopversion_change", args=[version.pk])
    outbox.tell("sop_proposed", "sop_version", version.pk, user=person, path=path)


def tell_returned(version: SopVersion, person: User) -> None:
    """Notify the drafter that a version was returned. The link leads to the editor."""
    outbox.tell("sop_returned", "sop_version", version.pk, user=person, path=f"/petugas/sop/{version.pk}/")


def tell_correction(version: SopVersion, person: User) -> None:
    """Notify the drafter that corrections are open. The link leads to them in the editor."""
    path = reverse("sop_edit_corrections", args=[version.pk])
    outbox.tell("sop_correction", "sop_version", version.pk, user=person, path=path)


def tell_answered(version: SopVersion, person: User) -> None:
    """Notify a user that all of their corrections are answered. The link leads to them in the panel."""
    path = reverse("admin:sop_version_correct", args=[version.pk])
    outbox.tell("sop_correction_answered", "sop_version", version.pk, user=person, path=path)


def _composer(subject: StrOrPromise, body: StrOrPromise) -> Callable[[Notice], NoticeText | None]:
    def compose(notice: Notice) -> NoticeText | None:
        versions = SopVersion.objects.select_related("sop", "proposed_by")
        version = versions.filter(pk=notice.subject_id).first()
        if version is None or notice.user is None or not notice.user.is_active:
            return None
        if notice.kind == "sop_proposed" and version.proposed_at is None:
            # The version was edited or returned since, so it is no longer proposed.
            return None
        if notice.kind == "sop_correction" and not open_corrections(version):
            return None
        words = {
            "name": version.title,
            "number": version.sop.number,
            "ordinal": version.ordinal,
            "drafter": version.proposed_by.full_name if version.proposed_by else "",
        }
        remark = return_of(version) if notice.kind == "sop_returned" else None
        reason = _reason(remark) if remark else ""
        text = f"{body % words}{reason}\n\n{settings.PORTAL_URL}{notice.path}"
        return NoticeText(notice.user.email, " ".join(str(subject % words).split()), text)

    return compose


def _reason(remark: Comment) -> str:
    return "\n\n" + _("Dikembalikan oleh %(name)s: %(reason)s") % {
        "name": remark.author.full_name,
        "reason": remark.text,
    }
