"""One verb on several cases, each in its own transaction and with its own check of rights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.alarms.actions.reminding import remind_step
from services.engine.actions.deviating import reassign
from services.engine.actions.steps import claim_step
from services.models import StepRun
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused

# No page of the inbox shows more.
MAX_CASES = 60


@dataclass(frozen=True)
class Outcome:
    """The result for one case. ``words``: what was done, or why it was refused."""

    number: str
    done: bool
    words: str


def claim_in_bulk(runs: Sequence[StepRun], *, by: Actor) -> list[Outcome]:
    """Claim several steps. ``runs``: open or finished runs of cases that the person may read.

    Allowed: as ``claim_step``, checked for each step.
    Effects: as ``claim_step``.
    """

    def claim_one(run: StepRun) -> str:
        claim_step(run, by=by)
        return _("Sekarang tugas Anda.")

    return _each(runs, claim_one)


def hand_over_in_bulk(runs: Sequence[StepRun], *, by: Actor, to_user: User) -> list[Outcome]:
    """Reassign several steps to a colleague who holds their position or belongs to their pool.

    Allowed: as ``reassign``, checked for each step.
    Effects: as ``reassign``.
    """

    def reassign_one(run: StepRun) -> str:
        reassign(run, by=by, to_user=to_user)
        return _("Dialihkan kepada %(name)s.") % {"name": to_user}

    return _each(runs, reassign_one)


def remind_in_bulk(runs: Sequence[StepRun], *, by: Actor, key: str = "") -> list[Outcome]:
    """Remind the people who have the steps. ``key``: of the form, which reminds of many steps.

    Allowed: as ``remind_step``, checked for each step.
    Effects: as ``remind_step``.
    """

    def remind_one(run: StepRun) -> str:
        people = remind_step(run, by=by, key=f"{key[:40]}:{run.pk}" if key else "")
        names = ", ".join(person.full_name for person in people)
        return _("%(names)s diingatkan.") % {"names": names} if names else _("Sudah diingatkan.")

    return _each(runs, remind_one)


def _each(runs: Sequence[StepRun], verb: Callable[[StepRun], str]) -> list[Outcome]:
    outcomes = list[Outcome]()
    for run in runs[:MAX_CASES]:
        try:
            outcomes.append(Outcome(str(run.request), True, verb(run)))
        except Refused as error:
            outcomes.append(Outcome(str(run.request), False, str(error)))
    return outcomes
