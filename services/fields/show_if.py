"""Conditions for showing a field: ``{"jenis": ["Hilang", "Rusak"]}`` holds if the field has one of these answers.

If several fields are named, all must match. A condition on a field that is itself hidden does not hold.
``static/js/services/fields.js`` applies the same rules on the page, but the server decides.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar


class Conditional(Protocol):
    """A field or another named object that applies only under a condition."""

    @property
    def name(self) -> str: ...
    @property
    def show_if(self) -> Mapping[str, Any]: ...


Field = TypeVar("Field", bound=Conditional)


def holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds for the answers (name → stored answer). An empty condition always holds."""
    return all(_matches(answers.get(name), wanted) for name, wanted in condition.items())


def may_hold(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds or could still hold once missing answers are given."""
    return all(_is_blank(answers.get(name)) or _matches(answers[name], wanted) for name, wanted in condition.items())


def visible_fields(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Field]:
    """Return the fields that apply, in order. A field hidden by its condition also hides the fields that need it."""
    fields = list(fields)
    names = {field.name for field in fields}
    while True:
        known = {name: value for name, value in answers.items() if name in names}
        visible = [field for field in fields if field.name in names and holds(field.show_if, known)]
        if len(visible) == len(names):
            return visible
        names = {field.name for field in visible}


def _is_blank(value: object) -> bool:
    return value is None or value == ""


def _matches(value: object, wanted: object) -> bool:
    accepted = [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    answers = value if isinstance(value, list) else [value]
    return any(not _is_blank(each) and str(each) in accepted for each in answers)
