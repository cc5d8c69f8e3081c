"""Base class of the editor's forms, which map stored fields to inputs."""

import json

from django import forms


class EditorForm(forms.Form):
    """A form for stored fields that are saved individually.

    ``INPUTS``: names of the inputs that show a stored field, by the field's name. ``values``: stored fields that fill
    an unbound form. Subclasses define how values are converted to inputs (``inputs_of``), inputs to values
    (``to_save``), and values to words (``in_words``).
    """

    INPUTS: dict[str, tuple[str, ...]] = {}
    use_required_attribute = False

    def __init__(self, *args, values=None, **kwargs):
        if values is not None:
            kwargs["initial"] = self.inputs_of(values)
        super().__init__(*args, **kwargs)

    @classmethod
    def inputs_of(cls, values: dict) -> dict:
        """The initial values of the inputs for stored fields."""
        return dict(values)

    def to_save(self, was: dict) -> dict:
        """The stored fields from what was entered. Call it only after ``is_valid``."""
        return {name: self.cleaned_data[name] for name in self.INPUTS if name in self.cleaned_data}

    def unseen(self) -> set[str]:
        """The stored fields whose inputs were not shown. Call it only after ``is_valid``."""
        return set()

    def in_words(self, name: str, value) -> str:
        """The value of a stored field in words."""
        return "" if value is None else str(value)

    @classmethod
    def read_was(cls, text: str) -> dict | None:
        """The values with which the form was opened, from its hidden field; None if that is invalid."""
        try:
            found = json.loads(text)
        except (RecursionError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    @staticmethod
    def write_was(values: dict) -> str:
        return json.dumps(values, default=str, ensure_ascii=False)

    def focus(self, name: str) -> None:
        """Focus the input of a stored field when the page loads. Unknown names are ignored."""
        inputs = self.INPUTS.get(name, ())
        if inputs and inputs[0] in self.fields:
            self.fields[inputs[0]].widget.attrs["data-focus-on-load"] = True

    def label_of(self, name: str) -> str:
        return str(self.fields[self.INPUTS[name][0]].label)

    def put(self, data, name: str, values: dict) -> None:
        """Replace the posted inputs of the field ``name`` with its stored value in ``values``."""
        shown = self.inputs_of(values)
        for each in self.INPUTS[name]:
            key, filled = self.add_prefix(each), shown.get(each)
            if isinstance(filled, list | tuple):
                data.setlist(key, [str(part) for part in filled])
            elif filled in (None, False, ""):
                data.pop(key, None)
            else:
                data[key] = "on" if filled is True else str(filled)

    def refuse(self, name: str, message: str) -> None:
        """Show a verb's refusal at the input of the field, or above the form if there is none."""
        inputs = self.INPUTS.get(name, (name,))
        self.add_error(inputs[0] if inputs[0] in self.fields else None, message)


def control(widget, **attrs):
    """A widget with the portal's CSS classes."""
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs.update({"class": css, "autocomplete": "off", **attrs})
    return widget


def textarea(rows: int, **attrs):
    return control(forms.Textarea(), rows=rows, **attrs)
