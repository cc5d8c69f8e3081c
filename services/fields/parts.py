"""Questions that are answered in several inputs: the field's own name, and ``name.part`` for each part."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ula_portal.core.text.fields import storable_part

from .base import TEXT_LIMIT

# The input with the field's own name, among the parts that the widget reads.
MAIN = "main"


class PartsWidget(forms.Widget):
    """Reads the inputs of a question as a dict (part → text). The question's template renders them."""

    use_fieldset = True

    def __init__(self, parts: tuple[str, ...], *, several: bool = False) -> None:
        """``several``: whether the main input can have several values."""
        super().__init__()
        self.parts, self.several = parts, several

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        if self.several and hasattr(data, "getlist"):
            main = data.getlist(name)
        else:
            main = data.get(name, [] if self.several else "")
        return {MAIN: main, **{part: data.get(f"{name}.{part}", "") for part in self.parts}}

    def id_for_label(self, id_: str) -> str:
        # The parts have labels of their own.
        return ""


class PartsField(forms.Field):
    """A question with several inputs; ``template`` renders it."""

    template = ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the value to show when the form is displayed again."""
        return kept_parts(super().bound_data(data, initial))


def kept_parts(typed: Any) -> Any:
    """Return what a draft keeps of an input with several parts: as typed, each text limited."""
    if isinstance(typed, Mapping):
        return {str(part): kept_parts(text) for part, text in typed.items()}
    if isinstance(typed, list):
        return [kept_parts(each) for each in typed[:100]]
    return storable_part(str(typed or ""), TEXT_LIMIT)
