"""One thing that a rule has found."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .flow import FlowStep

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """``level``: error bars approval, warning does not; ``step_no``: None when it concerns the whole SOP.

    ``code`` never changes its meaning. ``field``: what is to be mended, by the editor's name of it: a field of the
    step (``if_no_id``), of the identity block (``legal_basis``), ``actors`` or ``steps``.
    """

    level: str
    step_no: int | None
    code: str
    message: str
    field: str = ""


def at(step: FlowStep, level: str, code: str, message: str, field: str, **values: object) -> Finding:
    """A finding on a step; its message begins with the step's number and may use ``values`` by name."""
    sentence = _("Langkah %(no)s: ") % {"no": step.no} + message % values
    return Finding(level, step.no, code, sentence, field)
