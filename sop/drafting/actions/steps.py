"""Verbs that add, save and move steps of a draft. Arrows are foreign keys, so renumbering does not affect them."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import connection
from django.utils.translation import gettext as _

from sop.exchange.json import EXITS, MAX_STEPS
from sop.models import SopVersion, Step, StepActor
from ula_portal.core.data.field_changes import Values
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries.editing import step_values
from .draft import StepGone, add_once, changes, open_draft, open_step, step_of, touch
from .fields import read_step_field
from .shapes import fitting

Shape = Step.Shape


@verb
def add_step(version: SopVersion, *, by: Actor, after_no: int | None = None, key: str = "") -> Step:
    """Add an empty step after the one with number ``after_no`` (0: at the front, None: at the end) and return it.

    The step before it leads to it, and it leads to that step's former successor. The first step of a draft becomes
    its start. The same ``key`` returns the same step.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``.
    Raises: NotAllowed; Outdated; StepGone if there is no step ``after_no``; Refused beyond 200 steps.
    """
    version = open_draft(version, by=by)
    return add_once(
        by, key=key, kind="sop_step", find=partial(step_of, version), add=partial(_add, version, by, after_no)
    )


def _add(version: SopVersion, by: Actor, after_no: int | None) -> Step:
    steps = list(version.steps.order_by("no"))
    refuse_more_steps(len(steps) + 1)
    place = _place(steps, after_no)
    step = Step(version=version, no=_last_no(steps) + 1, shape=Shape.PROCESS if steps else Shape.START)
    if place:
        _insert_into_flow(steps[place - 1], step, steps[place] if place < len(steps) else None)
    elif steps:
        step.next = steps[0]
        step.save()
    else:
        step.save()
    steps.insert(place, step)
    renumber(steps)
    touch(version, "sop_step_added", by=by, step=step.pk)
    return step


def _place(steps: Sequence[Step], after_no: int | None) -> int:
    """The number of steps before the new one."""
    if after_no is None:
        return len(steps)
    if after_no == 0:
        return 0
    for place, step in enumerate(steps, 1):
        if step.no == int(after_no):
            return place
    raise StepGone()


def _insert_into_flow(before: Step, step: Step, following: Step | None) -> None:
    """Save a new step between ``before`` and its successor."""
    name = _exit_to_redirect(before, following)
    if name:
        step.next_id = getattr(before, f"{name}_id")
    step.save()
    if name:
        setattr(before, name, step)
        before.save(update_fields=[name])


def _exit_to_redirect(before: Step, following: Step | None) -> str | None:
    """The exit of ``before`` that has to lead to a step inserted after it; None for an end.

    For a decision, this is the exit to the row below, or else a free one.
    """
    if before.shape == Shape.END:
        return None
    if before.shape != Shape.DECISION:
        return "next"
    below = following.pk if following else None
    wanted = [below, None] if below else [None]
    found = (name for pk in wanted for name in ("if_yes", "if_no") if getattr(before, f"{name}_id") == pk)
    return next(found, "if_yes")


@verb
def save_step(step: Step, *, by: Actor, fields: Values, was: Values) -> Step:
    """Write the fields of a step that the user changed since the form was opened.

    ``fields`` and ``was``: new values, and values when the form was opened, as in ``queries.editing.step_values``. A
    draft may be incomplete: only values that cannot be stored are refused. A new shape changes the exits, see
    ``shapes.fitting``.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; none if no value differs.
    Raises: EditedMeanwhile, StepGone, NotAllowed, Outdated, Refused with ``field``.
    """
    version, step = open_step(step, by=by)
    stored = step_values(step)
    read = read_step_field(version)
    wanted = changes(version, stored, fields, was, read, {"step": step.pk})
    actor_ids = wanted.pop("actor_ids", None)
    wanted = fitting(stored, wanted)
    if not wanted and actor_ids is None:
        return step
    for name, value in wanted.items():
        setattr(step, name, value)
    if wanted:
        step.save(update_fields=list(wanted))
    if actor_ids is not None:
        set_actors(step, actor_ids)
    touch(version, "sop_step_saved", by=by, step=step.pk)
    return step


@verb
def move_step(step: Step, *, by: Actor, to_no: int) -> Step:
    """Move a step to another place in the table. Arrows keep their targets.

    ``to_no``: its new number, counted from 1; limited to the ends of the table.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``; none if the step has this number already.
    Raises: StepGone, NotAllowed, Outdated.
    """
    version, step = open_step(step, by=by)
    steps = list(version.steps.order_by("no"))
    order = [other for other in steps if other.pk != step.pk]
    order.insert(max(int(to_no), 1) - 1, step)
    if [other.pk for other in order] != [other.pk for other in steps]:
        renumber(order)
        touch(version, "sop_step_moved", by=by, step=step.pk)
    return step


@part
def set_actors(step: Step, actor_ids: Iterable[int]) -> None:
    """Set the actors of a step, in this order."""
    StepActor.objects.filter(step=step).delete()
    StepActor.objects.bulk_create(
        StepActor(step=step, actor_id=actor_id, order=order) for order, actor_id in enumerate(actor_ids, 1)
    )
    # Django has no public name for its cache of prefetched rows.
    step._prefetched_objects_cache = {}  # type: ignore[attr-defined]


@part
def renumber(steps: Sequence[Step]) -> None:
    """Number steps 1, 2, 3 … in this order, with a single UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sop_step SET no = place FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place)"
            " WHERE sop_step.id = wanted.id AND no <> place",
            [[step.pk for step in steps]],
        )
    for number, step in enumerate(steps, 1):
        step.no = number


def refuse_more_steps(count: int) -> None:
    """Raise Refused if a draft would get too many steps."""
    if count > MAX_STEPS:
        sentence = _("Satu SOP paling banyak memuat %(limit)s langkah. Bagi pekerjaannya menjadi beberapa SOP.")
        raise Refused(sentence % {"limit": MAX_STEPS})


def _last_no(steps: Iterable[Step]) -> int:
    return max((step.no for step in steps), default=0)


def exits_of(step: Step) -> dict[str, int | None]:
    """The exits of a step: id of the step it leads to, or None, by the exit's name."""
    return {name: getattr(step, f"{name}_id") for name in EXITS}
