"""Whether the portal sends mail (``EMAIL_URL``), asked by every page and verb that would promise one."""

from django.conf import settings


def is_sent() -> bool:
    sends: bool = settings.SENDS_MAIL
    return sends


def reachable(address: str) -> str:
    """The address, where mail to it would arrive; empty where there is none or the portal sends none."""
    return address if settings.SENDS_MAIL else ""
