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
    """Front desk and counters: check visitors in, see who is inside, issue and reprint tickets."""
    return has_role(user, *DESK_ROLES)


def may_close(user: User) -> bool:
    """Stop service at once and go on: who stands in front of the visitors, and administrators."""
    return has_role(user, *DESK_ROLES, Role.ADMINISTRATOR)


def may_see_bookings(user: User) -> bool:
    """Who is expected, by name: the desk, and administrators who answer the telephone."""
    return has_role(user, *DESK_ROLES, Role.ADMINISTRATOR)


def may_change_bookings(user: User) -> bool:
    """Move or cancel an appointment for somebody who calls: whoever sees who is expected."""
    return may_see_bookings(user)


def room_ids_of(user: User) -> frozenset[int]:
    """Rooms in use of the positions somebody holds today (their own, acting, or as deputy); kept on the object."""
    known: frozenset[int] | None = getattr(user, "_portal_rooms", None)
    if known is None:
        known = frozenset(rooms_of(user).values_list("pk", flat=True))
        user._portal_rooms = known  # type: ignore[attr-defined]  # The core's model knows of no rooms.
    return known


def rooms_of(user: User) -> QuerySet[Counter]:
    """The same as a question to put into another one."""
    positions = position_ids_of(user) if has_role(user, *Role) else set()
    return Counter.objects.filter(active=True, position_id__in=positions) if positions else Counter.objects.none()


def may_call(user: User) -> bool:
    """Whoever may open a session somewhere: desk roles, and holders of a position that has a room."""
    return has_role(user, *DESK_ROLES) or bool(room_ids_of(user))


def rooms_to_call_to(user: User) -> bool | QuerySet[Counter]:
    """``may_call`` for the staff rail: whether, or the rooms of which there must be one."""
    return has_role(user, *DESK_ROLES) or rooms_of(user)


def may_host(user: User) -> bool:
    """Whoever holds a position today: visitors may have come for them."""
    return has_role(user, *Role) and bool(positions_of(user))


def may_work_at(user: User, counter: Counter) -> bool:
    """A counter: desk roles, or the holder of its position. An official's room: only its position's holders."""
    if counter.kind == Counter.Kind.COUNTER and has_role(user, *DESK_ROLES):
        return True
    return counter.pk in room_ids_of(user)
