"""Loads the logged-in user and their roles in one query, since every staff page needs both."""

import datetime
import functools
import json
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef
from django.db.models.functions import JSONObject

from ula_portal.core import clock
from ula_portal.core.models import StaffRole, User
from ula_portal.core.permissions import (
    AnyUser,
    acting_heads,
    cache_roles,
    has_model_permission,
    has_module_permission,
    may_enter_admin,
)

# Placeholders for the user and the day in the prepared query.
SOMEBODY, SOME_DAY = -1, datetime.date(1, 1, 1)


class PortalBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """The active user with this id, or None. One query."""
        sql, params = _user_query()
        values: dict[object, object] = {SOMEBODY: user_id, SOME_DAY: clock.today()}
        user = next(iter(User.objects.raw(sql, [values.get(param, param) for param in params])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        roles = [json.loads(text) for text in (*vars(user)["held_roles"], *vars(user)["acting_roles"])]
        cache_roles(user, [(role["role"], role["unit"]) for role in roles])
        return user

    def has_perm(self, user: AnyUser, perm: str, obj: Model | None = None) -> bool:
        """Whether one of the user's roles gives the permission (``app.verb_model``). False for inactive users."""
        return may_enter_admin(user) if perm == User.ENTER_PANEL else has_model_permission(user, perm)

    def has_module_perms(self, user: AnyUser, app_label: str) -> bool:
        return has_module_permission(user, app_label)


@functools.cache
def _user_query() -> tuple[str, tuple[Any, ...]]:
    """The SQL that loads a user with their roles, and its parameters, which contain the placeholders.

    Built only once, since building it takes seven times as long as running it, and every staff page runs it.
    """
    roles = StaffRole.objects.filter(user=OuterRef("pk")).values(each=JSONObject(role="role", unit="unit_id"))
    acting_role = JSONObject(role="acting_role", unit="position__unit_id")
    acting = acting_heads(SOME_DAY).filter(user=OuterRef("pk")).values(each=acting_role)
    people = User.objects.annotate(held_roles=ArraySubquery(roles), acting_roles=ArraySubquery(acting))
    return people.filter(pk=SOMEBODY).query.sql_with_params()
