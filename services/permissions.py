"""Who may read, work and route cases. Rights come from positions held today, units and roles."""

from dataclasses import dataclass

from ula_portal.core import clock, queries
from ula_portal.core.models import Role
from ula_portal.core.permissions import grant, has_role, is_staff_member, unit_ids_led_by

DESK_ROLES = (Role.FRONT_DESK, Role.COUNTER)
READS_EVERYTHING = (Role.ADMINISTRATOR, Role.HEAD, *DESK_ROLES)


@dataclass(frozen=True)
class Standing:
    """What a person is in the office on a day: positions, units whose pool they belong to, units they lead."""

    user: object
    day: object

    @property
    def positions(self) -> list:
        return queries.positions_of(self.user, self.day)

    @property
    def position_ids(self) -> frozenset:
        return frozenset(position.pk for position in self.positions)

    @property
    def unit_ids(self) -> frozenset:
        """Units in which the person holds a position: their pool."""
        return frozenset(position.unit_id for position in self.positions)

    @property
    def led_unit_ids(self) -> frozenset:
        return frozenset(unit_ids_led_by(self.user))

    @property
    def at_desk(self) -> bool:
        return has_role(self.user, *DESK_ROLES)

    @property
    def reads_everything(self) -> bool:
        return has_role(self.user, *READS_EVERYTHING)


def standing_of(user) -> Standing:
    """The standing of a person today; what it rests on is remembered on the object (core's queries)."""
    return Standing(user, clock.today())


def may_see_cases(user) -> bool:
    """Whether the inbox opens at all; what stands in it is part of its queries."""
    return is_staff_member(user)


def may_work(user, run, case_unit_id) -> bool:
    """Whether a person may work an open step (``run.position`` is read).

    Its assignee; a holder of its position when nobody present has it; a member of the unit's pool when the position
    has no holder today or the step is another agency's; the desk for steps of the applicant; section heads for the
    positions of their unit and for its pool. ``case_unit_id``: unit of the case's service.
    """
    standing = standing_of(user)
    owner = run.position.unit_id if run.position_id and not run.unit_id else case_unit_id
    if owner in standing.led_unit_ids:
        return True
    if run.led_by == "applicant":
        return standing.at_desk or case_unit_id in standing.unit_ids
    if run.position_id in standing.position_ids:
        return run.assignee_id in (None, user.pk) or not still_has_it(run)
    pool_id = run.unit_id or case_unit_id
    if pool_id not in standing.unit_ids or run.assignee_id not in (None, user.pk):
        return False
    return bool(run.unit_id) or run.position_id is None or not _holders(run)


def _holders(run):
    return queries.holders_of([run.position_id])[run.position_id]


def still_has_it(run) -> bool:
    """Whether the assignee is present and still a holder; else the step is open to the other holders."""
    return any(holder.pk == run.assignee_id for holder in _holders(run))


def may_serve_applicant(user, case_unit_id) -> bool:
    """Whether a person may record what the applicant brings: desk, the unit's pool, its section head."""
    standing = standing_of(user)
    return standing.at_desk or case_unit_id in standing.unit_ids or case_unit_id in standing.led_unit_ids


def may_publish_services(user) -> bool:
    """Publishing and withdrawing services of the catalogue: administrators."""
    return has_role(user, Role.ADMINISTRATOR)


def may_route_somewhere(user) -> bool:
    return has_role(user, Role.ADMINISTRATOR, Role.SECTION_HEAD)


def may_route(user, case_unit_id) -> bool:
    """``route_case``: administrators everywhere, section heads in their unit and below."""
    return has_role(user, Role.ADMINISTRATOR) or case_unit_id in standing_of(user).led_unit_ids


def may_lead(user, case_unit_id) -> bool:
    """Handing a step to somebody else, closing what stays unanswered."""
    return may_route(user, case_unit_id)


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
