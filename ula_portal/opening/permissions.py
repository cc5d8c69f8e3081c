"""Who may set up the office."""

from ula_portal.core.models import Role
from ula_portal.core.permissions import AnyUser, has_role


def may_set_up(user: AnyUser) -> bool:
    """Administrators."""
    return has_role(user, Role.ADMINISTRATOR)
