"""Open cases by who keeps them: the rows behind figures, waiting times and lists.

The keeper of a case is an official (a position, or a unit's pool if the position has no holder), another agency, the
applicant who was asked for something, or the applicant who may collect the result. The last kind is no load.
"""

from collections.abc import Collection
from typing import TypedDict

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django_stubs_ext import WithAnnotations

from services.models import CasePlace, InboxEntry, Pause
from services.models.inbox import CLOCK_STANDS, OPEN
from sop.models import StepActor

from .scope import ReportScope

OFFICE, AGENCY, ASKED, READY = CasePlace.OFFICE, CasePlace.AGENCY, "asked", CasePlace.READY


class Keeping(TypedDict):
    """``keeper``: OFFICE, AGENCY, ASKED or READY. ``holder_unit``: id of the unit where the work is."""

    keeper: str
    holder_unit: int | None


def open_cases(scope: ReportScope) -> "QuerySet[WithAnnotations[InboxEntry, Keeping]]":
    """Rows of the open cases within a scope, each with its keeper and unit."""
    asked = When(place__in=[*CLOCK_STANDS, CasePlace.ANSWERED], then=Value(ASKED))
    keeper = Case(asked, default=F("place"), output_field=CharField())
    # The pool's unit, else the position's, else the service's.
    unit = Coalesce("pool_unit_id", "run__position__unit_id", "unit_id", output_field=BigIntegerField())
    return InboxEntry.objects.filter(scope.over_open(), OPEN).annotate(keeper=keeper, holder_unit=unit).order_by()


def as_flag(condition: Q) -> Case:
    """A condition as a boolean column, so that rows can be grouped by it. NULL counts as false."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def agency_name() -> Case:
    """Column: the name of the agency that leads an external step, as in the SOP; "" for other steps."""
    first = StepActor.objects.filter(step_id=OuterRef("run__step_id"), actor__kind="external").order_by("order")
    return Case(
        When(run__led_by="external", then=Subquery(first.values("actor__name")[:1])),
        default=Value(""),
        output_field=CharField(),
    )


def agencies_of(step_ids: Collection[int]) -> dict[int, str]:
    """Names of the agencies that lead external steps, by step id. One query, none without steps."""
    if not step_ids:
        return {}
    named = StepActor.objects.filter(step_id__in=step_ids, actor__kind="external").order_by("-order")
    return dict(named.values_list("step_id", "actor__name"))


def waiting_since() -> Case:
    """Column: since when a case waits: the offer of its step, the end of the last pause, the start of an open one."""
    pauses = Pause.objects.filter(request_id=OuterRef("request_id"))
    asked = pauses.filter(to_at__isnull=True).values("from_at")[:1]
    answered = pauses.filter(to_at__gt=OuterRef("offered_at")).order_by("-to_at").values("to_at")[:1]
    return Case(
        When(place__in=CLOCK_STANDS, then=Coalesce(Subquery(asked), F("offered_at"))),
        default=Greatest(F("offered_at"), Subquery(answered)),
    )
