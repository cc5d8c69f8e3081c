"""The people whom an alarm calls (notifies): those who have the step, those who may take it, or the heads above them.

Rules:

- Acting holders (Plt., Plh.) and deputies count as holders. Absent people are not called; their deputies or the other
  holders are.
- A letter step only concerns people who may sign its letter (``permissions.may_sign``), not those who merely deputise.
  While none of them is present, nobody is late, and an escalation goes to the superiors.
- An escalation passes over a superior position that nobody holds, or that only those hold who are late themselves.
- If nobody is found, the head of the service's unit is called, else the head of the next unit above that has one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services import permissions
from services.engine.queries.recording import unit_of_case
from services.models import AlarmStep, Request, StepRun
from sop.rules.queries.flows import flow_of
from ula_portal.core.models import Position, Unit, User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of, ids_in_office_by_position

Whom = AlarmStep.Whom


class OrganisationChart:
    """The office's positions, their holders on a day, and its units, read once for any number of alarms.

    Five queries for all alarms together, six if one of them concerns a letter step.

    ``user_ids``: the assignees of the runs and the officials responsible for the requests; who of them is absent is
    read at once.
    """

    def __init__(self, day: date, user_ids: Iterable[int] = ()) -> None:
        self.day = day
        self.positions = {position.pk: position for position in Position.objects.all()}
        self.parent_unit_ids = dict(Unit.objects.values_list("pk", "parent_id"))
        # By position id. Absent holders are left out, their deputies are in.
        self.holders = holders_of(self.positions, day)
        self.absent_ids = set(presence_of(user_ids, day))

    @cached_property
    def own_holder_ids(self) -> dict[int, set[int]]:
        """By position id: ids of the users who hold it themselves, without deputies."""
        return ids_in_office_by_position(self.day)

    def people_to_call(self, step: AlarmStep, request: Request, run: StepRun | None) -> list[User]:
        """The people whom an alarm step calls for a request and its open run (or None), without duplicates."""
        case = _Case(self, request, run, self._holders_for(request, run))
        ways: dict[str, Callable[[], list[User]]] = {
            Whom.ASSIGNEE: case.assignee,
            Whom.HOLDERS: case.holders_of_step,
            Whom.RESPONSIBLE: case.responsible,
            Whom.SUPERIOR: lambda: case.superiors(step.levels),
            Whom.UNIT_HEAD: case.unit_head,
            Whom.OFFICE_HEAD: case.office_head,
        }
        return list({user.pk: user for user in ways[step.whom]()}.values())

    def is_present(self, user: User) -> bool:
        """Whether the user is active and not absent. Only known of the users given by ``user_ids``."""
        return user.is_active and user.pk not in self.absent_ids

    def heading_positions(self, unit_id: int | None) -> Iterator[Position]:
        """The position that heads a unit, then those that head the units above it."""
        while unit_id is not None:
            for position in self.positions.values():
                if position.unit_id == unit_id and position.heads_unit:
                    yield position
                    break
            unit_id = self.parent_unit_ids.get(unit_id)

    def _holders_for(self, request: Request, run: StepRun | None) -> dict[int, list[User]]:
        """``holders``; for a letter step, its position's holders without those who may not sign the letter."""
        if run is None or run.led_by != "position" or run.position_id is None:
            return self.holders
        if not flow_of(run.step.version_id).step(run.step_id).issues_letter:
            return self.holders
        own_ids, unit_id = self.own_holder_ids.get(run.position_id, ()), unit_of_case(request)
        # ``may_sign`` takes queries for each user, so it is only asked about deputies.
        signing = [
            user
            for user in self.holders[run.position_id]
            if user.pk in own_ids or permissions.may_sign(user, run, unit_id)
        ]
        return self.holders | {run.position_id: signing}


@dataclass(frozen=True)
class _Case:
    """A case about which an alarm goes off. ``holders``: by position id, see ``OrganisationChart._holders_for``."""

    chart: OrganisationChart
    request: Request
    run: StepRun | None
    holders: dict[int, list[User]]

    @property
    def position_id(self) -> int:
        """Id of the open step's position; 0, which no position has, if there is none."""
        return (self.run.position_id if self.run else None) or 0

    def assignee(self) -> list[User]:
        """The step's assignee; the holders of the step, if the assignee is absent or only deputises for the signer."""
        assignee = self.run.assignee if self.run else None
        if assignee and self.chart.is_present(assignee) and not self._may_not_sign(assignee):
            return [assignee]
        return self.holders_of_step()

    def holders_of_step(self) -> list[User]:
        """Holders of the step's position; else its unit's pool without the head; else the head of the case's unit."""
        found = list(self.holders.get(self.position_id, ()))
        if not found and self.run is not None:
            unit_id = self.run.unit_id
            pool = [each for each in self.chart.positions.values() if each.unit_id == unit_id and not each.heads_unit]
            found = [user for position in pool for user in self.holders[position.pk]]
        return found or self.unit_head()

    def responsible(self) -> list[User]:
        """The responsible official; if there is none or they are absent, the assignee."""
        official = self.request.responsible
        return [official] if official and self.chart.is_present(official) else self.assignee()

    def superiors(self, levels: int) -> list[User]:
        """Holders of the position ``levels`` above the step's; of the next one further up, if nobody else holds it.

        Users who are late with the step themselves are left out. Above a step in a pool comes the head of the unit.
        """
        late_ids = {user.pk for user in self.assignee()} if self.position_id else set()
        if self.chart.holders.get(self.position_id) and not self.holders[self.position_id]:
            # Only deputies who may not sign the letter are present, so nobody is late.
            late_ids = set()
        position = self.chart.positions.get(self.position_id)
        if position is None:
            position, levels = next(self.chart.heading_positions(unit_of_case(self.request)), None), levels - 1
        # Two edits at once can make positions each other's superiors, because only the form refuses it.
        visited = set[int]()
        while position is not None and position.pk not in visited:
            others = [user for user in self.holders[position.pk] if user.pk not in late_ids]
            if levels <= 0 and others:
                return others
            visited.add(position.pk)
            position, levels = self.chart.positions.get(position.superior_id or 0), levels - 1
        return []

    def unit_head(self) -> list[User]:
        """Heads of the case's unit; of the nearest unit above, if it has none present; else of the office."""
        for position in self.chart.heading_positions(unit_of_case(self.request)):
            if self.holders[position.pk]:
                return self.holders[position.pk]
        return self.office_head()

    def office_head(self) -> list[User]:
        """Holders of the positions that head a unit without a parent."""
        tops = [
            each
            for each in self.chart.positions.values()
            if each.heads_unit and self.chart.parent_unit_ids.get(each.unit_id) is None
        ]
        return [user for position in tops for user in self.holders[position.pk]]

    def _may_not_sign(self, user: User) -> bool:
        """Whether a user holds the letter step's position, but was left out because they may not sign."""
        return user in self.chart.holders.get(self.position_id, ()) and user not in self.holders[self.position_id]
