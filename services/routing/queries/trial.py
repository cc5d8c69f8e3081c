"""Trying the rules on a request, an existing one or one made up: which rule takes it, and why the others do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from services.engine.queries.recording import unit_of_case
from services.models import Request, Service
from services.permissions import may_route
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.text.badges import Badge

from . import routing
from .rules import RuleLine, unmet_conditions

WHY_NOT = {
    "service": gettext_lazy("layanan lain"),
    "unit": gettext_lazy("unit lain"),
    "source": gettext_lazy("asal lain"),
    "answers": gettext_lazy("jawaban lain"),
}


@dataclass(frozen=True)
class RuleTrial:
    """A rule tried on a request. ``why_not``: what does not fit, in words. ``first``: this rule takes the request."""

    line: RuleLine
    first: bool
    why_not: list[str]

    @property
    def badge(self) -> Badge:
        if self.first:
            return Badge("good", gettext_lazy("berlaku"))
        if self.why_not:
            return Badge("neutral", ", ".join(self.why_not), "x")
        return Badge("neutral", gettext_lazy("cocok, tetapi sudah didahului"))


def try_rules(lines: Iterable[RuleLine], request: Request) -> list[RuleTrial]:
    """The rules in use, each tried on a request. ``lines``: what ``routing_rules.rule_lines`` gives."""
    found, taken = [], False
    for line in lines:
        if not line.rule.active:
            continue
        why_not = [str(WHY_NOT[each]) for each in unmet_conditions(line.rule, request)]
        found.append(RuleTrial(line, not why_not and not taken, why_not))
        taken = taken or not why_not
    return found


def request_to_try(user: User, number: str) -> Request | None:
    """A submitted request by its number, or None if the person may not route it. One query, besides the standing."""
    rows = Request.objects.filter(number=number, sop_version__isnull=False)
    found = rows.select_related("service__unit", "sop_version__sop", "responsible").first()
    return found if found is not None and may_route(user, unit_of_case(found)) else None


def unsaved_request(service: Service, source: str, answers: Mapping[str, object]) -> Request:
    """An unsaved request for trying the rules. Without an SOP in force it has no version, so nobody is suggested."""
    version = version_in_force(service.sop_id) if service.sop_id else None
    return Request(service=service, sop_version=version, source=source, answers=answers, received_at=clock.now())


def advice_for(request: Request) -> routing.RoutingRow | None:
    """The suggestion for one request: whom and why; None without an SOP."""
    if request.sop_version_id is None:
        return None
    return routing.routing_rows([request], routing.officials_today())[0]
