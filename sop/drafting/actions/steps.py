"""Steps of a draft: add, save, move. Arrows are foreign keys: renumbering never touches them."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sop.exchange.json import EXITS, MAX_STEPS
from sop.models import SopVersion, Step, StepActor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import Refused

from ..queries.editing import Values, step_values
from .draft import StepGone, add_once, changes, open_draft, open_step, touch
from .fields import read_step_field
from .shapes import fitting

Shape = Step.Shape


@transaction.atomic
def add_step(version_id: int, user: User, after_no: int | None = None, key: str = "") -> Step:
    """Add an empty step after the one numbered ``after_no`` (0: at the front, None: at the end).

    It takes its place in the flow: the step before leads to it, and it leads to where that led. The first step of a
    draft is its start. The same key gives the same step. Raises NotAllowed, Outdated, Refused beyond 200 steps.
    """
    version = open_draft(version_id, user)
    return add_once(user, key, "sop_step", open_step, lambda: _add(version, user, after_no))


def _add(version: SopVersion, user: User, after_no: int | None) -> Step:
    steps = list(version.steps.order_by("no"))
    refuse_more_steps(len(steps) + 1)
    place = _place(steps, after_no)
    step = Step(version=version, no=_last_no(steps) + 1, shape=Shape.PROCESS if steps else Shape.START)
    if place:
        _lead_through(steps[place - 1], step, steps[place] if place < len(steps) else None)
    elif steps:
        step.next = steps[0]
        step.save()
    else:
        step.save()
    steps.insert(place, step)
    renumber(steps)
    touch(version, user, "sop_step_added", step=step.pk)
    return step


def _place(steps: Sequence[Step], after_no: int | None) -> int:
    """How many steps stand before the new one."""
    if after_no is None:
        return len(steps)
    if after_no == 0:
        return 0
    for place, step in enumerate(steps, 1):
        if step.no == int(after_no):
            return place
    raise StepGone()


def _lead_through(before: Step, step: Step, following: Step | None) -> None:
    """Put a new step into the way that goes on from ``before``."""
    name = _way_on(before, following)
    if name:
        step.next_id = getattr(before, f"{name}_id")
    step.save()
    if name:
        setattr(before, name, step)
        before.save(update_fields=[name])


def _way_on(before: Step, following: Step | None) -> str | None:
    """The exit that a step put right after ``before`` stands in; of a decision the one to the row below, else free."""
    if before.shape == Shape.END:
        return None
    if before.shape != Shape.DECISION:
        return "next"
    below = following.pk if following else None
    wanted = [below, None] if below else [None]
    found = (name for pk in wanted for name in ("if_yes", "if_no") if getattr(before, f"{name}_id") == pk)
    return next(found, "if_yes")


@transaction.atomic
def save_step(step_id: int, user: User, fields: Values, was: Values) -> Step:
    """Write the fields that the person changed since the form was opened (``was``); see
    ``drafting.queries.editing.step_values``.

    A draft may be incomplete; only what cannot be kept is refused, with ``field``. A changed shape takes the way
    along: the step after a process becomes the one for yes of a decision and back, an end loses its exits. Raises
    EditedMeanwhile, StepGone, NotAllowed, Outdated, Refused; then nothing is written.
    """
    version, step = open_step(step_id, user)
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
    touch(version, user, "sop_step_saved", step=step.pk)
    return step


@transaction.atomic
def move_step(step_id: int, user: User, to_no: int) -> Step:
    """Give a step another place in the table; every arrow goes on to lead to the same step.

    ``to_no``: its new number, from 1; beyond the ends it goes to the end. Raises StepGone, NotAllowed, Outdated.
    """
    version, step = open_step(step_id, user)
    steps = list(version.steps.order_by("no"))
    order = [other for other in steps if other.pk != step.pk]
    order.insert(max(int(to_no), 1) - 1, step)
    if [other.pk for other in order] != [other.pk for other in steps]:
        renumber(order)
        touch(version, user, "sop_step_moved", step=step.pk)
    return step


def set_actors(step: Step, actor_ids: Iterable[int]) -> None:
    """Who acts in a step, in this order."""
    StepActor.objects.filter(step=step).delete()
    StepActor.objects.bulk_create(
        StepActor(step=step, actor_id=actor_id, order=order) for order, actor_id in enumerate(actor_ids, 1)
    )
    # Django's store of prefetched rows has no public name.
    step._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def renumber(steps: Sequence[Step]) -> None:
    """Number steps 1, 2, 3 … in the order given, by one UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sop_step SET no = place FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place)"
            " WHERE sop_step.id = wanted.id AND no <> place",
            [[step.pk for step in steps]],
        )
    for number, step in enumerate(steps, 1):
        step.no = number


def refuse_more_steps(count: int) -> None:
    """Raise Refused when a draft would have too many steps."""
    if count > MAX_STEPS:
        sentence = _("Satu SOP paling banyak memuat %(limit)s langkah. Bagi pekerjaannya menjadi beberapa SOP.")
        raise Refused(sentence % {"limit": MAX_STEPS})


def _last_no(steps: Iterable[Step]) -> int:
    return max((step.no for step in steps), default=0)


def exits_of(step: Step) -> dict[str, int | None]:
    """Where a step leads: name of the exit → id of a step or None."""
    return {name: getattr(step, f"{name}_id") for name in EXITS}
