"""Who may note absences and record orders, and who is the secretary: by the positions that somebody holds."""

from datetime import date

from django.db.models import Q, QuerySet

from ula_portal.core import clock
from ula_portal.core.models import Position, Role, User
from ula_portal.core.permissions import AnyUser, acting_heads, has_role, is_staff_member

from .queries import (
    ids_of_main_holders,
    kept_by,
    own_position_ids,
    people_with_tenure_of,
    position_ids_above,
    position_ids_below,
    position_ids_held,
    positions_of,
)


def secretaries() -> QuerySet[User]:
    """Who is the office's secretary today, acting ones included, deputies of an absence not.

    By the position: it heads the office's secretariat and is called *Sekretaris …*; with the role of a section head,
    as every other head of a unit.
    """
    top = Q(unit__parent=None) | Q(unit__parent__parent=None)
    positions = Position.objects.filter(top, heads_unit=True, name__istartswith="sekretaris")
    heading = Q(staff_roles__role=Role.SECTION_HEAD) | Q(pk__in=acting_heads(clock.today()).values("user_id"))
    return people_with_tenure_of(positions.values("pk")).filter(heading).distinct()


def is_secretary(user: User) -> bool:
    """Whether somebody is one of ``secretaries``; by the positions that are known of a request, so rarely a query."""
    if not has_role(user, Role.SECTION_HEAD):
        return False
    named = any(each.heads_unit and each.name.lower().startswith("sekretaris") for each in positions_of(user))
    return named and secretaries().filter(pk=user.pk).exists()


def position_ids_of(user: User, day: date | None = None) -> set[int]:
    """Ids of the positions whose steps the person may work today: held, acting, or as deputy of somebody absent."""
    day = day or clock.today()
    known = getattr(user, "_portal_positions", None)
    if known is not None and known[0] == day:
        return {position.pk for position in known[1]}
    return position_ids_held(user, day)


def notes_absences_of_all(user: AnyUser) -> bool:
    """Whether a person notes anybody's absence: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_note_absence(user: User, person: User) -> bool:
    """Noting that somebody is away: themselves, their superiors, their position's secretariat, administrators.

    Superiors up the whole way (``Position.superior``), by posts of their own, not as somebody's deputy.
    """
    if user.pk == person.pk:
        return is_staff_member(user)
    if not user.is_active:
        return False
    return notes_absences_of_all(user) or person.pk in _ids_answered_for(user)


def people_answered_for(user: User) -> list[User]:
    """People below somebody or whose secretariat they are, by name: whose absence they may note. Five queries."""
    return list(User.objects.filter(pk__in=_ids_answered_for(user), is_active=True).order_by("full_name", "pk"))


def _ids_answered_for(user: User) -> set[int]:
    own = own_position_ids(user)
    if not own:
        return set()
    below = position_ids_below(own)
    found = ids_of_main_holders(below | kept_by(own)) - ids_of_main_holders(position_ids_above(*own))
    # Whose secretariat somebody is, stands above them, and their absence is noted all the same.
    return (found | ids_of_main_holders(kept_by(own))) - {user.pk}


def may_record_acting(user: User, position: Position | None = None) -> bool:
    """Recording that somebody acts by an order (Plh., Plt.): administrators, and the position's secretariat.

    None: for any position at all. The secretariat by posts of its own, not as somebody's deputy.
    """
    if has_role(user, Role.ADMINISTRATOR):
        return True
    kept = kept_by(own_position_ids(user))
    return position.pk in kept if position else bool(kept)
