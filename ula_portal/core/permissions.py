"""Permissions: predicates over roles, units and positions. There is no superuser flag.

The acting head of a unit (Plh., Plt.) has the head's role during that time; the deputy of an absence does not.
"""

import fnmatch
from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, QuerySet, Value, When
from django_stubs_ext import WithAnnotations

from . import clock
from .models import Role, StaffRole, Tenure, Unit, User

# The user of a request, logged in or not.
AnyUser = User | AnonymousUser


class ActingRole(TypedDict):
    acting_role: str


# Pairs (role, unit id or None).
Roles = frozenset[tuple[str, int | None]]

# Model permissions of the admin panel per role, as patterns of "app.verb_model"; apps add theirs with ``grant``.
_admin_rights: dict[str, set[str]] = {}


def grant(role: str, *patterns: str) -> None:
    """Give a role model permissions in the admin panel, as shell patterns such as ``sop.view_*``."""
    _admin_rights.setdefault(role, set()).update(patterns)


def roles_of(user: AnyUser) -> Roles:
    """The roles of an active user as pairs (role, unit id or None). One query per request, cached on the object."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    if not hasattr(user, "_portal_roles"):
        given = StaffRole.objects.filter(user=user).values_list("role", "unit_id")
        acting = acting_heads(clock.today()).filter(user=user).values_list("acting_role", "position__unit_id")
        cache_roles(user, given.union(acting, all=True))
    return user._portal_roles


def acting_heads(day: date) -> "QuerySet[WithAnnotations[Tenure, ActingRole]]":
    """Acting tenures, on a day, of positions that head a unit; annotated with the ``acting_role`` they give."""
    top = When(position__unit__parent__isnull=True, then=Value(str(Role.HEAD)))
    role = Case(top, default=Value(str(Role.SECTION_HEAD)), output_field=CharField())
    heading = Tenure.objects.exclude(kind=Tenure.Kind.DEFINITIVE).filter(position__heads_unit=True)
    return heading.filter(from_date__lte=day, to_date__gte=day).annotate(acting_role=role)


def cache_roles(user: User, roles: Iterable[tuple[str, int | None]]) -> None:
    """Cache pairs (role, unit id or None) on the object, for ``roles_of``."""
    user._portal_roles = frozenset(roles)


def clear_cached_roles(user: User) -> None:
    """Let ``roles_of`` read the roles again."""
    user.__dict__.pop("_portal_roles", None)


def has_role(user: AnyUser, *roles: str) -> bool:
    """Whether the user has one of the roles in any unit."""
    return any(role in roles for role, _unit in roles_of(user))


def is_staff_member(user: AnyUser) -> bool:
    return bool(roles_of(user))


def may_enter_admin(user: AnyUser) -> bool:
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD, Role.HEAD)


def has_model_permission(user: AnyUser, permission: str) -> bool:
    return any(
        fnmatch.fnmatchcase(permission, pattern)
        for role, _unit in roles_of(user)
        for pattern in _admin_rights.get(role, ())
    )


def has_module_permission(user: AnyUser, app_label: str) -> bool:
    return any(
        fnmatch.fnmatchcase(app_label, pattern.split(".")[0])
        for role, _unit in roles_of(user)
        for pattern in _admin_rights.get(role, ())
    )


def unit_ids_led_by(user: AnyUser) -> set[int]:
    """Ids of the units that a section head leads, sub-units included; empty for others."""
    return _unit_ids(user, Role.SECTION_HEAD)


def unit_ids_drafted_by(user: AnyUser) -> set[int]:
    """Ids of the units whose SOPs a drafter writes, sub-units included; empty for others."""
    return _unit_ids(user, Role.DRAFTER)


def _unit_ids(user: AnyUser, wanted: str) -> set[int]:
    """The user's units with a role, and their sub-units. Two queries per request and role, cached with the roles."""
    roles = roles_of(user)
    own = {unit for role, unit in roles if role == wanted and unit}
    if not own or not isinstance(user, User):
        return set()
    known = user.__dict__.setdefault("_portal_units", {})
    if wanted not in known or known[wanted][0] is not roles:
        known[wanted] = (roles, unit_ids_below(own))
    return set(known[wanted][1])


def unit_ids_below(unit_ids: Iterable[int]) -> set[int]:
    """Ids of the given units and of all units below them."""
    found = set(unit_ids)
    children: dict[int | None, list[int]] = {}
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
    """Ids of the active section heads (also acting ones) who lead a unit or one above it, by unit id. Two queries."""
    own: dict[int, set[int]] = {}
    given = StaffRole.objects.filter(role=Role.SECTION_HEAD, user__is_active=True, unit__isnull=False)
    acting = acting_heads(clock.today()).filter(acting_role=Role.SECTION_HEAD, user__is_active=True)
    rows = given.values_list("unit_id", "user_id").union(acting.values_list("position__unit_id", "user_id"))
    for unit_id, user_id in rows:
        own.setdefault(unit_id, set()).add(user_id)
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found: dict[int, set[int]] = {}
    for pk in parents:
        above: int | None = pk
        found[pk], seen = set(), set[int]()
        while above is not None and above not in seen:
            seen.add(above)
            found[pk] |= own.get(above, set())
            above = parents.get(above)
    return found


grant(Role.ADMINISTRATOR, "core.*")
