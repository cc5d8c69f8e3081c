"""What waits for a user, and what happens today."""

from typing import Any

from django.db.models import QuerySet

from services.catalogue.queries.catalogue import published_services
from services.conversation.queries.colleagues import unread_mentions
from services.inbox.queries.filters import InboxFilter
from services.inbox.queries.inbox import ALL, entries_in
from services.models import Service
from services.permissions import may_route_somewhere
from services.routing.queries.routing import waiting_to_route
from sop.approval.queries.deciding import waiting_for
from sop.drafting.queries.editing import drafts_for
from sop.permissions import may_start
from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.models import Position, Role
from ula_portal.core.office.absences import absences_today
from ula_portal.core.office.queries import is_held
from ula_portal.core.permissions import has_role
from ula_portal.core.web.navigation import MOST_COUNTED
from visitors import permissions as visiting
from visitors.counter.queries import waiting_for_rooms
from visitors.hosting.queries.guests import guests_of
from visitors.hosting.queries.presence import visits_today
from visitors.places.queries.service_points import open_counters
from visitors.queue.queries.ports import queue_now

from .rights import HomeRights

Rows = dict[str, QuerySet[Any, Any]]


def counts_for(rights: HomeRights) -> dict[str, int]:
    """Counts by name, only of what the user may see. Two queries, besides those of the permissions."""
    found = _waiting(rights) | _of_the_day(rights)
    counts = count_in_one_query({name: (rows, MOST_COUNTED + 1) for name, rows in found.items()})
    if "queue" in rights.cards and not rights.at_desk:
        counts["queue"] = queue_now()["waiting"]
    return counts


def _waiting(rights: HomeRights) -> Rows:
    user, scope = rights.user, rights.scope
    late = InboxFilter(due="late").condition(scope.at)
    found: Rows = {"mine": entries_in(scope, "mine"), "late": entries_in(scope, "mine", late)}
    found["mentions"] = unread_mentions(user)
    if scope.kept_position_ids:
        found["paper"] = entries_in(scope, "paper")
    if visiting.room_ids_of(user):
        found["room"] = waiting_for_rooms(user)
    if may_route_somewhere(user):
        found["to_route"] = waiting_to_route(user)
    if may_start(user):
        found["sops"] = waiting_for(user)
    if has_role(user, Role.DRAFTER):
        found["drafts"] = drafts_for(user)
    if rights.administers:
        found["hidden"] = Service.objects.exclude(pk__in=published_services().order_by().values("pk"))
        found["vacant"] = Position.objects.filter(~is_held(rights.today))
    return found


def _of_the_day(rights: HomeRights) -> Rows:
    scope = rights.scope
    possible = {
        "today": lambda: entries_in(scope, "mine", InboxFilter(due="today").condition(scope.at)),
        "returned": lambda: entries_in(scope, "mine", InboxFilter(returned="yes").condition(scope.at)),
        "pool": lambda: entries_in(scope, "pool", ALL),
        "visits": visits_today,
        "counters": open_counters,
        "received": lambda: guests_of(rights.user),
        "away": lambda: absences_today(rights.away_unit_ids),
    }
    return {name: possible[name]() for name in rights.cards if name in possible}
