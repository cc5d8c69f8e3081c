"""Figures for heads: what came in, what was kept, where cases wait. Derived from the rows, never counted along."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from ula_portal.core import clock
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role, unit_ids_led_by

from ..models import Request, Service, StepRun


@dataclass(frozen=True)
class Reach:
    """Units whose figures somebody may see; ``unit_ids`` None means the whole office."""

    unit_ids: frozenset | None

    def over(self, queryset, field):
        return queryset if self.unit_ids is None else queryset.filter(**{f"{field}__in": self.unit_ids})


def reach_of(user) -> Reach | None:
    """Head of office and administrators see everything, section heads their units; None for everybody else."""
    if has_role(user, Role.HEAD, Role.ADMINISTRATOR):
        return Reach(None)
    units = unit_ids_led_by(user)
    return Reach(frozenset(units)) if units else None


def _moments(first_day, last_day):
    start = datetime.datetime.combine(first_day, datetime.time(), clock.OFFICE_ZONE)
    return start, datetime.datetime.combine(last_day + datetime.timedelta(days=1), datetime.time(), clock.OFFICE_ZONE)


def figures_by_service(reach: Reach, first_day, last_day) -> list[Service]:
    """Services with counts: received and closed in the period (of these ``on_time``), open, overdue. One query."""
    start, end = _moments(first_day, last_day)
    closed = Q(requests__closed_at__gte=start, requests__closed_at__lt=end)
    # A letter that waits for its applicant is the promise kept, even before the request is closed.
    kept = Q(requests__due_at__gte=Coalesce("requests__fulfilled_at", "requests__closed_at"))
    is_open = Q(requests__state__in=Request.OPEN_STATES)
    overdue = is_open & Q(requests__due_at__lt=clock.now(), requests__fulfilled_at__isnull=True)
    services = reach.over(Service.objects.filter(kind=Service.Kind.REQUEST), "unit_id")
    return list(
        services.select_related("unit").annotate(
            received=Count("requests", filter=Q(requests__received_at__gte=start, requests__received_at__lt=end)),
            closed=Count("requests", filter=closed),
            on_time=Count("requests", filter=closed & kept),
            open_now=Count("requests", filter=is_open),
            overdue=Count("requests", filter=overdue),
        )
    )


def where_cases_wait(reach: Reach, limit: int = 15) -> list[dict]:
    """Steps with the most open runs: step, SOP, number waiting, number late, oldest offer. One query."""
    runs = reach.over(StepRun.objects.filter(finished_at__isnull=True), "request__service__unit_id")
    return list(
        runs.values("step_id", "step__no", "step__activity", "step__version__sop__name", "position__name", "led_by")
        .annotate(waiting=Count("pk"), late=Count("pk", filter=Q(due_at__lt=clock.now())), oldest=Min("offered_at"))
        .order_by("-late", "-waiting", "step_id")[:limit]
    )
