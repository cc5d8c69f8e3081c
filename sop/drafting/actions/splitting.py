"""The verb that splits a step into two."""

import re
from functools import partial

from sop.models import SopVersion, Step
from sop.rules.activity import starts_with_active_verb
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.transactions import verb

from .draft import add_once, open_step, step_of, touch
from .steps import exits_of, refuse_more_steps, renumber, set_actors

Shape = Step.Shape
# Where a text can be cut, the most certain places first.
_PLACES = [
    re.compile(pattern, re.IGNORECASE) for pattern in (r"\n", r";", r",?\s+(?:lalu|kemudian)\s+", r",?\s+dan\s+")
]
# "dan" separates two activities only if a verb follows: "memeriksa dan mencatat", but not "surat dan berkas".
_NEEDS_VERB = _PLACES[-1]
_QUESTION = re.compile(r"apakah\b", re.IGNORECASE)
_TAKEN_OVER = ("output", "issues_letter", "end_kind", "yes_label", "no_label")


@verb
def split_step(step: Step, *, by: Actor, key: str = "") -> Step:
    """Split a step into two rows. Returns the new one, which follows the step.

    The text is cut if it contains two activities, else the new row is empty. The new step takes over the exits, the
    output and the shape of a decision or end; the first one keeps inputs and time; both have the same actors. The
    same ``key`` returns the same new step.
    Allowed: users who may write for the SOP's unit.
    Effects: a change of the draft, see ``touch``.
    Raises: StepGone, NotAllowed, Outdated, Refused beyond 200 steps.
    """
    version, step = open_step(step, by=by)
    return add_once(
        by, key=key, kind="sop_step", find=partial(step_of, version), add=partial(_split, version, step, by)
    )


def _split(version: SopVersion, step: Step, by: Actor) -> Step:
    steps = list(version.steps.order_by("no"))
    refuse_more_steps(len(steps) + 1)
    first, second = two_activities(step.activity)
    exits = {f"{name}_id": target for name, target in exits_of(step).items()}
    new = Step(version=version, no=max(other.no for other in steps) + 1, activity=second, **exits)
    new.shape = step.shape if step.shape in (Shape.DECISION, Shape.END) else Shape.PROCESS
    blank = Step()
    for name in _TAKEN_OVER:
        setattr(new, name, getattr(step, name))
        setattr(step, name, getattr(blank, name))
    new.save()
    step.activity, step.shape = first, Shape.START if step.shape == Shape.START else Shape.PROCESS
    step.next_id, step.if_yes_id, step.if_no_id = new.pk, None, None
    step.save()
    set_actors(new, list(step.step_actors.order_by("order").values_list("actor_id", flat=True)))
    place = [other.pk for other in steps].index(step.pk) + 1
    renumber([*steps[:place], new, *steps[place:]])
    touch(version, "sop_step_split", by=by, step=step.pk, new=new.pk)
    return new


def two_activities(text: str) -> tuple[str, str]:
    """A text cut into two activities at the most certain place; the second is empty if there is only one."""
    for place in _PLACES:
        for match in place.finditer(text):
            first, rest = text[: match.start()].rstrip(" ,;\n"), text[match.end() :].lstrip(" ,;\n")
            if first and rest and (place is not _NEEDS_VERB or _does_something(rest)):
                return first, rest[:1].upper() + rest[1:]
    return text, ""


def _does_something(text: str) -> bool:
    return starts_with_active_verb(text) or bool(_QUESTION.match(text))
