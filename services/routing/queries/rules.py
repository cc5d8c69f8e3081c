"""The rules of routing: which one takes a request, why the others do not, and which can never be reached."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fields.show_if import holds
from services.models import Request, RoutingRule
from ula_portal.core.models import User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import Outdated

RULE_DELETED = gettext_lazy("Aturan ini sudah dihapus.")


def rule_by_id(pk: int) -> RoutingRule:
    """One rule. Raises: Outdated when it was deleted."""
    rule = RoutingRule.objects.filter(pk=pk).first()
    if rule is None:
        raise Outdated(RULE_DELETED)
    return rule


def all_rules() -> list[RoutingRule]:
    """Every rule in order, those not in use too. One query."""
    return list(RoutingRule.objects.select_related("service", "unit", "user", "position").order_by("order"))


def rules_in_order() -> list[RoutingRule]:
    """Rules in use, first match wins. One query."""
    return list(RoutingRule.objects.filter(active=True).select_related("user", "position").order_by("order"))


def obstacles(rule: RoutingRule, request: Request) -> list[str]:
    """Names of the rule's conditions that do not hold for a request; empty when the rule fits."""
    found = []
    if rule.service_id and rule.service_id != request.service_id:
        found.append("service")
    if rule.unit_id and rule.unit_id != request.service.unit_id:
        found.append("unit")
    if rule.source and rule.source != request.source:
        found.append("source")
    if not holds(rule.answers, request.answers):
        found.append("answers")
    return found


def fits(rule: RoutingRule, request: Request) -> bool:
    """Whether a rule's conditions hold for a request; empty conditions always do."""
    return not obstacles(rule, request)


def rule_for(request: Request, rules: Iterable[RoutingRule]) -> RoutingRule | None:
    """The first of the rules that fits."""
    return next((rule for rule in rules if fits(rule, request)), None)


def automatic_official(request: Request) -> User | None:
    """The official whom an automatic rule names for a new request, or None.

    Only the first rule that fits counts; one that merely suggests hides automatic ones after it. A position decides
    only when exactly one person holds it today; of a person who is away, the deputy gets it.
    """
    rule = rule_for(request, rules_in_order())
    return official_of(rule) if rule is not None and rule.automatic else None


def official_of(rule: RoutingRule) -> User | None:
    """The one person a rule leads to today, or None: nobody, or several who hold the position."""
    if rule.position_id:
        holders = holders_of([rule.position_id])[rule.position_id]
        return holders[0] if len(holders) == 1 else None
    if rule.user is None:
        return None
    absence = presence_of([rule.user.pk]).get(rule.user.pk)
    person = absence.deputy if absence else rule.user
    if person is None or not person.is_active:
        return None
    return None if absence and presence_of([person.pk]) else person


@dataclass(frozen=True)
class RuleLine:
    """A rule as the list shows it. ``place``: among those in use, from 1 (0: not in use); ``hidden_by``: places of
    earlier ones that take all it would take."""

    rule: RoutingRule
    place: int
    hidden_by: tuple[int, ...]

    @property
    def hidden_words(self) -> str:
        """“tidak pernah tercapai karena aturan 2”, or nothing."""
        if not self.hidden_by:
            return ""
        places = [str(place) for place in self.hidden_by]
        named = (
            places[0]
            if len(places) == 1
            else _("%(some)s dan %(last)s")
            % {
                "some": ", ".join(places[:-1]),
                "last": places[-1],
            }
        )
        return _("tidak pernah tercapai karena aturan %(places)s") % {"places": named}


def rule_lines(rules: Iterable[RoutingRule]) -> list[RuleLine]:
    """Rules in order; of each in use whether it can be reached."""
    lines: list[RuleLine] = []
    earlier: list[tuple[int, RoutingRule]] = []
    for rule in rules:
        if not rule.active:
            lines.append(RuleLine(rule, 0, ()))
            continue
        lines.append(RuleLine(rule, len(earlier) + 1, hidden_by(rule, earlier)))
        earlier.append((len(earlier) + 1, rule))
    return lines


def hidden_by(rule: RoutingRule, earlier: Iterable[tuple[int, RoutingRule]]) -> tuple[int, ...]:
    """Places of the first of ``earlier`` (place, rule) that take everything a rule would take; empty: reachable.

    A rule for every source may be hidden by several, one for each source.
    """
    found = set[int]()
    for source in [rule.source] if rule.source else list(Request.Source.values):
        place = next((place for place, each in earlier if _covers(each, rule, source)), None)
        if place is None:
            return ()
        found.add(place)
    return tuple(sorted(found))


def _covers(earlier: RoutingRule, rule: RoutingRule, source: str) -> bool:
    """Whether the earlier rule takes all requests from a source that the later one would take."""
    if earlier.source and earlier.source != source:
        return False
    if earlier.service_id and earlier.service_id != rule.service_id:
        return False
    unit_id = rule.service.unit_id if rule.service else rule.unit_id
    if earlier.unit_id and earlier.unit_id != unit_id:
        return False
    return all(
        name in rule.answers and set(_listed(rule.answers[name])) <= set(_listed(wanted))
        for name, wanted in earlier.answers.items()
    )


def _listed(wanted: object) -> list[str]:
    return [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
