"""Who may do what: predicates over roles, units and positions. Rights come from roles, never from a superuser flag."""

import fnmatch

from django.db.models import Q, QuerySet

from . import clock
from .models import Position, Role, StaffRole, Unit, User

# Model permissions in the admin panel per role, as patterns of "app.verb_model"; apps add theirs with ``grant``.
_admin_rights: dict[str, set[str]] = {}


def grant(role: str, *patterns: str) -> None:
    """Open model permissions of the admin panel to a role (shell patterns, e.g. ``sop.view_*``)."""
    _admin_rights.setdefault(role, set()).update(patterns)


def roles_of(user) -> frozenset:
    """Pairs (role, unit id or None) of an active person; one query per request, remembered on the object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    if not hasattr(user, "_portal_roles"):
        remember_roles(user, StaffRole.objects.filter(user=user).values_list("role", "unit_id"))
    return user._portal_roles


def remember_roles(user, roles) -> None:
    """Let ``roles_of`` answer with these pairs (role, unit id or None), just read, for the life of the object."""
    user._portal_roles = frozenset(roles)


def has_role(user, *roles: str) -> bool:
    """Whether the person has one of the roles, in whatever unit."""
    return any(role in roles for role, _unit in roles_of(user))


def is_staff_member(user) -> bool:
    return bool(roles_of(user))


def may_enter_admin(user) -> bool:
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD, Role.HEAD)


def has_model_permission(user, permission: str) -> bool:
    return any(
        fnmatch.fnmatchcase(permission, pattern)
        for role, _unit in roles_of(user)
        for pattern in _admin_rights.get(role, ())
    )


def has_module_permission(user, app_label: str) -> bool:
    return any(
        fnmatch.fnmatchcase(app_label, pattern.split(".")[0])
        for role, _unit in roles_of(user)
        for pattern in _admin_rights.get(role, ())
    )


def unit_ids_led_by(user) -> set[int]:
    """Ids of the units that a section head leads, sub-units included; empty for others."""
    return _unit_ids(user, Role.SECTION_HEAD)


def unit_ids_drafted_by(user) -> set[int]:
    """Ids of the units whose SOPs a drafter writes, sub-units included; empty for others."""
    return _unit_ids(user, Role.DRAFTER)


def _unit_ids(user, wanted):
    """Two queries per request and role, remembered on the object as long as its roles are."""
    roles = roles_of(user)
    own = {unit for role, unit in roles if role == wanted and unit}
    if not own:
        return set()
    known = user.__dict__.setdefault("_portal_units", {})
    if wanted not in known or known[wanted][0] is not roles:
        known[wanted] = (roles, unit_ids_below(own))
    return set(known[wanted][1])


def unit_ids_below(unit_ids) -> set[int]:
    """The given units and all below them."""
    found = set(unit_ids)
    children = {}
    for pk, parent in Unit.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def section_heads_by_unit() -> dict[int, set[int]]:
    """By unit id: ids of the active section heads who lead it or a unit above it. Two queries."""
    own = {}
    rows = StaffRole.objects.filter(role=Role.SECTION_HEAD, user__is_active=True, unit__isnull=False)
    for unit_id, user_id in rows.values_list("unit_id", "user_id"):
        own.setdefault(unit_id, set()).add(user_id)
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found = {}
    for pk in parents:
        found[pk], above, seen = set(), pk, set()
        while above is not None and above not in seen:
            seen.add(above)
            found[pk] |= own.get(above, set())
            above = parents.get(above)
    return found


def secretaries() -> QuerySet[User]:
    """Who is the office's secretary today, acting ones included, deputies of an absence not.

    By the position: it heads the office's secretariat and is called *Sekretaris …*; with the role of a section head,
    as every other head of a unit.
    """
    from .queries import people_with_tenure_of

    top = Q(unit__parent=None) | Q(unit__parent__parent=None)
    positions = Position.objects.filter(top, heads_unit=True, name__istartswith="sekretaris")
    return people_with_tenure_of(positions.values("pk")).filter(staff_roles__role=Role.SECTION_HEAD).distinct()


def is_secretary(user) -> bool:
    """Whether somebody is one of ``secretaries``; by the positions that are known of a request, so rarely a query."""
    from .queries import positions_of

    if not has_role(user, Role.SECTION_HEAD):
        return False
    named = any(each.heads_unit and each.name.lower().startswith("sekretaris") for each in positions_of(user))
    return named and secretaries().filter(pk=user.pk).exists()


def position_ids_of(user, day=None) -> set[int]:
    """Ids of the positions whose steps the person may work today: held, acting, or as deputy of somebody absent."""
    from .queries import position_ids_held

    day = day or clock.today()
    known = getattr(user, "_portal_positions", None)
    if known is not None and known[0] == day:
        return {position.pk for position in known[1]}
    return position_ids_held(user, day)


def notes_absences_of_all(user) -> bool:
    """Whether a person notes anybody's absence: administrators and the head of office."""
    return has_role(user, Role.ADMINISTRATOR, Role.HEAD)


def may_note_absence(user, person) -> bool:
    """Noting that somebody is away: everybody for themselves, section heads for people of their units."""
    if user.pk == person.pk:
        return is_staff_member(user)
    if notes_absences_of_all(user):
        return True
    from .queries import unit_ids_of_own_positions

    led = unit_ids_led_by(user)
    return bool(led and led & unit_ids_of_own_positions(person))


grant(Role.ADMINISTRATOR, "core.*")
