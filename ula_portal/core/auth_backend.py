"""Who is logged in: the person and their roles in one question, since every staff page asks for both."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from . import clock
from .models import StaffRole, User
from .permissions import acting_heads, remember_roles


class PortalBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The active person with this id, or None; one query."""
        roles = StaffRole.objects.filter(user=OuterRef("pk")).values(each=JSONObject(role="role", unit="unit_id"))
        each = JSONObject(role="acting_role", unit="position__unit_id")
        acting = acting_heads(clock.today()).filter(user=OuterRef("pk")).values(each=each)
        people = User.objects.annotate(held_roles=ArraySubquery(roles), acting_roles=ArraySubquery(acting))
        user = people.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        found = (*user.held_roles, *user.acting_roles)
        remember_roles(user, [(each["role"], each["unit"]) for each in found])
        return user
