"""Whose figures a person may see."""

from dataclasses import dataclass

from django.db.models import Q

from services.engine.queries.recording import of_units
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role, unit_ids_led_by


@dataclass(frozen=True)
class Reach:
    """Units whose figures somebody may see; ``unit_ids`` None means the whole office."""

    unit_ids: frozenset | None

    def over_runs(self) -> Q:
        """Condition on StepRun: cases of the units' services, and those that lie at their positions or pools."""
        if self.unit_ids is None:
            return Q()
        lies_there = Q(position__unit_id__in=self.unit_ids) | Q(unit_id__in=self.unit_ids)
        return of_units(self.unit_ids, "request__") | lies_there

    def over_requests(self) -> Q:
        """Condition on Request: cases of the units' services."""
        return Q() if self.unit_ids is None else of_units(self.unit_ids)


def reach_of(user) -> Reach | None:
    """Head of office and administrators see everything, section heads their units; None for everybody else."""
    if has_role(user, Role.HEAD, Role.ADMINISTRATOR):
        return Reach(None)
    units = unit_ids_led_by(user)
    return Reach(frozenset(units)) if units else None
