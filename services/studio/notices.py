"""The notice that a service waits for its publication."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.models import Service, ServiceDraft
from ula_portal.core.models import Notice, User
from ula_portal.core.notices import kinds, outbox
from ula_portal.core.notices.kinds import NoticeText

KIND = "service_asked"


def register_notices() -> None:
    """Register the kind of notice. Called once from ``AppConfig.ready``."""
    kinds.register_kind(KIND, gettext_lazy("Layanan menunggu diterbitkan"), compose_asked)


def tell_asked(service: Service, person: User) -> None:
    """Notify a user who may publish a service that it is ready. The link leads to its page in the studio."""
    outbox.tell(KIND, "service", service.pk, user=person, path=reverse("studio_part", args=[service.code, "terbitkan"]))


def compose_asked(notice: Notice) -> NoticeText | None:
    """The text of a notice; None if the wish has ended since."""
    draft = ServiceDraft.objects.select_related("service", "asked_by").filter(service_id=notice.subject_id).first()
    if draft is None or draft.asked_by is None or notice.user is None or not notice.user.is_active:
        return None
    words = {"name": draft.service.name, "who": draft.asked_by.full_name}
    subject = _("Layanan menunggu diterbitkan: %(name)s") % words
    text = _("%(who)s meminta layanan “%(name)s” diterbitkan. Baca isinya, lalu terbitkan.") % words
    return NoticeText(notice.user.email, subject, f"{text}\n\n{settings.PORTAL_URL}{notice.path}")
