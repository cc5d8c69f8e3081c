"""The inbox: what a person has to do, may claim, waits for, is late with, and has done.

Each tab is a union of branches. One index of ``InboxEntry`` answers each branch in the tab's order, so the first rows
of the union cost the same however many requests there are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from services.models import CasePlace, InboxEntry
from services.models.inbox import CLOSED, ELSEWHERE, ON_THE_CLOCK, OPEN, SERVED_AT_DESK, UNCLAIMED, late
from services.permissions import standing_of
from ula_portal.core import clock
from ula_portal.core.data.pagination import Page, paginate_union
from ula_portal.core.live import waking as live
from ula_portal.core.models import User
from ula_portal.core.office.queries import stood_in_for

from .rows import TAB_LABELS, TABS, InboxRow, rows_of
from .scope import InboxScope, scope_of, surely_recordable

__all__ = [
    "ALL",
    "CAP",
    "DONE_DAYS",
    "TABS",
    "TAB_LABELS",
    "InboxRow",
    "arrivals",
    "cases_for",
    "counts_and_snapshot",
    "entries_in",
    "inbox_counts",
    "mine_now",
    "scope_of",
    "tabs_for",
    "tabs_of",
]

COUNTED = ("mine", "pool", "paper", "late")
CAP = 100
SIZE = 25
# How far the tab of closed requests goes back. A search has no such limit.
DONE_DAYS = 180
# Up to this many ids, each gets its own branch, read in index order; more are read together and sorted.
MAX_BRANCHES = 8
ALL = Q()


def _each(field: str, ids: Iterable[int], also: Q) -> list[Q]:
    ids = sorted(ids)
    if len(ids) > MAX_BRANCHES:
        return [Q(**{f"{field}__in": ids}) & also]
    return [Q(**{field: each}) & also for each in ids]


def _mine(scope: InboxScope) -> list[Q]:
    """Assigned to the person, or to somebody absent whose deputy they are."""
    deputised = ON_THE_CLOCK & Q(position_id__in=scope.position_ids)
    return [Q(assignee_id=scope.user.pk) & ON_THE_CLOCK, *_each("assignee_id", scope.stands_in_for, deputised)]


def _pool(scope: InboxScope) -> list[Q]:
    """Unassigned and open to the person: at their positions, or in their unit if the position has no holder today."""
    away = Q(place=CasePlace.OFFICE, position_id__in=scope.position_ids)
    return [
        *_each("position_id", scope.position_ids, UNCLAIMED),
        *_each("pool_unit_id", scope.unit_ids | scope.led_unit_ids, UNCLAIMED),
        *(_each("unit_id", scope.unit_ids, UNCLAIMED & Q(position_id__in=scope.vacant)) if scope.vacant else ()),
        *(_each("assignee_id", scope.absent - scope.stands_in_for, away) if scope.position_ids else ()),
    ]


def _paper(scope: InboxScope) -> list[Q]:
    """At an official whose paper the person records, in a step that can be recorded from paper: not a letter."""
    recordable = Q(place=CasePlace.OFFICE, run__step__issues_letter=False)
    if scope.unmarked_letter_steps:
        recordable &= ~Q(run__step_id__in=scope.unmarked_letter_steps)
    return _each("position_id", scope.kept_position_ids, recordable)


def _waiting(scope: InboxScope) -> list[Q]:
    """Waiting for others: the applicant, another agency, or an official in a case the person is responsible for."""
    user_id = scope.user.pk
    not_mine = Q(assignee_id__isnull=True) | ~Q(assignee_id=user_id)
    return [
        # The next branch has those that are assigned to the person.
        Q(responsible_id=user_id) & OPEN & not_mine,
        Q(assignee_id=user_id) & ELSEWHERE,
        Q(handed_by_id=user_id) & ELSEWHERE,
        *_each("pool_unit_id", scope.unit_ids | scope.led_unit_ids, ELSEWHERE),
        *([SERVED_AT_DESK] if scope.at_desk else ()),
    ]


def _late(scope: InboxScope) -> list[Q]:
    """Past the step's alarm or the request's due date. Paused cases are not late.

    A letter that waits for a signer is not counted as late for the deputy.
    """
    is_late = by_me = late(scope.at)
    if scope.sees_all:
        return [is_late]
    nobodys = is_late & Q(assignee_id__isnull=True)
    if scope.deputised_position_ids:
        letters = Q(run__step__issues_letter=True) | Q(run__step_id__in=scope.unmarked_letter_steps)
        by_me &= ~(Q(position_id__in=scope.deputised_position_ids) & letters)
    return [
        Q(assignee_id=scope.user.pk) & by_me,
        Q(responsible_id=scope.user.pk) & is_late,
        *_each("position_id", scope.position_ids, nobodys),
        *_each("pool_unit_id", scope.unit_ids, nobodys),
        *_each("unit_id", scope.led_unit_ids, is_late),
        *_each("position_id", scope.led_position_ids, is_late),
    ]


_TAB = {"mine": _mine, "pool": _pool, "paper": _paper, "waiting": _waiting, "late": _late}
_ORDER = {
    "waiting": [("offered_at", False), ("request_id", False)],
    "done": [("done_at", True), ("done_id", True)],
}
_BY_DUE = [("due_at", False), ("request_id", False)]


def _branches(tab: str, scope: InboxScope, condition: Q) -> list[QuerySet[InboxEntry]]:
    if tab != "done":
        return [InboxEntry.objects.filter(branch, condition) for branch in _TAB[tab](scope)]
    return [_done(scope, scope.at - timedelta(days=DONE_DAYS)).filter(condition)]


def _done(scope: InboxScope, since: datetime | None = None) -> QuerySet[InboxEntry]:
    """Closed requests with ``done_at`` and ``done_id``: the person's own, or all of them for those who see all."""
    if scope.sees_all:
        rows, at, pk = InboxEntry.objects.filter(CLOSED), "closed_at", "request_id"
    else:
        # The indexes of Participation hold one person's closed requests in order, by service and over all services.
        # The service is compared in both rows, so that a filter on the entry's service can use the other's index.
        own = Q(participations__user_id=scope.user.pk, participations__closed_at__isnull=False)
        own &= Q(participations__service_id=F("service_id"))
        rows, at, pk = InboxEntry.objects.filter(own), "participations__closed_at", "participations__entry_id"
    rows = rows.annotate(done_at=F(at), done_id=F(pk))
    return rows.filter(done_at__gte=since) if since else rows


def cases_for(
    scope: InboxScope, tab: str = "mine", condition: Q = ALL, *, cursor: str | None = None, size: int = SIZE
) -> Page[InboxRow]:
    """A page of one of ``TABS``, by due date (waiting: longest first; done: newest first, up to ``DONE_DAYS`` back).

    ``condition``: a further condition on ``InboxEntry``. Two queries.
    """
    order, branches = _ORDER.get(tab, _BY_DUE), _branches(tab, scope, condition)
    if not branches:
        return Page([], None, None)
    page = paginate_union(branches, order, cursor, size)
    return Page(rows_of([entry.request_id for entry in page.rows], scope), page.next, page.previous)


def tabs_for(scope: InboxScope) -> tuple[str, ...]:
    """The tabs that a person has. "paper" is only for those who record an official's paper."""
    return tuple(tab for tab in TABS if tab != "paper" or scope.kept_position_ids)


def inbox_counts(scope: InboxScope, condition: Q = ALL, tabs: Iterable[str] = COUNTED) -> dict[str, int]:
    """How many cases are in the tabs that call for action, counted up to ``CAP`` + 1. One query.

    Tabs that the person does not have are left out.
    """
    return counts_and_snapshot(scope, condition, tabs)[0]


def counts_and_snapshot(
    scope: InboxScope, condition: Q = ALL, tabs: Iterable[str] = COUNTED
) -> tuple[dict[str, int], str]:
    """``inbox_counts``, and the snapshot that was visible to it (``core.live.waking.snapshot``). One query."""
    parts, values = [live.SNAPSHOT], list[Any]()
    tabs = [tab for tab in tabs if tab in tabs_for(scope)]
    for tab in tabs:
        # A person without positions and units has no branch in some tabs.
        if not (branches := _branches(tab, scope, condition)):
            parts.append("0")
            continue
        sql, params = _capped(branches)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS {tab})")
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        snapshot, *counts = cursor.fetchone()
    return dict(zip(tabs, counts, strict=True)), snapshot


def entries_in(scope: InboxScope, tab: str, condition: Q = ALL) -> QuerySet[InboxEntry]:
    """The cases of a tab, as a queryset to be counted together with others (``core.data.batched_counts``)."""
    return InboxEntry.objects.filter(pk__in=_union(_branches(tab, scope, condition) or [InboxEntry.objects.none()]))


def mine_now(user: User) -> QuerySet[InboxEntry, Any]:
    """The cases of the tabs "mine" and "paper", as a queryset that the staff rail counts."""
    away, standing = stood_in_for(user, clock.today()), standing_of(user)
    branches = [
        Q(assignee_id=user.pk) & ON_THE_CLOCK,
        Q(assignee_id__in=away, position_id__in=standing.position_ids) & ON_THE_CLOCK,
        *_each("position_id", standing.secretariat_position_ids, surely_recordable()),
    ]
    return _union(InboxEntry.objects.filter(branch) for branch in branches)


def _capped(branches: Iterable[QuerySet[InboxEntry]]) -> tuple[str, Sequence[Any]]:
    rows = _union(branches)
    return (rows[: CAP + 1] if rows.query.combinator else rows).query.sql_with_params()


def _union(branches: Iterable[QuerySet[InboxEntry]]) -> QuerySet[InboxEntry, Any]:
    """Ids of requests, without duplicates, at most ``CAP`` + 1 of each branch."""
    first, *others = [branch.order_by().values("request_id")[: CAP + 1] for branch in branches]
    return first.union(*others) if others else first


def tabs_of(request_ids: list[int], scope: InboxScope) -> dict[int, tuple[str, ...]]:
    """The tabs in which a person finds these requests, by id; () for those that are in none. One query."""
    if not request_ids:
        return {}
    parts, values = list[str](), list[Any]()
    for tab in TABS:
        branches = [_done(scope)] if tab == "done" else _branches(tab, scope, ALL)
        for branch in branches:
            sql, params = branch.filter(pk__in=request_ids).order_by().values("request_id").query.sql_with_params()
            parts.append(f"SELECT '{tab}', request_id FROM ({sql}) AS part")
            values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        found = set(cursor.fetchall())
    return {pk: tuple(tab for tab in TABS if (tab, pk) in found) for pk in request_ids}


def arrivals(scope: InboxScope, tab: str, snapshot: str, condition: Q = ALL) -> int:
    """How many cases came into a tab after ``snapshot`` (of ``core.live.waking``), counted up to ``CAP`` + 1."""
    since = "arrived_xid >= pg_snapshot_xmin(%s::pg_snapshot)"
    since += " AND NOT pg_visible_in_snapshot(arrived_xid, %s::pg_snapshot)"
    arrived = Q(RawSQL(since, [snapshot, snapshot], output_field=BooleanField()))
    return inbox_counts(scope, condition & arrived, (tab,)).get(tab, 0)
