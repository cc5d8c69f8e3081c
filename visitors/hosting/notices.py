"""The notice to an official whose visitor has come; the visitor's name is read only when the worker sends it."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText
from visitors.models import HostCall

from .actions.hosts import NOTICE


def register_notices() -> None:
    """Register the kind of notice; called once from ``AppConfig.ready``."""
    kinds.register_kind(NOTICE, gettext_lazy("Tamu datang (kepada pejabat yang dituju)"), _compose)


def _compose(notice: Notice) -> NoticeText | None:
    calls = HostCall.objects.select_related("visit__visitor", "visit__location")
    call = calls.filter(visit=int(notice.subject_id)).first()
    # A late notice must not call an official to a guest who has left or has been answered.
    if call is None or notice.user is None or call.visit.left_at is not None:
        return None
    if call.answer and call.delegate_id != notice.user_id:
        return None
    words = {
        "who": call.visit.visitor.name,
        "place": call.visit.location.name,
        "url": f"{settings.PORTAL_URL}{notice.path}",
    }
    subject = _("Tamu menunggu Anda di %(place)s") % words
    body = (
        _(
            "%(who)s menunggu Anda di %(place)s.\n\nJawab “Silakan masuk”, “Mohon tunggu 5 menit”, atau “Wakilkan "
            "tamu”:\n%(url)s"
        )
        % words
    )
    return NoticeText(notice.user.email, subject, body)
