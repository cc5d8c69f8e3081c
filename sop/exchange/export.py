"""A version as the content of a JSON file, as read by ``sop.exchange.json``."""

from collections.abc import Mapping

from ..models import SopVersion, Step
from .json import BOXES, EXITS, Content, StepContent
from .words import minutes_in


def content_of(version: SopVersion) -> Content:
    """The version as a dict in the form of the file. Importing it again changes nothing.

    ``minutes``: working minutes (a working day has 450); a fraction if the time is not a whole number of minutes.
    """
    sop = version.sop
    actors = list(version.actors.order_by("order"))
    steps = version.steps.order_by("no").prefetch_related("step_actors__actor")
    numbers = {step.pk: step.no for step in steps}
    return {
        "name": version.name,
        "number": sop.number,
        "unit": sop.source_unit or sop.unit.name,
        "unit_code": sop.unit.code,
        "created": version.created_on.isoformat() if version.created_on else None,
        "example": version.is_example,
        "confidence": version.source_confidence,
        **{box: getattr(version, box) for box in BOXES},
        "actors": [actor.name for actor in actors],
        "steps": [_step(step, numbers) for step in steps],
    }


def _step(step: Step, numbers: Mapping[int, int]) -> StepContent:
    row: StepContent = {
        "no": step.no,
        "activity": step.activity,
        "actors": [link.actor.name for link in sorted(step.step_actors.all(), key=lambda link: link.order)],
        "shape": step.shape,
        "inputs": step.inputs,
        "minutes": minutes_in(step.seconds),
        "time_text": step.time_text,
        "per_item": step.per_item,
        "output": step.output,
        "note": step.note,
        "yes_label": step.yes_label,
        "no_label": step.no_label,
        "end_kind": step.end_kind,
        "issues_letter": step.issues_letter,
    }
    for key in EXITS:
        target = getattr(step, f"{key}_id")
        if target:
            row[key] = numbers[target]
    return row
