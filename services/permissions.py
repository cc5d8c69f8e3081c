"""Who may read, work and route cases. Permissions come from positions held today, units and roles.

``case_unit_id`` is everywhere the id of the unit to whose pool the case belongs, as ``unit_of_case`` gives it; None if
neither the service nor the SOP has one. ``run`` is an open run of the case.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.models import StepRun
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.models import Position, Role, User
from ula_portal.core.office import queries as office
from ula_portal.core.office.absences import presence_of
from ula_portal.core.permissions import grant, has_role, is_staff_member, unit_ids_led_by

DESK_ROLES = (Role.FRONT_DESK, Role.COUNTER)
# Roles that read every case, whatever its unit.
READS_EVERYTHING = (Role.ADMINISTRATOR, Role.HEAD, *DESK_ROLES)


@dataclass(frozen=True)
class Standing:
    """A user's place in the office: positions on a day, units to whose pool they belong, units they lead, roles.

    Positions include those for which the user is a deputy that day. Units led come from a role and have no dates.
    """

    user: User
    day: datetime.date

    @property
    def positions(self) -> Sequence[Position]:
        return office.positions_of(self.user, self.day)

    @property
    def position_ids(self) -> frozenset[int]:
        return frozenset(position.pk for position in self.positions)

    @property
    def secretariat_position_ids(self) -> frozenset[int]:
        """Positions for which the user is the secretariat and may record paperwork."""
        return frozenset(office.position_ids_as_secretariat(self.user, self.day))

    @property
    def unit_ids(self) -> frozenset[int]:
        """Units in which the user holds a position, and to whose pool they therefore belong."""
        return frozenset(position.unit_id for position in self.positions)

    @property
    def led_unit_ids(self) -> frozenset[int]:
        """Units that the user leads as a section head, sub-units included."""
        return frozenset(unit_ids_led_by(self.user))

    @property
    def at_desk(self) -> bool:
        return has_role(self.user, *DESK_ROLES)

    @property
    def reads_everything(self) -> bool:
        return has_role(self.user, *READS_EVERYTHING)


def standing_of(user: User) -> Standing:
    """The standing of a user today. Core's queries cache what it is based on in the user object."""
    return Standing(user, clock.today())


def may_see_cases(user: User) -> bool:
    """Whether the user can open the inbox at all; its queries decide which cases it shows."""
    return is_staff_member(user)


def may_work(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether the user may work an open step. Reads ``run.position``.

    These users may work it:

    - its assignee, and the user to whom a leader gave it;
    - holders of its position, unless somebody present has it;
    - members of the unit's pool, if the position is vacant today or the step is another agency's;
    - the desk and the unit's pool, for steps of the applicant;
    - section heads, for the positions and the pool of their unit.
    """
    standing = standing_of(user)
    if _leading_unit_id(run, case_unit_id) in standing.led_unit_ids:
        return True
    if run.led_by == "applicant":
        return standing.at_desk or case_unit_id in standing.unit_ids
    if reassigned_outside(run) and run.assignee_id == user.pk:
        return bool(standing.position_ids)
    if run.position_id not in standing.position_ids and not _in_pool(standing, run, case_unit_id):
        return False
    return run.assignee_id in (None, user.pk) or not is_assignee_entitled(run)


def may_sign(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether a user who may work a letter step may also sign its letter: by their own tenure, never as a deputy.

    Holders of its position may, definitive or acting by an order (Plh., Plt.), and the head of its unit in their own
    name. If the office does not have the step's position, anybody who works the step and holds a position may.
    """
    own = office.own_position_ids(user)
    if run.position_id is None:
        return bool(own)
    if run.position_id in own:
        return True
    leads = _leading_unit_id(run, case_unit_id) in standing_of(user).led_unit_ids
    return leads and bool(own & office.position_ids_above(run.position_id))


def may_decide(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether a user who may work a decision step may also decide.

    If the position's deputies may not decide, only its own holders, the head of its unit, and the user to whom a
    leader gave the step may.
    """
    if run.led_by != "position" or run.position is None or run.position.deputy_decides:
        return True
    if reassigned_outside(run) and run.assignee_id == user.pk:
        return True
    leads = run.position.unit_id in standing_of(user).led_unit_ids
    return leads or run.position_id in office.own_position_ids(user)


def may_finish(user: User, run: StepRun, step: FlowStep, case_unit_id: int | None) -> bool:
    """Whether a user who may work the open step may also finish it: sign its letter or take its decision.

    ``step``: the step of the run.
    """
    if run.led_by != "position":
        return True
    if step.issues_letter:
        return may_sign(user, run, case_unit_id)
    return step.shape != "decision" or may_decide(user, run, case_unit_id)


def _leading_unit_id(run: StepRun, case_unit_id: int | None) -> int | None:
    """Id of the unit whose head is in charge of the step: the position's unit, or the case's for a step in a pool."""
    return run.position.unit_id if not run.unit_id and run.position else case_unit_id


def _in_pool(standing: Standing, run: StepRun, case_unit_id: int | None) -> bool:
    if (run.unit_id or case_unit_id) not in standing.unit_ids:
        return False
    return bool(run.unit_id) or run.position_id is None or not _holders(run.position_id)


def _holders(position_id: int) -> list[User]:
    return office.holders_of([position_id])[position_id]


def reassigned_outside(run: StepRun) -> bool:
    """Whether a leader gave the open step to somebody who does not hold its position."""
    return run.deviation == "reassigned"


def is_assignee_entitled(run: StepRun) -> bool:
    """Whether the assignee is present today and still entitled to the step; otherwise others may work it.

    They are entitled by the step's position (their own or as a deputy), by the unit's pool, as its section head, or
    because a leader gave them the step.
    """
    person = run.assignee
    if person is None or not person.is_active or presence_of([person.pk]):
        return False
    standing = standing_of(person)
    if run.position_id in standing.position_ids or reassigned_outside(run):
        return True
    in_pool = run.unit_id is not None and run.unit_id in standing.unit_ids
    return in_pool or _leading_unit_id(run, run.unit_id) in standing.led_unit_ids


def may_serve_applicant(user: User, case_unit_id: int | None) -> bool:
    """Whether the user may record what the applicant brings: the desk, the unit's pool, its section head."""
    standing = standing_of(user)
    return standing.at_desk or case_unit_id in standing.unit_ids or case_unit_id in standing.led_unit_ids


def may_see_kept_originals(user: User) -> bool:
    """Whether the user may open the list of originals kept by the office: the desk, and members or heads of a unit."""
    standing = standing_of(user)
    return is_staff_member(user) and (standing.at_desk or bool(standing.unit_ids | standing.led_unit_ids))


def may_publish_services(user: User) -> bool:
    """Whether the user may publish and withdraw services of the catalogue: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_record_opening(user: User) -> bool:
    """Whether the user may take over what was running on paper before the portal: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_route_somewhere(user: User) -> bool:
    """Whether the user may open the routing list; ``may_route`` decides about each case in it."""
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD)


def may_edit_rules(user: User) -> bool:
    """Whether the user may edit routing rules: administrators. Section heads only read them."""
    return has_role(user, Role.ADMINISTRATOR)


def may_route(user: User, case_unit_id: int | None) -> bool:
    """Whether the user may route a case: administrators everywhere, section heads in their unit and below."""
    return has_role(user, Role.ADMINISTRATOR) or case_unit_id in standing_of(user).led_unit_ids


def may_lead(user: User, case_unit_id: int | None) -> bool:
    """Whether the user leads the case: administrators everywhere, section heads in their unit and below."""
    return may_route(user, case_unit_id)


def may_skip(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether the user may skip the open step, with a reason: whoever may work it or leads the case."""
    return may_work(user, run, case_unit_id) or may_lead(user, case_unit_id)


def may_go_on_at(user: User, step: FlowStep, case_unit_id: int | None) -> bool:
    """Whether the user may continue the case at a step out of order, with a reason.

    Users may only do so at a step of their own position, so that nobody bypasses a superior's approval; whoever leads
    the case may at any step.
    """
    own = step.lead_position_id is not None and step.lead_position_id in standing_of(user).position_ids
    return own or may_lead(user, case_unit_id)


def may_reassign(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether the user may give the open step to another holder of its position or member of its pool.

    Its assignee and whoever leads the case may.
    """
    return run.led_by != "applicant" and (run.assignee_id == user.pk or may_lead(user, case_unit_id))


def may_reassign_outside(user: User, case_unit_id: int | None) -> bool:
    """Whether the user may give the open step, with a reason, to somebody who does not hold its position.

    Only whoever leads the case may.
    """
    return may_lead(user, case_unit_id)


def is_secretariat_for(user: User, run: StepRun) -> bool:
    """Whether the user is the secretariat of the step's position, which only lets them record the step."""
    return run.position_id is not None and run.position_id in standing_of(user).secretariat_position_ids


def may_record_paper(
    user: User,
    run: StepRun,
    case_unit_id: int | None,
    *,
    responsible_id: int | None,
    previous_unit_id: int | None,
    named_position_ids: Iterable[int],
) -> bool:
    """Whether the user may record, in their own name ("dicatat oleh"), what the step's official wrote on paper.

    Never for a step of the applicant. Otherwise these users may: the position's secretariat, whoever leads the case,
    the responsible official, members of the unit that finished the step before, holders of a position that the SOP
    names directly below the step's, and whoever may work the step.

    ``previous_unit_id``: unit of the position that finished the step before. ``named_position_ids``: positions that the
    SOP names.
    """
    if run.led_by == "applicant":
        return False
    standing = standing_of(user)
    if is_secretariat_for(user, run) or responsible_id == user.pk or previous_unit_id in standing.unit_ids:
        return True
    directly_below = {
        each.pk for each in standing.positions if each.superior_id and each.superior_id == run.position_id
    }
    if directly_below & set(named_position_ids):
        return True
    return may_lead(user, case_unit_id) or may_work(user, run, case_unit_id)


# Message templates and reasons: administrators edit them, section heads read them.
for _model in ("messagetemplate", "readyreason"):
    grant(Role.ADMINISTRATOR, f"services.*_{_model}")
    grant(Role.SECTION_HEAD, f"services.view_{_model}")
grant(Role.ADMINISTRATOR, "services.*_routingrule", "services.*_lettertemplate", "services.view_letter")
grant(Role.ADMINISTRATOR, "services.*_alarmstep")
grant(Role.SECTION_HEAD, "services.view_routingrule", "services.view_lettertemplate", "services.view_letter")
# The catalogue: administrators edit it, heads read it.
grant(
    Role.ADMINISTRATOR,
    *(f"services.*_{model}" for model in ("service", "category", "requirement", "formversion", "field")),
)
for _role in (Role.HEAD, Role.SECTION_HEAD):
    grant(_role, *(f"services.view_{model}" for model in ("service", "category", "requirement", "alarmstep")))
