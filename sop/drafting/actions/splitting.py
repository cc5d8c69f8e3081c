"""Make two activities of one row."""

import re

from django.db import transaction

from sop.models import SopVersion, Step
from sop.rules.activity import starts_with_active_verb
from ula_portal.core.models import User

from .draft import add_once, open_step, touch
from .steps import exits_of, refuse_more_steps, renumber, set_actors

Shape = Step.Shape
# Places where a text falls apart, the surest first.
_PLACES = [
    re.compile(pattern, re.IGNORECASE) for pattern in (r"\n", r";", r",?\s+(?:lalu|kemudian)\s+", r",?\s+dan\s+")
]
# "surat dan berkas" is one thing to do, "memeriksa dan mencatat" are two.
_NEEDS_VERB = _PLACES[-1]
_QUESTION = re.compile(r"apakah\b", re.IGNORECASE)
_TAKEN_OVER = ("output", "issues_letter", "end_kind", "yes_label", "no_label")


@transaction.atomic
def split_step(step_id: int, user: User, key: str = "") -> Step:
    """Split a step into two rows; the new one comes after it and is returned.

    The text is cut where it holds two activities, else the new row is empty. The new step takes over where the step
    led, its output, and the shape of a decision or an end; the first keeps inputs and time, both have the actors.
    The same key gives the same step. Raises StepGone, NotAllowed, Outdated, Refused beyond 200 steps.
    """
    version, step = open_step(step_id, user)
    return add_once(user, key, "sop_step", open_step, lambda: _split(version, step, user))


def _split(version: SopVersion, step: Step, user: User) -> Step:
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
    touch(version, user, "sop_step_split", step=step.pk, new=new.pk)
    return new


def two_activities(text: str) -> tuple[str, str]:
    """A text cut at its surest place into two that stand alone; the second is empty when it says one thing."""
    for place in _PLACES:
        for match in place.finditer(text):
            first, rest = text[: match.start()].rstrip(" ,;\n"), text[match.end() :].lstrip(" ,;\n")
            if first and rest and (place is not _NEEDS_VERB or _does_something(rest)):
                return first, rest[:1].upper() + rest[1:]
    return text, ""


def _does_something(text: str) -> bool:
    return starts_with_active_verb(text) or bool(_QUESTION.match(text))
