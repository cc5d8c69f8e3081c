"""Who is logged in: the person and their roles in one question, since every staff page asks for both."""

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
    has_model_permission,
    has_module_permission,
    may_enter_admin,
    remember_roles,
)

# They stand in the question for the person and the day.
SOMEBODY, SOME_DAY = -1, datetime.date(1, 1, 1)


class PortalBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """The active person with this id, or None; one query."""
        sql, stands_for = _question()
        meant: dict[object, object] = {SOMEBODY: user_id, SOME_DAY: clock.today()}
        user = next(iter(User.objects.raw(sql, [meant.get(each, each) for each in stands_for])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        found = [json.loads(each) for each in (*vars(user)["held_roles"], *vars(user)["acting_roles"])]
        remember_roles(user, [(each["role"], each["unit"]) for each in found])
        return user

    def has_perm(self, user: AnyUser, perm: str, obj: Model | None = None) -> bool:
        """Whether a role of the person gives the permission (``app.verb_model``); of an inactive one none does."""
        return may_enter_admin(user) if perm == User.ENTER_PANEL else has_model_permission(user, perm)

    def has_module_perms(self, user: AnyUser, app_label: str) -> bool:
        return has_module_permission(user, app_label)


@functools.cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """SQL and its parameters, some of which stand for what is meant.

    Put together once: that takes seven times as long as asking it, and each page of staff asks it.
    """
    roles = StaffRole.objects.filter(user=OuterRef("pk")).values(each=JSONObject(role="role", unit="unit_id"))
    each = JSONObject(role="acting_role", unit="position__unit_id")
    acting = acting_heads(SOME_DAY).filter(user=OuterRef("pk")).values(each=each)
    people = User.objects.annotate(held_roles=ArraySubquery(roles), acting_roles=ArraySubquery(acting))
    return people.filter(pk=SOMEBODY).query.sql_with_params()
