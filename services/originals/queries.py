"""Every original that the office holds, for whoever gives papers back."""

from services import permissions
from services.models import Document
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import User

SHOWN = 30


def all_held(user: User, cursor: str | None = None) -> Page[Document]:
    """Originals in the office's hands, longest held first, those of closed cases too.

    The desk's are all; others see those of the units whose pool they belong to, or which they lead. One query.
    """
    held = Document.objects.filter(original="kept", returned_at__isnull=True, removed_at__isnull=True)
    standing = permissions.standing_of(user)
    if not standing.at_desk:
        units = standing.unit_ids | standing.led_unit_ids
        held = held.filter(request__entry__unit_id__in=units)
    held = held.select_related("request__service", "requirement", "file")
    return paginate(held, [("kept_at", False), ("id", False)], cursor, SHOWN)
