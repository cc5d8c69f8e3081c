"""Adding a routing rule and moving it in the list."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from services.models import RoutingRule
from services.permissions import may_edit_rules
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Position, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.rules import RULE_DELETED

STEP = 10


@part
def place_last(rule: RoutingRule) -> None:
    """Put a new rule after all others. The caller saves it in the same transaction."""
    with connection.cursor() as cursor:
        # Two rules that are added at the same time must not get the same place.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('services-routing-rules'))")
    rule.order = (RoutingRule.objects.aggregate(last=Max("order"))["last"] or 0) + STEP


def recorded(rule: RoutingRule) -> dict[str, object]:
    """A rule as the journal records it: ids, and a SHA-256 (hex) of the answers it asks for."""
    answers = json.dumps(rule.answers, sort_keys=True, ensure_ascii=False).encode()
    return {
        "order": rule.order,
        "service": rule.service_id,
        "unit": rule.unit_id,
        "source": rule.source,
        "answers_sha256": hashlib.sha256(answers).hexdigest() if rule.answers else "",
        "position": rule.position_id,
        "user": rule.user_id,
        "automatic": rule.automatic,
        "active": rule.active,
    }


@verb
def move_rule(rule: RoutingRule, *, by: Actor, up: bool) -> RoutingRule:
    """Swap a rule with its neighbour above or below. At the end of the list nothing happens.

    Allowed: administrators.
    Effects: journal of both rules.
    Raises: NotAllowed; Outdated when the rule was deleted.
    """
    if not may_edit_rules(by.staff_member):
        raise NotAllowed(_("Aturan penerusan diatur oleh administrator."))
    # After waiting for the locks the rows are current, but still sorted as they were before: sort them here.
    rules = sorted(RoutingRule.objects.select_for_update().order_by("pk"), key=lambda each: each.order)
    place = next((n for n, each in enumerate(rules) if each.pk == rule.pk), None)
    if place is None:
        raise Outdated(RULE_DELETED)
    other = place - 1 if up else place + 1
    rule = rules[place]
    if not 0 <= other < len(rules):
        return rule
    # The constraint on the order is checked at the end of the transaction.
    rule.order, rules[other].order = rules[other].order, rule.order
    for each in (rule, rules[other]):
        each.save(update_fields=["order"])
        journal.record("move_routing_rule", "routing_rule", each.pk, by, order=each.order)
    return rule


@verb
def add_routing_rule(
    *,
    by: Actor,
    position: Position | None = None,
    official: User | None = None,
    automatic: bool = False,
    **conditions: Any,
) -> RoutingRule:
    """Add a rule at the end of the list, in which the first match wins.

    ``position`` or ``official`` is the target. ``conditions``: ``service``, ``unit``, ``source``, ``answers``. An
    automatic rule sets the responsible official when a request arrives; others only suggest one.

    Allowed: the caller has checked it.
    Effects: journal.
    Raises: Refused without exactly one target.
    """
    if (position is None) == (official is None):
        raise Refused(_("Pilih jabatan atau petugas tujuan, salah satu saja."), field="position")
    rule = RoutingRule(position=position, user=official, automatic=automatic, **conditions)
    place_last(rule)
    rule.save()
    journal.record("add_routing_rule", "routing_rule", rule.pk, by, **recorded(rule))
    return rule
