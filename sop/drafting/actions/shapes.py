"""How a change of shape changes a step's exits. Pure."""

from sop.models import Step
from ula_portal.core.data.field_changes import Values

from .content import proposed_end

Shape = Step.Shape
_CONCERNED = {"shape", "next_id", "if_yes_id", "if_no_id", "end_kind"}


def fitting(stored: Values, wanted: Values) -> Values:
    """The values to write so that a step has the ``wanted`` values and exits that fit its shape.

    ``stored`` and ``wanted``: values as in ``queries.editing.step_values``. If a step becomes a decision, its next
    step becomes the one for yes. If it is no longer a decision, the step for yes (else for no) becomes its next step.
    An end has no exits, but a kind.
    """
    if not _CONCERNED & wanted.keys():
        return wanted
    after = stored | wanted
    if after["shape"] == Shape.DECISION:
        after["if_yes_id"] = after["if_yes_id"] or after["next_id"]
        after["next_id"] = None
    elif after["shape"] == Shape.END:
        after["next_id"] = after["if_yes_id"] = after["if_no_id"] = None
        after["end_kind"] = after["end_kind"] or proposed_end(after["activity"])
    else:
        after["next_id"] = after["next_id"] or after["if_yes_id"] or after["if_no_id"]
        after["if_yes_id"] = after["if_no_id"] = None
    if after["shape"] != Shape.END:
        after["end_kind"] = ""
    return {name: value for name, value in after.items() if value != stored[name]}
