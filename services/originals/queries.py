"""The list of all originals the office holds, for staff who return them."""

from services import permissions
from services.models import Document
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import User

SHOWN = 30


def all_held(user: User, cursor: str | None = None) -> Page[Document]:
    """Return a page of the originals the office holds, longest held first, including those of closed cases.

    The desk sees all of them; others see those of units they lead or whose pool they belong to. Runs one query.
    """
    held = Document.objects.filter(original="kept", returned_at__isnull=True, removed_at__isnull=True)
    standing = permissions.standing_of(user)
    if not standing.at_desk:
        units = standing.unit_ids | standing.led_unit_ids
        held = held.filter(request__entry__unit_id__in=units)
    held = held.select_related("request__service", "requirement", "file")
    return paginate(held, [("kept_at", False), ("id", False)], cursor, SHOWN)
