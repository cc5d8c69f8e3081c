"""Cases that a user may see; the permission is part of each query."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from services.models import Document, Letter, Request, StepRun
from services.models.case import COUNTED
from services.permissions import standing_of
from sop.models import SopActor
from ula_portal.core.models import Position, User
from ula_portal.core.office.queries import holders_of


def visible_to(user: User) -> Q:
    """Condition on Request that selects the cases a user may read.

    Administrators, the head of office and the desk read all cases. A section head reads those of the unit and those
    that are or were at its positions, a secretariat those that are or were at its officials' positions. Everybody else
    reads cases of their unit, cases whose SOP names a position of theirs, and cases they are or were assigned to.
    """
    standing = standing_of(user)
    submitted = Q(number__isnull=False)
    if standing.reads_everything:
        return submitted
    own = StepRun.objects.filter(Q(assignee=user) | Q(finished_by=user)).values("request_id")
    named = SopActor.objects.filter(position_id__in=standing.position_ids).values("version_id")
    units = standing.unit_ids | standing.led_unit_ids
    at_led = StepRun.objects.filter(request_id=OuterRef("pk"), position__unit_id__in=standing.led_unit_ids)
    at_secretariat = StepRun.objects.filter(
        request_id=OuterRef("pk"), position_id__in=standing.secretariat_position_ids
    )
    led = Q(Exists(at_led)) if standing.led_unit_ids else Q()
    recorded = Q(Exists(at_secretariat)) if standing.secretariat_position_ids else Q()
    return submitted & (
        led | recorded | Q(responsible=user) | Q(entry__unit_id__in=units) | Q(sop_version_id__in=named) | Q(pk__in=own)
    )


def case_by_number(user: User, number: str) -> Request | None:
    """A submitted request with the relations its page needs; None if the user may not read it. One query."""
    return (
        Request.objects.filter(visible_to(user), number=number)
        .select_related("service__unit", "service__letter_template", "sop_version__sop__unit", "responsible")
        .first()
    )


def runs_of(request: Request) -> list[StepRun]:
    """Runs of a request in order, with steps, people and positions, without those taken back. One query."""
    shown = request.runs.filter(COUNTED).select_related("step", "assignee", "finished_by", "position", "unit", "paper")
    return list(shown.order_by("ordinal"))


def letters_of(request: Request) -> list[Letter]:
    """Letters of a request, newest first, including withdrawn and reserved ones. One query."""
    return list(request.letters.select_related("file", "template", "issued_by").order_by("-pk"))


def visible_document(user: User, number: str, pk: int) -> Document | None:
    """A document, with its file, of a case that the user may read, including removed ones; None otherwise."""
    return (
        Document.objects.filter(pk=pk, file__isnull=False, request__in=Request.objects.filter(visible_to(user)))
        .filter(request__number=number)
        .select_related("file", "request")
        .first()
    )


def run_with_paper(user: User, number: str, run_id: int) -> StepRun | None:
    """A run, with the photo of its sheet, of a case that the user may read; None otherwise or without a photo."""
    return (
        StepRun.objects.filter(pk=run_id, paper__isnull=False, request__in=Request.objects.filter(visible_to(user)))
        .filter(request__number=number)
        .select_related("paper")
        .first()
    )


def candidates_for(run: StepRun | None) -> list[User]:
    """Users to whom the open step can be given: holders of its position, else members of its pool. Three queries."""
    if run is None or run.led_by == "applicant":
        return []
    wanted = [run.position_id] if run.position_id and not run.unit_id else []
    if not wanted:
        wanted = list(Position.objects.filter(unit=run.unit_id).values_list("pk", flat=True))
    return _people(wanted)


def outside_candidates_for(run: StepRun, unit_id: int | None) -> list[User]:
    """Users of the case's unit and of the position's unit, to whom the step can be reassigned as a deviation.

    ``unit_id``: the unit of the case. Three queries.
    """
    units = {unit for unit in (unit_id, run.position and run.position.unit_id) if unit}
    return _people(Position.objects.filter(unit_id__in=units).values_list("pk", flat=True))


def _people(position_ids: Iterable[int]) -> list[User]:
    found = {user.pk: user for holders in holders_of(position_ids).values() for user in holders}
    return sorted(found.values(), key=lambda user: (user.full_name, user.pk))
