"""The notices to both addresses of an account when an administrator changes its address."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.models import EmailChange, Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText


def register_notices() -> None:
    """Register the kinds of notices. Called once from ``AppConfig.ready``."""
    kinds.register_kind("email_left", gettext_lazy("Alamat surel diganti (kepada alamat lama)"), _compose_left)
    kinds.register_kind("email_taken", gettext_lazy("Alamat surel diganti (kepada alamat baru)"), _compose_taken)


def _compose_left(notice: Notice) -> NoticeText | None:
    """Does not name the new address, since the old one may belong to somebody else by now."""
    return _message(
        notice,
        "old_email",
        _(
            "Administrator portal mengganti alamat surel akun petugas Anda pada %(at)s.\n\n"
            "Alamat ini tidak dapat lagi dipakai untuk masuk atau membuat kata sandi baru.\n\n"
            "Anda tidak meminta perubahan ini? Segera hubungi administrator portal."
        ),
    )


def _compose_taken(notice: Notice) -> NoticeText | None:
    return _message(
        notice,
        "new_email",
        _(
            "Administrator portal mengganti alamat surel akun petugas Anda pada %(at)s.\n\n"
            "Mulai sekarang masuklah dengan alamat ini. Kata sandi Anda tetap sama:\n%(url)s\n\n"
            "Anda tidak meminta perubahan ini? Segera hubungi administrator portal."
        ),
    )


def _message(notice: Notice, to: str, text: str) -> NoticeText | None:
    change = EmailChange.objects.filter(pk=notice.subject_id).first()
    if change is None:
        return None
    at = _("%(day)s pukul %(time)s WIB") % {
        "day": date_format(clock.local(change.at), "l, j F Y"),
        "time": date_format(clock.local(change.at), "H.i"),
    }
    url = settings.PORTAL_URL + reverse("account_login")
    return NoticeText(getattr(change, to), _("Alamat surel akun Anda diganti"), text % {"at": at, "url": url})
