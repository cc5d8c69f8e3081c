"""Cases that a person may see; the permission is part of each question."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from services.models import Document, Letter, Request, StepRun
from services.models.case import COUNTED
from services.permissions import standing_of
from sop.models import SopActor
from ula_portal.core.models import Position, User
from ula_portal.core.office.queries import holders_of


def visible_to(user: User) -> Q:
    """Condition on Request: the cases a person may read.

    Administrators, the head of office and the desk read all; a section head those of the unit and those
    that are or were at its positions; a secretariat those that are or were at its officials' positions; others those
    whose SOP names a position of theirs, those of their unit, and those they are or were charged with.
    """
    standing = standing_of(user)
    submitted = Q(number__isnull=False)
    if standing.reads_everything:
        return submitted
    own = StepRun.objects.filter(Q(assignee=user) | Q(finished_by=user)).values("request_id")
    named = SopActor.objects.filter(position_id__in=standing.position_ids).values("version_id")
    units = standing.unit_ids | standing.led_unit_ids
    at_led = StepRun.objects.filter(request_id=OuterRef("pk"), position__unit_id__in=standing.led_unit_ids)
    at_kept = StepRun.objects.filter(request_id=OuterRef("pk"), position_id__in=standing.kept_position_ids)
    led = Q(Exists(at_led)) if standing.led_unit_ids else Q()
    kept = Q(Exists(at_kept)) if standing.kept_position_ids else Q()
    return submitted & (
        led | kept | Q(responsible=user) | Q(entry__unit_id__in=units) | Q(sop_version_id__in=named) | Q(pk__in=own)
    )


def case_by_number(user: User, number: str) -> Request | None:
    """A submitted request with what its page needs at hand, or None when the person may not read it. One query."""
    return (
        Request.objects.filter(visible_to(user), number=number)
        .select_related("service__unit", "service__letter_template", "sop_version__sop__unit", "responsible")
        .first()
    )


def runs_of(request: Request) -> list[StepRun]:
    """The runs that count in order, with steps, people and positions: none that was taken back. One query."""
    shown = request.runs.filter(COUNTED).select_related("step", "assignee", "finished_by", "position", "unit", "paper")
    return list(shown.order_by("ordinal"))


def letters_of(request: Request) -> list[Letter]:
    """Letters of a request, newest first, withdrawn and reserved ones too. One query."""
    return list(request.letters.select_related("file", "template", "issued_by").order_by("-pk"))


def document_of(user: User, number: str, pk: int) -> Document | None:
    """A document of a case that the person may read, with its file; removed ones too, as the office saw them."""
    return (
        Document.objects.filter(pk=pk, file__isnull=False, request__in=Request.objects.filter(visible_to(user)))
        .filter(request__number=number)
        .select_related("file", "request")
        .first()
    )


def paper_of(user: User, number: str, run_id: int) -> StepRun | None:
    """A run of a case that the person may read, with the photo of its sheet; None without one."""
    return (
        StepRun.objects.filter(pk=run_id, paper__isnull=False, request__in=Request.objects.filter(visible_to(user)))
        .filter(request__number=number)
        .select_related("paper")
        .first()
    )


def people_for(run: StepRun | None) -> list[User]:
    """Who may be given the open step: holders of its position, else of the positions of its unit. Three queries."""
    if run is None or run.led_by == "applicant":
        return []
    wanted = [run.position_id] if run.position_id and not run.unit_id else []
    if not wanted:
        wanted = list(Position.objects.filter(unit=run.unit_id).values_list("pk", flat=True))
    return _people(wanted)


def others_for(run: StepRun, unit_id: int | None) -> list[User]:
    """Who else is here to take the open step, as a deviation: of the case's unit and the position's.

    ``unit_id``: of the case. Three queries.
    """
    units = {unit for unit in (unit_id, run.position and run.position.unit_id) if unit}
    return _people(Position.objects.filter(unit_id__in=units).values_list("pk", flat=True))


def _people(position_ids: Iterable[int]) -> list[User]:
    found = {user.pk: user for holders in holders_of(position_ids).values() for user in holders}
    return sorted(found.values(), key=lambda user: (user.full_name, user.pk))
