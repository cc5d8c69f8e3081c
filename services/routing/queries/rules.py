"""The routing rules: which one takes a request, why the others do not, and which can never match."""

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
    """One rule, to be changed.

    Raises: Outdated when it was deleted.
    """
    rule = RoutingRule.objects.filter(pk=pk).first()
    if rule is None:
        raise Outdated(RULE_DELETED)
    return rule


def all_rules() -> list[RoutingRule]:
    """Every rule in order, including those not in use. One query."""
    return list(RoutingRule.objects.select_related("service", "unit", "user", "position").order_by("order"))


def rules_in_order() -> list[RoutingRule]:
    """The rules in use, in order: the first match wins. One query."""
    return list(RoutingRule.objects.filter(active=True).select_related("user", "position").order_by("order"))


def unmet_conditions(rule: RoutingRule, request: Request) -> list[str]:
    """Names of the rule's conditions that a request does not meet: service, unit, source, answers. Empty if it fits."""
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
    """Whether a request meets all conditions of a rule. A rule without conditions fits every request."""
    return not unmet_conditions(rule, request)


def rule_for(request: Request, rules: Iterable[RoutingRule]) -> RoutingRule | None:
    """The first of the rules that fits a request, or None."""
    return next((rule for rule in rules if fits(rule, request)), None)


def automatic_official(request: Request) -> User | None:
    """The official whom an automatic rule names for a new request, or None.

    Only the first rule that fits counts; if it merely suggests, automatic rules after it do not apply.
    """
    rule = rule_for(request, rules_in_order())
    return official_of(rule) if rule is not None and rule.automatic else None


def official_of(rule: RoutingRule) -> User | None:
    """The one person to whom a rule leads today, or None.

    A position counts only if exactly one person holds it today. A person who is absent is replaced by the deputy.
    """
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
    """A rule as the list shows it.

    ``place``: its number among the rules in use, from 1 (0: not in use). ``hidden_by``: places of the earlier rules
    that take every request which it would take.
    """

    rule: RoutingRule
    place: int
    hidden_by: tuple[int, ...]

    @property
    def hidden_words(self) -> str:
        """For example “tidak pernah tercapai karena aturan 2”; "" if the rule can match."""
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
    """Lines of the list for rules in order."""
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
    """Places of the first earlier rules that together take every request which a rule would take; () if it can match.

    ``earlier``: pairs (place, rule). A rule for all sources may be hidden by several rules, one for each source.
    """
    found = set[int]()
    for source in [rule.source] if rule.source else list(Request.Source.values):
        place = next((place for place, each in earlier if _covers(each, rule, source)), None)
        if place is None:
            return ()
        found.add(place)
    return tuple(sorted(found))


def _covers(earlier: RoutingRule, rule: RoutingRule, source: str) -> bool:
    """Whether the earlier rule takes every request from a source which the later one would take."""
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
