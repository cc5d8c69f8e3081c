"""Who should take a request: rules of routing, suggestions, load and presence of officials."""

from ula_portal.core.queries import holders_of

from ..models import RoutingRule


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
