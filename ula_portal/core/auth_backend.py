"""Who is logged in: the person and their roles in one question, since every staff page asks for both."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from .models import StaffRole, User
from .permissions import remember_roles


class PortalBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The active person with this id, or None; one query."""
        roles = StaffRole.objects.filter(user=OuterRef("pk")).values(each=JSONObject(role="role", unit="unit_id"))
        user = User.objects.annotate(held_roles=ArraySubquery(roles)).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        remember_roles(user, [(each["role"], each["unit"]) for each in user.held_roles])
        return user
