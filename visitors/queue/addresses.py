"""Live addresses at which open pages listen to the queue; ``visitors.streams`` answers there."""

from django.core import signing

from ula_portal.core.live.channels import stream_address

_SALT = "visitors.live.staff"
# Every load of a staff page contains a new token; the stream checks it when it is opened.
TOKEN_SECONDS = 2 * 3600
DISPLAY, TICKET, STAFF = "display", "ticket", "staff"


def display_address(location_code: str) -> str:
    """Where the display of a location listens."""
    return stream_address(DISPLAY, location_code)


def ticket_address(token: str, language: str) -> str:
    """Where the page of a ticket listens; ``token``: the secret of that page."""
    return f"{stream_address(TICKET, token)}?lang={language}"


def staff_address(location_id: int) -> str:
    """Where a staff page listens, for two hours. The stream says only that a queue has changed."""
    return stream_address(STAFF, signing.dumps(location_id, salt=_SALT))


def location_of(token: str) -> int | None:
    """The location of a staff address's token; None for a forged or expired one."""
    try:
        found = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
