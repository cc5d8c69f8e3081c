"""Routings that somebody may still undo."""

from services.engine.queries.undoing import UNDO
from services.models import Routing
from ula_portal.core import clock
from ula_portal.core.models import User

__all__ = ["UNDO", "routings_by", "undoable_by"]


def undoable_by(user: User) -> list[Routing]:
    """A person's routings of the last minute that were not undone, newest first, with request and official. One query.

    ``undo_routing`` checks whether the official has acted since.
    """
    since = clock.now() - UNDO
    found = Routing.objects.filter(by=user, at__gt=since, undone_at__isnull=True)
    return list(found.select_related("request__service", "to_user").order_by("-at", "-pk")[:100])


def routings_by(user: User, ids: list[int]) -> dict[int, Routing]:
    """A person's own routings among these ids, by id. One query."""
    return Routing.objects.filter(by=user).in_bulk(ids)
