"""Requests that wait for a responsible official, suggestions for them, and the officials' load and presence."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.deadlines.urgency import Urgency, urgency_of
from services.engine.queries.recording import flow_of_case, unit_of_case
from services.models import InboxEntry, Request, RoutingRule, StepRun
from services.models.inbox import NO_DUE_DATE, ON_THE_CLOCK, OPEN, RUNNING
from services.permissions import standing_of
from sop.rules.flow import Flow, FlowStep
from ula_portal.core import clock
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import Absence, Position, Role, Tenure, User
from ula_portal.core.office import queries
from ula_portal.core.office.absences import next_absences, presence_of
from ula_portal.core.office.queries import holders_of
from ula_portal.core.permissions import has_role
from ula_portal.core.text.badges import Badge

from .rules import automatic_official, fits, rule_for, rules_in_order

__all__ = [
    "automatic_official",
    "fits",
    "officials_today",
    "open_load",
    "routing_rows",
    "rule_for",
    "rules_in_order",
    "waiting_for_routing",
    "waiting_to_route",
]

# An absence that begins within this time is shown next to the name.
NEAR_ABSENCE = timedelta(days=14)


@dataclass(frozen=True)
class Official:
    """Somebody to whom a request may be routed. ``load``: open requests; ``absence``: today's, None if present."""

    user: User
    positions: tuple[Position, ...]
    load: int
    absence: Absence | None
    next_absence: Absence | None = None

    @property
    def badge(self) -> Badge:
        return Badge("warn", self.absence.get_kind_display()) if self.absence else Badge("good", _("Hadir"))

    @property
    def label(self) -> str:
        """Name, load and an absence that is near, as an option of a list."""
        words = [self.user.full_name, _("%(n)d terbuka") % {"n": self.load}]
        if self.next_absence and self.next_absence.from_date <= clock.today() + NEAR_ABSENCE:
            day = date_format(self.next_absence.from_date, "j M")
            kind = self.next_absence.get_kind_display().lower()
            words.append(_("%(kind)s mulai %(day)s") % {"kind": kind, "day": day})
        return " · ".join(words)


@dataclass(frozen=True)
class RoutingRow:
    """A request that waits for an official, with the rule that fits and the official whom the portal suggests.

    ``place``: of the rule, 0 without one. ``why``: the reason of the suggestion, in words; ``by_rule``: it comes from
    the rule. ``options``: the officials to choose from, the suggested one first.
    """

    request: Request
    step: FlowStep | None
    urgency: Urgency
    rule: RoutingRule | None
    place: int
    suggestion: User | None
    why: str
    by_rule: bool
    options: tuple[Official, ...]


def waiting_to_route(user: User) -> QuerySet[InboxEntry]:
    """Entries of requests without a responsible official that the person may route.

    These are walk-ins, and online requests whose open office step is unassigned.
    """
    unassigned = Q(assignee_id__isnull=True, run__led_by="position")
    rows = InboxEntry.objects.filter(OPEN, ~Q(source=Request.Source.ONLINE) | unassigned, responsible_id__isnull=True)
    if not has_role(user, Role.ADMINISTRATOR):
        rows = rows.filter(unit_id__in=standing_of(user).led_unit_ids)
    return rows


def waiting_for_routing(user: User, cursor: str | None = None, size: int = 50) -> Page[Request]:
    """A page of the requests of ``waiting_to_route``, the most urgent first, then the oldest. One query.

    The urgency follows the open step's alarm or the request's due date, whichever is earlier (``deadlines.urgency``).
    """
    urgent_at = Case(When(ON_THE_CLOCK, then="due_at"), default=NO_DUE_DATE)
    rows = waiting_to_route(user).annotate(urgent_at=urgent_at).defer("words")
    rows = rows.select_related("request__service__unit", "request__sop_version__sop")
    page = paginate(rows, [("urgent_at", False), ("request__received_at", False), ("pk", False)], cursor, size)
    return Page([row.request for row in page.rows], page.next, page.previous)


def requests_by_id(ids: list[int]) -> dict[int, Request]:
    """Requests by id, to be routed; ``route_case`` checks whether the person may route them. One query."""
    return Request.objects.in_bulk(ids)


def officials_today(day: datetime.date | None = None) -> list[Official]:
    """Everybody who holds a position on a day, by name, with load, presence and next absence. Five queries."""
    day = day or clock.today()
    in_office = Q(from_date__lte=day) & (Q(to_date__isnull=True) | Q(to_date__gte=day))
    positions: dict[User, list[Position]] = {}
    tenures = Tenure.objects.filter(in_office, user__is_active=True).select_related("user", "position")
    for tenure in tenures.order_by("user__full_name", "user_id", "position__name"):
        positions.setdefault(tenure.user, []).append(tenure.position)
    ids = [user.pk for user in positions]
    loads, absences, coming = open_load(), presence_of(ids, day), next_absences(ids, day)
    return [
        Official(user, tuple(held), loads.get(user.pk, 0), absences.get(user.pk), coming.get(user.pk))
        for user, held in positions.items()
    ]


def officials_for(user: User, officials: list[Official], rows: Iterable[RoutingRow]) -> list[Official]:
    """The officials whose load and absences the person may see.

    Administrators see all, section heads those of their units and those who are an option of one of the rows.
    """
    if has_role(user, Role.ADMINISTRATOR):
        return officials
    led = standing_of(user).led_unit_ids
    optional = {each.user.pk for row in rows for each in row.options}
    return [each for each in officials if each.user.pk in optional or any(p.unit_id in led for p in each.positions)]


def open_load() -> dict[int, int]:
    """Open requests per user id, as assignee or responsible official, without letters to be collected. One query."""
    pairs = InboxEntry.objects.filter(RUNNING).order_by().values_list("assignee_id", "responsible_id")
    load = Counter[int]()
    for assignee_id, responsible_id, n in pairs.annotate(n=Count("pk")):
        load.update(dict.fromkeys({assignee_id, responsible_id} - {None}, n))
    return load


def routing_rows(requests: Sequence[Request], officials: Iterable[Official]) -> list[RoutingRow]:
    """Suggestions for the requests of a page. Four queries, and those for flows that are not cached yet."""
    ids = [each.pk for each in requests]
    runs = {run.request_id: run for run in StepRun.objects.filter(request_id__in=ids, finished_at__isnull=True)}
    adviser = _Adviser(officials, rules_in_order())
    return [adviser.row(request, runs.get(request.pk)) for request in requests]


class _Adviser:
    """Finds suggestions among the officials of the day, without a query per row."""

    def __init__(self, officials: Iterable[Official], rules: Sequence[RoutingRule]) -> None:
        self.rules, self.at = rules, clock.now()
        self.places = {rule.pk: place for place, rule in enumerate(rules, 1)}
        self.default_unit_id = queries.office().default_unit_id
        self.by_user = {each.user.pk: each for each in officials}
        held = {position.pk for each in self.by_user.values() for position in each.positions}
        self.holders: Mapping[int, Sequence[User]] = holders_of(held)

    def row(self, request: Request, run: StepRun | None) -> RoutingRow:
        flow = flow_of_case(request)
        step = flow.step(run.step_id) if run else None
        rule = rule_for(request, self.rules)
        place = self.places[rule.pk] if rule else 0
        user = self._of_rule(rule) if rule else None
        by_rule, why = user is not None, _("aturan %(place)d") % {"place": place} if user else ""
        if user is None:
            user, why = self._without_rule(request, flow, step)
        urgency = urgency_of(run, request, self.at)
        return RoutingRow(request, step, urgency, rule, place, user, why, by_rule, self._options(request, flow, user))

    def _without_rule(self, request: Request, flow: Flow, step: FlowStep | None) -> tuple[User | None, str]:
        """The suggestion and its reason if no rule leads to anybody: a holder, the unit's head, the default unit."""
        first = step if step and step.lead_kind == "position" else self._first_office_step(flow)
        user = self._least_busy(self.holders.get(first.lead_position_id or 0, ()) if first else ())
        if first and user:
            return user, _("pelaksana langkah %(no)d") % {"no": first.no}
        unit_id = unit_of_case(request)
        if user := self._least_busy(self._heads(unit_id)):
            return user, _("pimpinan unit")
        if user := self._of_unit(self.default_unit_id):
            return user, _("unit penerima bila tidak ada yang cocok")
        return None, ""

    def _of_rule(self, rule: RoutingRule) -> User | None:
        """The least busy present official whom a rule names; an absent person is replaced by the deputy."""
        if rule.position_id:
            return self._least_busy([user for user in self.holders.get(rule.position_id, ()) if self._present(user)])
        if rule.user is None or self._present(rule.user):
            return rule.user
        official = self.by_user.get(rule.user.pk)
        deputy = official.absence.deputy if official and official.absence else None
        return deputy if deputy and self._present(deputy) else None

    def _first_office_step(self, flow: Flow) -> FlowStep | None:
        return next((step for step in flow.steps if step.lead_position_id), None)

    def _heads(self, unit_id: int | None) -> list[User]:
        return [
            each.user
            for each in self._present_in(unit_id)
            if any(position.unit_id == unit_id and position.heads_unit for position in each.positions)
        ]

    def _present_in(self, unit_id: int | None) -> list[Official]:
        return [
            each
            for each in self.by_user.values()
            if each.absence is None and any(p.unit_id == unit_id for p in each.positions)
        ]

    def _of_unit(self, unit_id: int | None) -> User | None:
        """A unit's head, or the least busy of its people if no head is present."""
        people = [each.user for each in self._present_in(unit_id)]
        return self._least_busy(self._heads(unit_id)) or self._least_busy(people)

    def _present(self, user: User) -> bool:
        official = self.by_user.get(user.pk)
        return official is not None and official.absence is None

    def _least_busy(self, users: Iterable[User]) -> User | None:
        ranked = sorted(users, key=lambda user: (self._load(user), user.full_name, user.pk))
        return ranked[0] if ranked else None

    def _load(self, user: User) -> int:
        return self.by_user[user.pk].load if user.pk in self.by_user else 0

    def _options(self, request: Request, flow: Flow, suggested: User | None) -> tuple[Official, ...]:
        """The suggested official first, then present ones of the service's unit and of positions in the SOP."""
        named = {actor.position_id for actor in flow.actors if actor.position_id}
        unit_id = unit_of_case(request)
        fitting = [
            each
            for each in self.by_user.values()
            if each.absence is None and any(p.pk in named or p.unit_id == unit_id for p in each.positions)
        ]
        if suggested and suggested.pk in self.by_user and self.by_user[suggested.pk] not in fitting:
            fitting.append(self.by_user[suggested.pk])
        return tuple(sorted(fitting, key=lambda each: (each.user != suggested, each.load, each.user.full_name)))
