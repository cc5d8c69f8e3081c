"""Whether the portal sends mail (``EMAIL_URL``), for pages and verbs that would otherwise promise one."""

from django.conf import settings


def is_sent() -> bool:
    sends: bool = settings.SENDS_MAIL
    return sends


def deliverable(address: str) -> str:
    """The address if the portal sends mail, else ""."""
    return address if settings.SENDS_MAIL else ""
