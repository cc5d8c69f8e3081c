"""Who should take a request: rules of routing, suggestions, load and presence of officials."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from sop.queries import flow_of
from ula_portal.core import clock
from ula_portal.core.models import Absence, Position, Role, Tenure, User
from ula_portal.core.pagination import Page, paginate
from ula_portal.core.permissions import has_role
from ula_portal.core.queries import holders_of, presence_of

from ..models import Request, RoutingRule, StepRun
from ..permissions import standing_of


def rules_in_order() -> list[RoutingRule]:
    """Rules in use, first match wins. One query."""
    return list(RoutingRule.objects.filter(active=True).select_related("user", "position").order_by("order"))


def fits(rule: RoutingRule, request) -> bool:
    """Whether a rule's conditions hold for a request; empty conditions always do."""
    if rule.service_id and rule.service_id != request.service_id:
        return False
    if rule.unit_id and rule.unit_id != request.service.unit_id:
        return False
    if rule.source and rule.source != request.source:
        return False
    return all(_answered(request.answers.get(name), wanted) for name, wanted in rule.answers.items())


def _answered(answer, wanted):
    return answer in wanted if isinstance(wanted, list) else answer == wanted


def rule_for(request, rules) -> RoutingRule | None:
    """The first of the rules that fits."""
    return next((rule for rule in rules if fits(rule, request)), None)


def automatic_official(request):
    """The official whom an automatic rule names for a new request, or None.

    Only the first rule that fits counts; one that merely suggests hides automatic ones after it. A position decides
    only when exactly one person holds it today.
    """
    rule = rule_for(request, rules_in_order())
    if rule is None or not rule.automatic:
        return None
    if rule.user_id:
        return rule.user if rule.user.is_active else None
    holders = holders_of([rule.position_id])[rule.position_id]
    return holders[0] if len(holders) == 1 else None


@dataclass(frozen=True)
class Official:
    """Somebody a request may be given to. ``absence`` is None for who is present."""

    user: User
    positions: tuple[Position, ...]
    load: int
    absence: Absence | None


@dataclass(frozen=True)
class RoutingRow:
    """A request that waits for an official, whom the portal suggests and why, and who else comes into question."""

    request: Request
    step: object
    suggestion: User | None
    why: str
    options: tuple[Official, ...]


def waiting_for_routing(user, cursor=None, size=50) -> Page:
    """Requests that wait for a responsible official and that the person may route, oldest first.

    Walk-ins, and online ones whose open office step nobody has. A page of ``Request``; one query.
    """
    unassigned = StepRun.objects.filter(
        request_id=OuterRef("pk"), finished_at__isnull=True, assignee__isnull=True, led_by="position"
    )
    rows = Request.objects.filter(
        ~Q(source=Request.Source.ONLINE) | Exists(unassigned),
        responsible__isnull=True,
        state__in=Request.OPEN_STATES,
    )
    if not has_role(user, Role.ADMINISTRATOR):
        rows = rows.filter(service__unit_id__in=standing_of(user).led_unit_ids)
    return paginate(rows.select_related("service__unit"), [("received_at", False), ("pk", False)], cursor, size)


def officials_today(day=None) -> list[Official]:
    """Everybody with a position today, by name, with open load and presence. Four queries."""
    day = day or clock.today()
    in_office = Q(from_date__lte=day) & (Q(to_date__isnull=True) | Q(to_date__gte=day))
    held = {}
    tenures = Tenure.objects.filter(in_office, user__is_active=True).select_related("user", "position")
    for tenure in tenures.order_by("user__full_name", "user_id", "position__name"):
        held.setdefault(tenure.user, []).append(tenure.position)
    loads, absences = open_load(), presence_of([user.pk for user in held], day)
    return [
        Official(user, tuple(positions), loads.get(user.pk, 0), absences.get(user.pk))
        for user, positions in held.items()
    ]


def open_load() -> dict[int, int]:
    """Number of open requests that each person works on or answers for. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, count(*) FROM ("
            " SELECT assignee_id AS person, request_id FROM services_steprun"
            "  WHERE finished_at IS NULL AND assignee_id IS NOT NULL"
            " UNION SELECT responsible_id, id FROM services_request"
            "  WHERE closed_at IS NULL AND responsible_id IS NOT NULL) AS work GROUP BY person"
        )
        return dict(cursor.fetchall())


def routing_rows(requests, officials) -> list[RoutingRow]:
    """Suggestions for the requests of a page. Three queries, besides flows not yet known to the process."""
    runs = StepRun.objects.filter(request_id__in=[each.pk for each in requests], finished_at__isnull=True)
    runs = {run.request_id: run for run in runs}
    rules, adviser = rules_in_order(), _Adviser(officials)
    return [adviser.row(request, runs.get(request.pk), rule_for(request, rules)) for request in requests]


class _Adviser:
    """Works out suggestions from the officials of the day, without a query per row."""

    def __init__(self, officials):
        self.by_user = {each.user.pk: each for each in officials}
        self.holders = holders_of({position.pk for each in officials for position in each.positions})

    def row(self, request, run, rule):
        flow = flow_of(request.sop_version_id)
        step = flow.step(run.step_id) if run else None
        user, why = self._suggest(request, flow, step, rule)
        return RoutingRow(request, step, user, why, self._options(request, flow, user))

    def _suggest(self, request, flow, step, rule):
        if rule is not None:
            candidates = [rule.user] if rule.user_id else self.holders.get(rule.position_id, [])
            user = self._least_busy([user for user in candidates if self._present(user)])
            if user:
                return user, _("aturan penerusan urutan %(order)d") % {"order": rule.order}
        first = step if step and step.lead_kind == "position" else self._first_office_step(flow)
        user = self._least_busy(self.holders.get(first.lead_position_id, []) if first else [])
        if user:
            return user, _("pelaksana langkah %(no)d") % {"no": first.no}
        user = self._least_busy(self._heads(request.service.unit_id))
        return user, _("pimpinan unit") if user else ""

    def _first_office_step(self, flow):
        return next((step for step in flow.steps if step.lead_position_id), None)

    def _heads(self, unit_id):
        return [
            each.user
            for each in self.by_user.values()
            if each.absence is None and any(p.unit_id == unit_id and p.heads_unit for p in each.positions)
        ]

    def _present(self, user):
        official = self.by_user.get(user.pk)
        return official is not None and official.absence is None

    def _least_busy(self, users):
        ranked = sorted(users, key=lambda user: (self._load(user), user.full_name, user.pk))
        return ranked[0] if ranked else None

    def _load(self, user):
        return self.by_user[user.pk].load if user.pk in self.by_user else 0

    def _options(self, request, flow, suggested):
        """Those of the service's unit and those whom the SOP names, who are present; the suggested one first."""
        named = {actor.position_id for actor in flow.actors if actor.position_id}
        fitting = [
            each
            for each in self.by_user.values()
            if each.absence is None
            and any(p.pk in named or p.unit_id == request.service.unit_id for p in each.positions)
        ]
        if suggested and suggested.pk in self.by_user and self.by_user[suggested.pk] not in fitting:
            fitting.append(self.by_user[suggested.pk])
        return tuple(sorted(fitting, key=lambda each: (each.user != suggested, each.load, each.user.full_name)))
