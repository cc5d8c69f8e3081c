"""The editor's list of a draft's steps, and the step that is open."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from sop.document import content as document
from sop.drafting.queries import editing
from sop.flowchart.drawing import DrawingScale, exits_in_words
from sop.rules.flow import FlowStep
from sop.rules.queries import flows

from ..forms.steps import DraftStepForm


@dataclass(frozen=True)
class StepRow:
    """A step in the list. ``leads``: its exits in words; ``findings``: those on this step."""

    step: FlowStep
    who: str
    leads: str
    findings: list
    is_open: bool


class StepList:
    """The steps of a draft. ``open``: the step with the requested id, or None."""

    def __init__(self, version, open_id=None):
        self.version, self.open_id = version, open_id
        self.flow = flows.flow_of(version)
        self.open = next((each for each in editing.steps_of(version) if each.pk == open_id), None)

    @cached_property
    def removed(self):
        return list(editing.removed_steps(self.version))

    @cached_property
    def found(self):
        return flows.findings_of(self.version)

    @cached_property
    def rows(self) -> list[StepRow]:
        return [
            StepRow(
                step,
                ", ".join(step.actor_names),
                exits_in_words(step, self.flow),
                [finding for finding in self.found if finding.step_no == step.no],
                step.id == self.open_id,
            )
            for step in self.flow.steps
        ]

    @property
    def order(self) -> str:
        """The ids of the steps in order. A page compares them to find out whether its list is outdated."""
        return ",".join(str(step.id) for step in self.flow.steps)

    def removed_step(self, step_id):
        """The removed step with this id, or None."""
        return next((each for each in self.removed if each.step_id == step_id), None)

    def values(self) -> dict:
        """The stored fields of the open step when this list was read."""
        return editing.step_values(self.open)

    def stored_values(self) -> dict:
        """The stored fields of the open step, read again."""
        return editing.step_values(next(each for each in editing.steps_of(self.version) if each.pk == self.open_id))

    def form(self, data=None, **options) -> DraftStepForm:
        actors = [(actor.id, actor.name) for actor in self.flow.actors]
        steps = [(step.id, step_label(step)) for step in self.flow.steps if step.id != self.open_id]
        return DraftStepForm(actors, steps, data, **options)

    @property
    def following(self) -> FlowStep | None:
        """The step in the row below the open one."""
        return next((step for step in self.flow.steps if step.no > self.open.no), None)

    @property
    def is_last(self) -> bool:
        return self.open is not None and self.following is None

    def preview(self):
        """The small table beside the form; None if there is nothing to draw."""
        if not self.flow.steps or not self.flow.actors:
            return None
        return document.flow_table(self.flow, scale=_small(len(self.flow.actors)))


def step_label(step) -> str:
    """A step as named in selects: "4. Memeriksa berkas"."""
    words = Truncator(" ".join(step.activity.split())).chars(60)
    return f"{step.no}. {words or _('(belum diisi)')}"


def _small(actors):
    column = 92 if actors <= 4 else 68 if actors <= 6 else 58
    return DrawingScale(column=column, symbol=22, stroke=1.1, font=9, head=5)
