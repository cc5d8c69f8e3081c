"""Who receives visitors and who calls them."""

from django.db.models import QuerySet

from ula_portal.core.models import Role, User
from ula_portal.core.office.permissions import position_ids_of
from ula_portal.core.office.queries import positions_of
from ula_portal.core.permissions import grant, has_role

from .models import Counter

DESK_ROLES = (Role.FRONT_DESK, Role.COUNTER)

grant(
    Role.ADMINISTRATOR,
    "visitors.*_counter",
    "visitors.*_queuerule",
    "visitors.*_slotplan",
    "visitors.view_booking",
    "visitors.*_ticketprinter",
    "visitors.*_screenrule",
    "visitors.*_screennotice",
    "visitors.view_closure",
    "visitors.view_slot",
    "visitors.view_visit",
    "core.*_location",
)


def may_check_in(user: User) -> bool:
    """Front desk and counters: they check visitors in, see who is in the building, issue and reprint tickets."""
    return has_role(user, *DESK_ROLES)


def may_close(user: User) -> bool:
    """Front desk, counters and administrators: they may stop service immediately and reopen it."""
    return has_role(user, *DESK_ROLES, Role.ADMINISTRATOR)


def may_see_bookings(user: User) -> bool:
    """Front desk, counters, and administrators, who also answer the telephone: they see who is expected, by name."""
    return has_role(user, *DESK_ROLES, Role.ADMINISTRATOR)


def may_change_bookings(user: User) -> bool:
    """Whoever sees bookings may move or cancel one for somebody who calls."""
    return may_see_bookings(user)


def room_ids_of(user: User) -> frozenset[int]:
    """Active rooms of the positions that the user holds today, deputising included; cached on the user object."""
    known: frozenset[int] | None = getattr(user, "_portal_rooms", None)
    if known is None:
        known = frozenset(rooms_of(user).values_list("pk", flat=True))
        user._portal_rooms = known  # type: ignore[attr-defined]  # A cache that the core's model does not declare.
    return known


def rooms_of(user: User) -> QuerySet[Counter]:
    """The same rooms as a queryset, for use within other queries."""
    positions = position_ids_of(user) if has_role(user, *Role) else set()
    return Counter.objects.filter(active=True, position_id__in=positions) if positions else Counter.objects.none()


def may_call(user: User) -> bool:
    """Whether the user may open a session somewhere: desk roles, and holders of a position with a room."""
    return has_role(user, *DESK_ROLES) or bool(room_ids_of(user))


def rooms_to_call_to(user: User) -> bool | QuerySet[Counter]:
    """``may_call`` for the staff rail: True, or a queryset of the rooms of which one must exist."""
    return has_role(user, *DESK_ROLES) or rooms_of(user)


def may_host(user: User) -> bool:
    """Whether the user holds a position today, so that visitors may have come for them."""
    return has_role(user, *Role) and bool(positions_of(user))


def may_work_at(user: User, counter: Counter) -> bool:
    """Desk roles and the holder of its position may work at a counter; in an official's room only its holders may."""
    if counter.kind == Counter.Kind.COUNTER and has_role(user, *DESK_ROLES):
        return True
    return counter.pk in room_ids_of(user)
