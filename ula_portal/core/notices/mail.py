"""Whether the portal sends mail (``EMAIL_URL``), so that nothing promises one otherwise; and the frame of each mail."""

from django.conf import settings
from django.utils.translation import gettext as _

from ula_portal.core.models import Office


def is_sent() -> bool:
    sends: bool = settings.SENDS_MAIL
    return sends


def deliverable(address: str) -> str:
    """The address if the portal sends mail, else ""."""
    return address if settings.SENDS_MAIL else ""


def addressed(body: str) -> str:
    """The text of a mail between its salutation and who sends it: the office, and where to call it."""
    office = Office.objects.first()
    sender = [_("Hormat kami,"), str(office) if office else _("Portal ULA")]
    if office and office.phone:
        sender.append(_("Telepon %(phone)s") % {"phone": office.phone})
    return "\n\n".join([_("Yth. Bapak/Ibu,"), body, "\n".join(sender)])
