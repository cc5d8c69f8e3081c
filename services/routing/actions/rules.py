"""Rules of routing: put one into the list, move it. Administrators only; the pages that call these check it."""

import hashlib
import json
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from services.models import RoutingRule
from services.permissions import may_edit_rules
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor, staff
from ula_portal.core.models import Position, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

STEP = 10


def place_last(rule: RoutingRule) -> None:
    """Give a new rule the place after all others; inside the transaction that saves it."""
    with connection.cursor() as cursor:
        # Two new rules at once must not get the same place.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('services-routing-rules'))")
    rule.order = (RoutingRule.objects.aggregate(last=Max("order"))["last"] or 0) + STEP


def recorded(rule: RoutingRule) -> dict[str, object]:
    """What the journal keeps of a rule: ids, and a hash of the answers it asks for."""
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


@transaction.atomic
def move_rule(rule_id: int, *, up: bool, by: User) -> RoutingRule:
    """Let a rule and its neighbour change places; at the end of the list nothing happens.

    Raises NotAllowed, and Outdated for a rule that was deleted meanwhile.
    """
    if not may_edit_rules(by):
        raise NotAllowed(_("Aturan penerusan diatur oleh administrator."))
    # Whoever waited for the locks gets the rows as they are now, but in the order in which they stood before.
    rules = sorted(RoutingRule.objects.select_for_update().order_by("pk"), key=lambda rule: rule.order)
    place = next((n for n, rule in enumerate(rules) if rule.pk == rule_id), None)
    if place is None:
        raise Outdated(_("Aturan ini sudah dihapus."))
    other = place - 1 if up else place + 1
    rule = rules[place]
    if not 0 <= other < len(rules):
        return rule
    # Unique at the end of the transaction.
    rule.order, rules[other].order = rules[other].order, rule.order
    for each in (rule, rules[other]):
        each.save(update_fields=["order"])
        journal.record("move_routing_rule", "routing_rule", each.pk, staff(by), order=each.order)
    return rule


@transaction.atomic
def add_routing_rule(
    *,
    position: Position | None = None,
    user: User | None = None,
    automatic: bool = False,
    actor: Actor = SYSTEM,
    **conditions: Any,
) -> RoutingRule:
    """Add a rule at the end of the list: first match wins.

    Either ``position`` or ``user`` is the target; ``conditions``: ``service``, ``unit``, ``source``, ``answers``. An
    automatic rule sets the official at once, others suggest. Raises Refused without exactly one target.
    """
    if (position is None) == (user is None):
        raise Refused(_("Pilih jabatan atau petugas tujuan, salah satu saja."), field="position")
    rule = RoutingRule(position=position, user=user, automatic=automatic, **conditions)
    place_last(rule)
    rule.save()
    journal.record("add_routing_rule", "routing_rule", rule.pk, actor, **recorded(rule))
    return rule
