"""What somebody routed a moment ago and may still take back."""

from services.engine.queries.undoing import UNDO
from services.models import Routing
from ula_portal.core import clock
from ula_portal.core.models import User

__all__ = ["UNDO", "undoable_by"]


def undoable_by(user: User) -> list[Routing]:
    """Routings of a person's last minute that stand, newest first, with request and official. One query.

    Whether the official has acted meanwhile is judged by the verb.
    """
    since = clock.now() - UNDO
    found = Routing.objects.filter(by=user, at__gt=since, undone_at__isnull=True)
    return list(found.select_related("request__service", "to_user").order_by("-at", "-pk")[:100])
