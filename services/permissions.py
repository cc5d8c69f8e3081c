"""Who may read, work and route cases. Rights come from positions held today, units and roles."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.models import StepRun
from sop.rules.flow import FlowStep
from ula_portal.core import clock
from ula_portal.core.models import Position, Role, User
from ula_portal.core.office import absences as absence_queries
from ula_portal.core.office import queries
from ula_portal.core.office.queries import position_ids_above
from ula_portal.core.permissions import grant, has_role, is_staff_member, unit_ids_led_by

DESK_ROLES = (Role.FRONT_DESK, Role.COUNTER)
READS_EVERYTHING = (Role.ADMINISTRATOR, Role.HEAD, *DESK_ROLES)


@dataclass(frozen=True)
class Standing:
    """What a person is in the office on a day: positions, units whose pool they belong to, units they lead."""

    user: User
    day: datetime.date

    @property
    def positions(self) -> Sequence[Position]:
        return queries.positions_of(self.user, self.day)

    @property
    def position_ids(self) -> frozenset[int]:
        return frozenset(position.pk for position in self.positions)

    @property
    def kept_position_ids(self) -> frozenset[int]:
        """Positions whose paper the person keeps, as their secretariat."""
        return frozenset(queries.position_ids_kept(self.user, self.day))

    @property
    def unit_ids(self) -> frozenset[int]:
        """Units in which the person holds a position: their pool."""
        return frozenset(position.unit_id for position in self.positions)

    @property
    def led_unit_ids(self) -> frozenset[int]:
        return frozenset(unit_ids_led_by(self.user))

    @property
    def at_desk(self) -> bool:
        return has_role(self.user, *DESK_ROLES)

    @property
    def reads_everything(self) -> bool:
        return has_role(self.user, *READS_EVERYTHING)


def standing_of(user: User) -> Standing:
    """The standing of a person today; what it rests on is remembered on the object (core's queries)."""
    return Standing(user, clock.today())


def may_see_cases(user: User) -> bool:
    """Whether the inbox opens at all; what stands in it is part of its queries."""
    return is_staff_member(user)


def may_work(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether a person may work an open step (``run.position`` is read).

    Its assignee; a holder of its position when nobody present has it; a member of the unit's pool when the position
    has no holder today or the step is another agency's; whom a leader gave it to; the desk for steps of the applicant;
    section heads for the positions of their unit and for its pool. ``case_unit_id``: unit of the case's service.
    """
    standing = standing_of(user)
    if _owner_id(run, case_unit_id) in standing.led_unit_ids:
        return True
    if run.led_by == "applicant":
        return standing.at_desk or case_unit_id in standing.unit_ids
    if given_outside(run) and run.assignee_id == user.pk:
        return bool(standing.position_ids)
    if run.position_id not in standing.position_ids and not _in_pool(standing, run, case_unit_id):
        return False
    return run.assignee_id in (None, user.pk) or not still_has_it(run)


def may_sign(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether who may work a letter step may also sign its letter: by a tenure of their own, never as a deputy.

    A holder of its position, definitive or by an order (Plh., Plt.); the head of its unit, in their own name. A step of
    a position that the office does not have is signed by whoever works it and holds a post.
    """
    own = queries.own_position_ids(user)
    if run.position_id is None:
        return bool(own)
    if run.position_id in own:
        return True
    leads = _owner_id(run, case_unit_id) in standing_of(user).led_unit_ids
    return leads and bool(own & position_ids_above(run.position_id))


def may_decide(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Whether who may work a decision may also take it.

    Where the position's deputies may not, only its own holders, the head of its unit, and whom a leader gave the step.
    """
    if run.led_by != "position" or run.position is None or run.position.deputy_decides:
        return True
    if given_outside(run) and run.assignee_id == user.pk:
        return True
    leads = run.position.unit_id in standing_of(user).led_unit_ids
    return leads or run.position_id in queries.own_position_ids(user)


def may_finish(user: User, run: StepRun, step: FlowStep, case_unit_id: int | None) -> bool:
    """Whether who may work the open step may also end it; ``step``: the flow's. A letter asks for a tenure."""
    if run.led_by != "position":
        return True
    if step.issues_letter:
        return may_sign(user, run, case_unit_id)
    return step.shape != "decision" or may_decide(user, run, case_unit_id)


def _owner_id(run: StepRun, case_unit_id: int | None) -> int | None:
    """The unit whose head answers for the step: the position's, or the one whose pool it is in."""
    return run.position.unit_id if not run.unit_id and run.position else case_unit_id


def _in_pool(standing: Standing, run: StepRun, case_unit_id: int | None) -> bool:
    if (run.unit_id or case_unit_id) not in standing.unit_ids:
        return False
    return bool(run.unit_id) or run.position_id is None or not _holders(run.position_id)


def _holders(position_id: int) -> list[User]:
    return queries.holders_of([position_id])[position_id]


def given_outside(run: StepRun) -> bool:
    """Whether a leader gave the open step to somebody who does not hold its position."""
    return run.deviation == "reassigned"


def still_has_it(run: StepRun) -> bool:
    """Whether the assignee is here today and the step is still theirs; else it is open to the others.

    Theirs: by their position or a person they stand in for, from the unit's pool, as its section head, or given by one.
    """
    person = run.assignee
    if person is None or not person.is_active or absence_queries.presence_of([person.pk]):
        return False
    standing = standing_of(person)
    if run.position_id in standing.position_ids or given_outside(run):
        return True
    owner_id = run.position.unit_id if not run.unit_id and run.position else run.unit_id
    return (run.unit_id is not None and run.unit_id in standing.unit_ids) or owner_id in standing.led_unit_ids


def may_serve_applicant(user: User, case_unit_id: int | None) -> bool:
    """Whether a person may record what the applicant brings: desk, the unit's pool, its section head."""
    standing = standing_of(user)
    return standing.at_desk or case_unit_id in standing.unit_ids or case_unit_id in standing.led_unit_ids


def may_see_held(user: User) -> bool:
    """The list of originals that the office holds: the desk, and who belongs to a unit or leads one."""
    standing = standing_of(user)
    return is_staff_member(user) and (standing.at_desk or bool(standing.unit_ids | standing.led_unit_ids))


def may_publish_services(user: User) -> bool:
    """Publishing and withdrawing services of the catalogue: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_route_somewhere(user: User) -> bool:
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD)


def may_edit_rules(user: User) -> bool:
    """Rules of routing: administrators; section heads read them."""
    return has_role(user, Role.ADMINISTRATOR)


def may_route(user: User, case_unit_id: int | None) -> bool:
    """``route_case``: administrators everywhere, section heads in their unit and below."""
    return has_role(user, Role.ADMINISTRATOR) or case_unit_id in standing_of(user).led_unit_ids


def may_lead(user: User, case_unit_id: int | None) -> bool:
    """Deciding over a case whose step is not one's own: administrators everywhere, section heads in their unit."""
    return may_route(user, case_unit_id)


def may_skip(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Leaving the open step out, with a reason: whoever works it, and who leads the case."""
    return may_work(user, run, case_unit_id) or may_lead(user, case_unit_id)


def may_go_on_at(user: User, step: FlowStep, case_unit_id: int | None) -> bool:
    """Going on at a step out of order, with a reason: at a step of one's own position; who leads the case, at any.

    ``step``: the flow's. So nobody passes over the approval of somebody above.
    """
    own = step.lead_position_id is not None and step.lead_position_id in standing_of(user).position_ids
    return own or may_lead(user, case_unit_id)


def may_reassign(user: User, run: StepRun, case_unit_id: int | None) -> bool:
    """Giving the open step to another holder of its position or member of its pool: who has it, who leads the case."""
    return run.led_by != "applicant" and (run.assignee_id == user.pk or may_lead(user, case_unit_id))


def may_reassign_outside(user: User, case_unit_id: int | None) -> bool:
    """Giving the open step to somebody who does not hold its position, with a reason: who leads the case alone."""
    return may_lead(user, case_unit_id)


def keeps_paper_of(user: User, run: StepRun) -> bool:
    """Whether a step is one of a position whose secretariat a person is; that lets them record, and nothing else."""
    return run.position_id is not None and run.position_id in standing_of(user).kept_position_ids


def may_record_paper(
    user: User,
    run: StepRun,
    case_unit_id: int | None,
    *,
    responsible_id: int | None,
    giver_unit_id: int | None,
    named_position_ids: Iterable[int],
) -> bool:
    """Recording what the step's official wrote on paper, in the recorder's own name ("dicatat oleh").

    The position's secretariat; who leads the case; the responsible official; people of the unit that gave the step in;
    those right below the position who take part in the SOP; and who may work the step anyway. Never for a step of the
    applicant. ``giver_unit_id``: unit of the position that finished the step before; ``named_position_ids``: positions
    that the SOP names.
    """
    if run.led_by == "applicant":
        return False
    standing = standing_of(user)
    if keeps_paper_of(user, run) or responsible_id == user.pk or giver_unit_id in standing.unit_ids:
        return True
    below = {each.pk for each in standing.positions if each.superior_id and each.superior_id == run.position_id}
    if below & set(named_position_ids):
        return True
    return may_lead(user, case_unit_id) or may_work(user, run, case_unit_id)


# Words kept ready: administrators keep them, section heads read them.
for _words in ("messagetemplate", "readyreason"):
    grant(Role.ADMINISTRATOR, f"services.*_{_words}")
    grant(Role.SECTION_HEAD, f"services.view_{_words}")
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
