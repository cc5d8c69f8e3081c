"""Where open pages listen to the queue; what answers there: ``visitors.streams``."""

from django.core import signing

from ula_portal.core.live.channels import address_of

_SALT = "visitors.live.staff"
# A staff page asks for a new token with every load; the stream checks it when it is opened.
TOKEN_SECONDS = 2 * 3600
DISPLAY, TICKET, STAFF = "display", "ticket", "staff"


def display_address(location_code: str) -> str:
    """Where the display of a place listens."""
    return address_of(DISPLAY, location_code)


def ticket_address(token: str, language: str) -> str:
    """Where the page of a ticket listens; ``token``: its secret."""
    return f"{address_of(TICKET, token)}?lang={language}"


def staff_address(location_id: int) -> str:
    """Where a staff page listens, for two hours; who has the address learns that a queue changed, nothing else."""
    return address_of(STAFF, signing.dumps(location_id, salt=_SALT))


def location_of(token: str) -> int | None:
    """The location of a staff address's token; None for a forged or old one."""
    try:
        found = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
