"""The inbox's filters, and filters that were saved under a name."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from services.models import Request, SavedFilter, Service
from services.models.inbox import ON_THE_CLOCK, late
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock
from ula_portal.core.models import Unit
from ula_portal.core.verbs.errors import Outdated

from .scope import InboxScope

FILTER_DELETED = gettext_lazy("Saringan ini sudah dihapus.")
# Kinds of due dates: overdue, today, within the next seven days.
DUES = ("late", "today", "week")
WEEK_DAYS = 7
STATES = [state for state in Request.State.values if state != Request.State.DRAFT]


@dataclass(frozen=True)
class InboxFilter:
    """Filters of the inbox; None or "" does not filter. ``service``, ``unit``: ids; ``step``: its number."""

    service: int | None = None
    unit: int | None = None
    step: int | None = None
    state: str = ""
    due: str = ""
    source: str = ""
    # "yes": only those that the next step sent back.
    returned: str = ""

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in fields(cls)]

    def __bool__(self) -> bool:
        return bool(self.as_query())

    def as_query(self) -> dict[str, int | str]:
        """The filters that are set, by their names in addresses and saved filters."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "InboxFilter":
        """The filters in a mapping; unknown names are left out."""
        return cls(**{name: values[name] for name in cls.names() if values.get(name)})

    def condition(self, at: datetime) -> Q:
        """The filters as a condition on ``InboxEntry`` at a moment."""
        found = Q(**{f"{name}_id": getattr(self, name) for name in ("service", "unit") if getattr(self, name)})
        if self.step:
            found &= Q(step_no=self.step)
        if self.state:
            found &= Q(state=self.state)
        if self.source:
            found &= Q(source=self.source)
        if self.returned:
            found &= Q(returned=True)
        if self.due:
            found &= _due(self.due, at)
        return found


def _due(kind: str, at: datetime) -> Q:
    if kind == "late":
        return late(at)
    midnight = clock.local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 1, "week": WEEK_DAYS}[kind]
    return ON_THE_CLOCK & Q(due_at__gte=at, due_at__lt=midnight + timedelta(days=days))


def services_with_cases() -> list[Service]:
    """The services for which requests can be made, by name, with their units. One query."""
    services = Service.objects.exclude(kind=Service.Kind.ELSEWHERE).select_related("unit").order_by("name")
    return list(services.only("name", "sop_id", "unit__name", "unit__short_name"))


def service_steps(service: Service | None) -> list[tuple[int, str]]:
    """The steps of a service's SOP in force, as pairs (number, activity). One query once the flow is cached.

    Taken from the SOP: reading them from the cases would take longer the more cases there are.
    """
    version = version_in_force(service.sop_id) if service and service.sop_id else None
    return [(step.no, step.activity) for step in flow_of(version).steps] if version else []


def saved_filters(scope: InboxScope) -> list[SavedFilter]:
    """The filters of a person and those shared with their units, by name. One query."""
    return list(SavedFilter.objects.filter(_usable(scope)).select_related("owner", "unit").order_by("name", "pk"))


def saved_filter(scope: InboxScope, pk: int) -> SavedFilter | None:
    return SavedFilter.objects.filter(_usable(scope), pk=pk).select_related("owner", "unit").first()


def filter_by_id(pk: int) -> SavedFilter:
    """One saved filter, to be changed. The verbs check whether the person may.

    Raises: Outdated when it was deleted.
    """
    found = SavedFilter.objects.filter(pk=pk).first()
    if found is None:
        raise Outdated(FILTER_DELETED)
    return found


def _usable(scope: InboxScope) -> Q:
    return Q(owner=scope.user) | Q(unit_id__in=scope.unit_ids | scope.led_unit_ids)


def units_of(scope: InboxScope) -> list[Unit]:
    """The units with which a person can share a filter: those of their positions and those they lead. One query."""
    return list(Unit.objects.filter(pk__in=scope.unit_ids | scope.led_unit_ids).order_by("name"))
