"""Which regions of the start page a user has."""

import datetime
from dataclasses import dataclass

from services.inbox.queries.scope import InboxScope
from ula_portal.core import clock
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role
from visitors import permissions as visiting

OFFICE_CARDS = ("queue", "visits", "away", "counters")
DESK_CARDS = ("queue", "visits", "bookings", "counters")


@dataclass(frozen=True)
class HomeRights:
    """The regions of a user, from their roles and positions. The queries behind them check permissions themselves."""

    scope: InboxScope

    @property
    def user(self) -> User:
        return self.scope.user

    @property
    def today(self) -> datetime.date:
        return clock.local(self.scope.at).date()

    @property
    def at_desk(self) -> bool:
        return visiting.may_check_in(self.user)

    @property
    def works_at_counter(self) -> bool:
        return has_role(self.user, Role.COUNTER)

    @property
    def may_call(self) -> bool:
        return visiting.may_call(self.user)

    @property
    def leads_office(self) -> bool:
        return has_role(self.user, Role.HEAD)

    @property
    def oversees(self) -> bool:
        """Head of office and section heads, who see where the cases of their units wait."""
        return self.leads_office or bool(self.scope.led_unit_ids)

    @property
    def administers(self) -> bool:
        return has_role(self.user, Role.ADMINISTRATOR)

    @property
    def works_on_cases(self) -> bool:
        return bool(self.scope.position_ids) and not self.at_desk

    @property
    def away_unit_ids(self) -> frozenset[int] | None:
        """The units of whose officials the user sees absences; None for the whole office."""
        return None if self.leads_office or self.administers else self.scope.led_unit_ids

    @property
    def cards(self) -> tuple[str, ...]:
        """Names of the day's counts: of the desk, the office, the unit, the own work; each once, at most six."""
        found: list[str] = []
        if self.at_desk:
            found += DESK_CARDS
        if self.leads_office or self.administers:
            found += OFFICE_CARDS
        elif self.scope.led_unit_ids:
            found += ("today", "returned", "pool", "away")
        elif self.works_on_cases:
            found += ("today", "returned", "pool", "received")
        return tuple(dict.fromkeys(found))[:6]
