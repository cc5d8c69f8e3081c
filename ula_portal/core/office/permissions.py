"""Permissions that depend on positions: recording absences and acting orders, and being the office's secretary."""

from datetime import date

from django.db.models import Q, QuerySet

from ula_portal.core import clock
from ula_portal.core.models import Position, Role, User
from ula_portal.core.permissions import AnyUser, acting_heads, has_role, is_staff_member

from .queries import (
    ids_of_main_holders,
    own_position_ids,
    people_with_tenure_of,
    position_ids_above,
    position_ids_below,
    position_ids_held,
    position_ids_with_secretariat,
    positions_of,
)


def secretaries() -> QuerySet[User]:
    """The users who are the office's secretary today, including acting ones but not deputies of an absence.

    They have the role of a section head and a position that heads the office's secretariat and is called
    *Sekretaris …*.
    """
    top = Q(unit__parent=None) | Q(unit__parent__parent=None)
    positions = Position.objects.filter(top, heads_unit=True, name__istartswith="sekretaris")
    heading = Q(staff_roles__role=Role.SECTION_HEAD) | Q(pk__in=acting_heads(clock.today()).values("user_id"))
    return people_with_tenure_of(positions.values("pk")).filter(heading).distinct()


def is_secretary(user: User) -> bool:
    """Whether the user is one of ``secretaries``. Checks cached positions first, so that it rarely needs a query."""
    if not has_role(user, Role.SECTION_HEAD):
        return False
    named = any(each.heads_unit and each.name.lower().startswith("sekretaris") for each in positions_of(user))
    return named and secretaries().filter(pk=user.pk).exists()


def position_ids_of(user: User, day: date | None = None) -> set[int]:
    """Ids of the positions whose steps a user may work on: as holder, acting holder, or deputy of an absent holder."""
    day = day or clock.today()
    known = getattr(user, "_portal_positions", None)
    if known is not None and known[0] == day:
        return {position.pk for position in known[1]}
    return position_ids_held(user, day)


def notes_absences_of_all(user: AnyUser) -> bool:
    """Whether the user may record anybody's absence: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_note_absence(user: User, person: User) -> bool:
    """Whether a user may record somebody's absence: their own, as a superior, as secretariat, or as administrator.

    Superiors at any height count (``Position.superior``), by their own positions, not as a deputy.
    """
    if user.pk == person.pk:
        return is_staff_member(user)
    if not user.is_active:
        return False
    return notes_absences_of_all(user) or person.pk in _ids_answered_for(user)


def people_answered_for(user: User) -> list[User]:
    """Users whose absence a user may record as superior or secretariat, by name."""
    return list(User.objects.filter(pk__in=_ids_answered_for(user), is_active=True).order_by("full_name", "pk"))


def _ids_answered_for(user: User) -> set[int]:
    own = own_position_ids(user)
    if not own:
        return set()
    below = position_ids_below(own)
    served = position_ids_with_secretariat(own)
    found = ids_of_main_holders(below | served) - ids_of_main_holders(position_ids_above(*own))
    # An official above the user stays included if the user is their secretariat.
    return (found | ids_of_main_holders(served)) - {user.pk}


def may_record_acting(user: User, position: Position | None = None) -> bool:
    """Whether a user may record acting holders (Plh., Plt.): administrators, and the position's secretariat.

    ``position`` None: of any position at all. The secretariat by its own positions, not as a deputy.
    """
    if has_role(user, Role.ADMINISTRATOR):
        return True
    served = position_ids_with_secretariat(own_position_ids(user))
    return position.pk in served if position else bool(served)
