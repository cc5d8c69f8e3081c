"""The mail that invites a member of staff to set a first password."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.models import Invitation, Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText

from .invitations import is_open, secrets_of


def register_notices() -> None:
    """Register the kind of notice. Called once from ``AppConfig.ready``."""
    kinds.register_kind("staff_invited", gettext_lazy("Undangan kepada petugas"), _compose)


def link_of(invitation: Invitation) -> str:
    """The address with which the invited person sets a password."""
    token = secrets_of(invitation.nonce, invitation.user).token
    return settings.PORTAL_URL + reverse("invitation", args=[token])


def _compose(notice: Notice) -> NoticeText | None:
    invitation = Invitation.objects.select_related("user").filter(pk=notice.subject_id).first()
    if invitation is None or not is_open(invitation):
        return None
    text = _(
        "Administrator membuat akun Portal ULA untuk Anda.\n\n"
        "Buka alamat ini, lalu buat kata sandi Anda sendiri:\n%(url)s\n\n"
        "Alamat ini berlaku satu kali, sampai %(until)s. Jangan berikan kepada orang lain.\n\n"
        "Setelah itu masuklah dengan surel ini: %(email)s."
    )
    words = {
        "url": link_of(invitation),
        "until": date_format(clock.local(invitation.expires_at), "j F Y"),
        "email": invitation.user.email,
    }
    return NoticeText(invitation.user.email, _("Akun Anda di Portal ULA"), text % words)
