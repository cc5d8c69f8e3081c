"""What the editor's forms have in common: stored fields and the inputs that show them."""

import json

from django import forms


class EditorForm(forms.Form):
    """A form over stored fields, which are saved one by one.

    ``INPUTS``: stored field → names of the inputs that show it. ``values`` (stored fields) fill an unbound form.
    Subclasses say how values become inputs (``inputs_of``), how inputs become values (``to_save``), and how a value
    reads in words (``in_words``).
    """

    INPUTS: dict[str, tuple[str, ...]] = {}
    use_required_attribute = False

    def __init__(self, *args, values=None, **kwargs):
        if values is not None:
            kwargs["initial"] = self.inputs_of(values)
        super().__init__(*args, **kwargs)

    @classmethod
    def inputs_of(cls, values: dict) -> dict:
        """Initial values of the inputs from stored fields."""
        return dict(values)

    def to_save(self, was: dict) -> dict:
        """Stored fields from what was typed; only after ``is_valid``."""
        return {name: self.cleaned_data[name] for name in self.INPUTS if name in self.cleaned_data}

    def unseen(self) -> set[str]:
        """Stored fields whose inputs were not shown, so that nobody typed anything there; only after ``is_valid``."""
        return set()

    def in_words(self, name: str, value) -> str:
        """A stored field's value as a person reads it."""
        return "" if value is None else str(value)

    @classmethod
    def read_was(cls, text: str) -> dict | None:
        """The values with which the form was opened, from its hidden field; None when that was tampered with."""
        try:
            found = json.loads(text)
        except (RecursionError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    @staticmethod
    def write_was(values: dict) -> str:
        return json.dumps(values, default=str, ensure_ascii=False)

    def focus(self, name: str) -> None:
        """Let the page come up with the cursor in the input of a stored field; other names do nothing."""
        inputs = self.INPUTS.get(name, ())
        if inputs and inputs[0] in self.fields:
            self.fields[inputs[0]].widget.attrs["data-focus-on-load"] = True

    def label_of(self, name: str) -> str:
        return str(self.fields[self.INPUTS[name][0]].label)

    def put(self, data, name: str, values: dict) -> None:
        """Write the stored field ``name`` of ``values`` into posted data, over what was typed there."""
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
        """Put a verb's refusal beside the input that shows the field, else above the form."""
        inputs = self.INPUTS.get(name, (name,))
        self.add_error(inputs[0] if inputs[0] in self.fields else None, message)


def control(widget, **attrs):
    """A widget in the portal's look."""
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs.update({"class": css, "autocomplete": "off", **attrs})
    return widget


def lines(rows: int, **attrs):
    return control(forms.Textarea(), rows=rows, **attrs)
