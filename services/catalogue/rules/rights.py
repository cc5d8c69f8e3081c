"""Who may prepare services. Publishing them is ``services.permissions.may_publish_services``."""

from services.permissions import standing_of
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role


def may_edit_services(user: User) -> bool:
    """Whether the user may open the pages on which services are prepared; ``may_edit_service`` decides about each."""
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD)


def edits_all_services(user: User) -> bool:
    """Whether the user may prepare the services of every unit, and those without one: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_edit_service(user: User, unit_id: int | None) -> bool:
    """Whether the user may prepare services of a unit: administrators everywhere, section heads in it and below."""
    return edits_all_services(user) or unit_id in standing_of(user).led_unit_ids
