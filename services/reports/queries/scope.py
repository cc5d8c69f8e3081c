"""Whose figures a person may see."""

from dataclasses import dataclass

from django.db.models import Q

from services.models.inbox import at_units
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role, unit_ids_led_by


@dataclass(frozen=True)
class ReportScope:
    """Units whose figures somebody may see. ``unit_ids`` is None for the whole office."""

    unit_ids: frozenset[int] | None

    def over_open(self) -> Q:
        """Condition on InboxEntry: cases of the units' services, and those at their positions or pools."""
        return Q() if self.unit_ids is None else at_units(self.unit_ids)

    def over_requests(self) -> Q:
        """Condition on Request: cases of the units' services."""
        return Q() if self.unit_ids is None else Q(entry__unit_id__in=self.unit_ids)


def report_scope_of(user: User) -> ReportScope | None:
    """The scope of a person: everything for head of office and administrators, their units for section heads.

    None for everybody else.
    """
    if has_role(user, Role.HEAD, Role.ADMINISTRATOR):
        return ReportScope(None)
    units = unit_ids_led_by(user)
    return ReportScope(frozenset(units)) if units else None
