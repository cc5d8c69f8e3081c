"""The inbox: what a person has to do, may take, waits for, is late with, and has done."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from ula_portal.core import clock
from ula_portal.core.models import Absence, Position, Tenure
from ula_portal.core.pagination import Page, paginate

from ..models import Request, StepRun
from ..permissions import standing_of

TABS = ("mine", "pool", "waiting", "late", "done")
COUNTED = ("mine", "pool", "late")
CAP = 100
SIZE = 25
# The tab of closed requests looks back this far; a search looks through all.
DONE_DAYS = 180
NOT_PAUSED = ~Q(request__state=Request.State.WAITING_APPLICANT)


@dataclass(frozen=True)
class InboxRow:
    """One line: the request, and its open run (None when it is closed)."""

    request: Request
    run: StepRun | None
    step: object = None
    late: bool = False
    paused: bool = False


@dataclass(frozen=True)
class Reach:
    """What the inbox of a person rests on, read once per page."""

    user: object
    at: datetime
    position_ids: frozenset
    unit_ids: frozenset
    led_unit_ids: frozenset
    at_desk: bool
    sees_all: bool
    stands_in_for: frozenset
    absent: frozenset
    vacant: frozenset = field(default_factory=frozenset)


def reach_of(user) -> Reach:
    """Positions, units, people the person stands in for today, and positions that nobody holds. At most six queries."""
    standing, today = standing_of(user), clock.today()
    absences = Absence.objects.filter(from_date__lte=today, to_date__gte=today).values_list("user_id", "deputy_id")
    absences = list(absences)
    return Reach(
        user=user,
        at=clock.now(),
        position_ids=standing.position_ids,
        unit_ids=standing.unit_ids,
        led_unit_ids=standing.led_unit_ids,
        at_desk=standing.at_desk,
        sees_all=standing.reads_everything and not standing.at_desk,
        stands_in_for=frozenset(absent for absent, deputy in absences if deputy == user.pk),
        absent=frozenset(absent for absent, _deputy in absences),
        vacant=vacant_position_ids(today) if standing.unit_ids else frozenset(),
    )


def vacant_position_ids(day) -> frozenset:
    """Positions that nobody present holds on a day; somebody absent with a deputy is held by the deputy. One query."""
    away = Absence.objects.filter(user_id=OuterRef("user_id"), from_date__lte=day, to_date__gte=day)
    covered = Exists(away.filter(deputy__is_active=True))
    held = Tenure.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gte=day),
        covered | ~Exists(away),
        position_id=OuterRef("pk"),
        from_date__lte=day,
        user__is_active=True,
    )
    return frozenset(Position.objects.filter(~Exists(held)).values_list("pk", flat=True))


def _open_runs():
    return StepRun.objects.filter(finished_at__isnull=True)


def _mine(reach):
    """Assigned to me, or to somebody absent whom I stand in for."""
    mine = Q(assignee=reach.user)
    if reach.stands_in_for:
        mine |= Q(assignee_id__in=reach.stands_in_for, position_id__in=reach.position_ids)
    return _open_runs().filter(mine, NOT_PAUSED).exclude(led_by="applicant")


def _pool(reach):
    """Nobody's yet and open to me: my positions, or my unit where the position has no holder today."""
    free = Q(assignee__isnull=True)
    mine = Q(position_id__in=reach.position_ids) | Q(unit_id__in=reach.unit_ids | reach.led_unit_ids)
    vacant = Q(position_id__in=reach.vacant, request__service__unit_id__in=reach.unit_ids)
    taken = Q(assignee_id__in=reach.absent - reach.stands_in_for, position_id__in=reach.position_ids)
    return _open_runs().filter((free & (mine | vacant)) | taken, NOT_PAUSED, led_by="position")


def _waiting(reach):
    """Others' turn: the applicant's, another agency's, or an official's in a case I answer for."""
    user = reach.user
    others = Q(led_by__in=("applicant", "external")) | Q(request__state=Request.State.WAITING_APPLICANT)
    involved = Q(assignee=user) | Q(request__responsible=user) | Q(unit_id__in=reach.unit_ids | reach.led_unit_ids)
    involved |= Q(Exists(StepRun.objects.filter(request_id=OuterRef("request_id"), finished_by=user)))
    if reach.at_desk:
        involved |= Q(led_by="applicant")
    answered_for = Q(request__responsible=user) & (Q(assignee__isnull=True) | ~Q(assignee=user))
    return _open_runs().filter((others & involved) | answered_for)


def _late(reach):
    """Past the step's alarm or the request's due date, of all that I answer for; paused clocks are not late."""
    late = Q(due_at__lt=reach.at) | Q(request__due_at__lt=reach.at)
    runs = _open_runs().filter(late, NOT_PAUSED).exclude(led_by="applicant")
    if reach.sees_all:
        return runs
    mine = Q(assignee=reach.user) | Q(request__responsible=reach.user)
    free = Q(assignee__isnull=True) & (Q(position_id__in=reach.position_ids) | Q(unit_id__in=reach.unit_ids))
    led = Q(request__service__unit_id__in=reach.led_unit_ids) | Q(position__unit_id__in=reach.led_unit_ids)
    return runs.filter(mine | free | led if reach.led_unit_ids else mine | free)


def _done(reach):
    """Closed requests, newest first: my own, the office's for those who see all."""
    closed = Request.objects.filter(closed_at__isnull=False)
    if reach.sees_all:
        return closed
    worked = Exists(StepRun.objects.filter(request_id=OuterRef("pk"), finished_by=reach.user))
    return closed.filter(Q(responsible=reach.user) | worked)


_TAB = {"mine": _mine, "pool": _pool, "waiting": _waiting, "late": _late, "done": _done}
_ORDER = {"waiting": [("offered_at", False), ("pk", False)], "done": [("closed_at", True), ("pk", True)]}
_BY_DUE = [("due_at", False), ("pk", False)]


def cases_for(user, tab="mine", *, q="", cursor=None, size=SIZE, reach=None) -> Page:
    """A page of ``InboxRow`` of one of ``TABS``, by due date (waiting: since when; done: newest first, of half a year).

    ``q``: part of a number, of the applicant's name or of the service's. One query, besides ``reach_of``.
    """
    reach = reach or reach_of(user)
    rows, prefix = _TAB[tab](reach), "" if tab == "done" else "request__"
    if tab == "done" and not q:
        rows = rows.filter(closed_at__gte=reach.at - timedelta(days=DONE_DAYS))
    if q:
        words = Q(**{f"{prefix}number__icontains": q}) | Q(**{f"{prefix}applicant_name__icontains": q})
        rows = rows.filter(words | Q(**{f"{prefix}service__name__icontains": q}))
    if tab == "done":
        rows = rows.select_related("service")
    else:
        rows = rows.select_related("request__service", "step", "assignee", "position", "unit")
    page = paginate(rows, _ORDER.get(tab, _BY_DUE), cursor, size)
    return Page([_row(each, reach.at) for each in page.rows], page.next, page.previous)


def _row(each, at):
    if isinstance(each, Request):
        return InboxRow(each, None)
    paused = each.request.state == Request.State.WAITING_APPLICANT
    dues = (each.due_at, each.request.due_at)
    late = not paused and each.led_by != "applicant" and any(due and due < at for due in dues)
    return InboxRow(each.request, each, each.step, late, paused)


def inbox_counts(reach) -> dict[str, int]:
    """How much lies in the tabs that call for action, counted up to ``CAP``. One query."""
    parts, values = [], []
    for tab in COUNTED:
        sql, params = _TAB[tab](reach).order_by().values("pk")[: CAP + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS {tab})")
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))
