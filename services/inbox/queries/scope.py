"""Which cases belong in a person's inbox: their positions, units and deputyships of today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from services.models import CasePlace, StepRun
from services.permissions import Standing, standing_of
from sop.models import SopActor, Step
from sop.rules.queries.flows import FROZEN, flow_of
from ula_portal.core import clock
from ula_portal.core.models import Absence, Position, User
from ula_portal.core.office.queries import is_held, own_position_ids, position_ids_above


@dataclass(frozen=True)
class InboxScope:
    """A person's positions, units and deputyships, read once per page.

    ``stands_in_for``: ids of absent people whose deputy the person is; ``absent``: ids of everybody absent today;
    ``vacant``: ids of positions without a present holder; ``kept_position_ids``: positions whose paper they record.
    """

    user: User
    at: datetime
    position_ids: frozenset[int]
    unit_ids: frozenset[int]
    led_unit_ids: frozenset[int]
    at_desk: bool
    sees_all: bool
    reads_everything: bool
    stands_in_for: frozenset[int]
    absent: frozenset[int]
    vacant: frozenset[int] = frozenset()
    led_position_ids: frozenset[int] = frozenset()
    kept_position_ids: frozenset[int] = frozenset()
    # Positions held only as a deputy of somebody absent. Their letters wait for a Plh. or Plt.
    deputised_position_ids: frozenset[int] = frozenset()
    # Letter steps of kept and deputised positions, in SOPs that mark no letter step.
    unmarked_letter_steps: frozenset[int] = frozenset()

    def awaits_signer(self, run: StepRun | None) -> bool:
        """Whether the person has an open step only as a deputy and it ends with a letter, which no deputy may sign."""
        if run is None or run.position_id not in self.deputised_position_ids:
            return False
        return run.step.issues_letter or run.step_id in self.unmarked_letter_steps


def scope_of(user: User) -> InboxScope:
    """The scope of a person's inbox today. At most ten queries."""
    standing, today = standing_of(user), clock.today()
    kept_ids = standing.secretariat_position_ids
    absent_today = Absence.objects.filter(from_date__lte=today, to_date__gte=today)
    absences = list(absent_today.values_list("user_id", "deputy_id"))
    absent_ids = frozenset(absent for absent, _deputy in absences)
    stands_in_for = frozenset(absent for absent, deputy in absences if deputy == user.pk and user.pk not in absent_ids)
    deputised = _deputised(standing, today) if stands_in_for else frozenset[int]()
    return InboxScope(
        user=user,
        at=clock.now(),
        position_ids=standing.position_ids,
        unit_ids=standing.unit_ids,
        led_unit_ids=standing.led_unit_ids,
        at_desk=standing.at_desk,
        sees_all=standing.reads_everything and not standing.at_desk,
        reads_everything=standing.reads_everything,
        stands_in_for=stands_in_for,
        absent=absent_ids,
        vacant=vacant_position_ids(today) if standing.unit_ids else frozenset(),
        led_position_ids=_positions_in(standing.led_unit_ids),
        kept_position_ids=kept_ids,
        deputised_position_ids=deputised,
        unmarked_letter_steps=_unmarked_letter_steps(kept_ids | deputised) if kept_ids or deputised else frozenset(),
    )


def _deputised(standing: Standing, day: date) -> frozenset[int]:
    """Ids of positions whose letters the person may not sign, by the rule of ``permissions.may_sign``."""
    own = own_position_ids(standing.user, day)
    others = [each for each in standing.positions if each.pk not in own]
    led = {each.pk for each in others if each.unit_id in standing.led_unit_ids and own & position_ids_above(each.pk)}
    return frozenset(each.pk for each in others) - led


def vacant_position_ids(day: date) -> frozenset[int]:
    """Ids of the positions without a present holder on a day; a deputy counts as holder. One query."""
    return frozenset(Position.objects.filter(~is_held(day)).values_list("pk", flat=True))


def _unmarked_letter_steps(position_ids: Collection[int]) -> frozenset[int]:
    """Ids of letter steps in flows whose SOP marks none. One query once the flows are cached."""
    marked = Step.objects.filter(version_id=OuterRef("version_id"), issues_letter=True)
    naming = SopActor.objects.filter(~Exists(marked), position_id__in=position_ids, version__state__in=FROZEN)
    flows = [flow_of(version_id) for version_id in sorted(set(naming.values_list("version_id", flat=True)))]
    return frozenset(step.id for flow in flows for step in flow.steps if step.issues_letter)


def surely_recordable() -> Q:
    """Condition on ``InboxEntry``: at an office step that certainly ends without a letter.

    In an SOP that marks no letter step, ``sop.rules.flow`` takes the last office step for it. So only decisions and
    steps directly before another office step are certain; other steps are left out, because SQL cannot walk the flow.
    """
    marked = Exists(Step.objects.filter(version_id=OuterRef("run__step__version_id"), issues_letter=True))
    goes_on = Exists(SopActor.objects.filter(steps=OuterRef("run__step__next_id"), kind=SopActor.Kind.POSITION))
    early = Q(run__step__shape="decision") | (Q(run__step__next__shape="process") & Q(goes_on))
    return Q(place=CasePlace.OFFICE, run__step__issues_letter=False) & (Q(marked) | early)


def _positions_in(unit_ids: frozenset[int]) -> frozenset[int]:
    if not unit_ids:
        return unit_ids
    return frozenset(Position.objects.filter(unit_id__in=unit_ids).values_list("pk", flat=True))
