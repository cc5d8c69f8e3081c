"""Open cases by what keeps them: one set of rows that figures, waiting times and lists all rest on.

A case lies at one place: with an official (a position, or a unit's pool where it has no holder), with another agency,
with the applicant who was asked for something, or ready for the applicant to fetch. The last is no load any more.
"""

from django.db.models import BooleanField, Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from services.models import Pause, Request, StepRun
from sop.models import StepActor

OFFICE, AGENCY, ASKED, READY = "office", "agency", "asked", "ready"

# Where the work lies: the pool's unit, the position's, else the one that answers for the case (``of_units``).
HOLDERS = ("unit_id", "position__unit_id", "request__service__unit_id", "request__sop_version__sop__unit_id")

PAUSED = Q(request__state=Request.State.WAITING_APPLICANT)
FULFILLED = Q(request__fulfilled_at__isnull=False)


def open_runs(reach):
    """Open runs within a reach, with ``place`` (see the module) and ``holder_unit``, the unit where the work lies."""
    place = Case(
        When(FULFILLED, then=Value(READY)),
        When(PAUSED, then=Value(ASKED)),
        When(led_by="external", then=Value(AGENCY)),
        # An applicant's step whose pause was ended by hand: still theirs.
        When(led_by="applicant", then=Value(ASKED)),
        default=Value(OFFICE),
        output_field=CharField(),
    )
    return (
        StepRun.objects.filter(reach.over_runs(), finished_at__isnull=True)
        .annotate(place=place, holder_unit=Coalesce(*HOLDERS))
        .order_by()
    )


def broken(at) -> Q:
    """Past the date that the applicant was promised, on the clock."""
    return Q(request__due_at__lt=at) & ~PAUSED & ~FULFILLED


def late(at) -> Q:
    """As ``services.deadlines.urgency`` says late: past the promise or the open step's alarm, on the clock."""
    step = Q(due_at__lt=at) & ~Q(led_by="applicant")
    return (Q(request__due_at__lt=at) | step) & ~PAUSED & ~FULFILLED


def as_flag(condition: Q):
    """A condition as a column, so that rows can be grouped by it. NULL counts as no."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def agency_name():
    """Name of the agency that leads an external step, as the SOP writes it."""
    first = StepActor.objects.filter(step_id=OuterRef("step_id"), actor__kind="external").order_by("order")
    return Case(
        When(led_by="external", then=Subquery(first.values("actor__name")[:1])),
        default=Value(""),
        output_field=CharField(),
    )


def agencies_of(step_ids) -> dict[int, str]:
    """Names of the agencies that lead external steps. One query, none without steps."""
    if not step_ids:
        return {}
    named = StepActor.objects.filter(step_id__in=step_ids, actor__kind="external").order_by("-order")
    return dict(named.values_list("step_id", "actor__name"))


def since():
    """When the case came to where it lies: the offer, or the end of the last pause; while paused, its beginning."""
    pauses = Pause.objects.filter(request_id=OuterRef("request_id"))
    asked = pauses.filter(to_at__isnull=True).values("from_at")[:1]
    answered = pauses.filter(to_at__gt=OuterRef("offered_at")).order_by("-to_at").values("to_at")[:1]
    return Case(
        When(PAUSED & ~FULFILLED, then=Coalesce(Subquery(asked), F("offered_at"))),
        default=Greatest(F("offered_at"), Subquery(answered)),
    )
