"""A single finding of a rule."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .flow import FlowStep

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """Something that a rule objects to.

    ``level``: an "error" prevents approval, a "warning" does not. ``step_no``: None if the finding concerns the whole
    SOP. ``code``: stable, never reused with another meaning. ``field``: where the editor corrects it, namely a field
    of the step (``if_no_id``), a field of the identity block (``legal_basis``), "actors" or "steps".
    """

    level: str
    step_no: int | None
    code: str
    message: str
    field: str = ""


def step_finding(step: FlowStep, level: str, code: str, message: str, field: str, **values: object) -> Finding:
    """A finding on a step. The message is prefixed with the step's number and filled with ``values`` by name."""
    sentence = _("Langkah %(no)s: ") % {"no": step.no} + message % values
    return Finding(level, step.no, code, sentence, field)
