"""Conditions "only when": ``{"jenis": ["Hilang", "Rusak"]}`` holds while the field has one of these answers.

Several fields must all fit; a condition on a field that is itself hidden does not hold.
``static/js/services/fields.js`` shows the same on the page; what counts is decided here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar


class Conditional(Protocol):
    """A field, or what else has a name and applies only when."""

    @property
    def name(self) -> str: ...
    @property
    def show_if(self) -> Mapping[str, Any]: ...


Shown = TypeVar("Shown", bound=Conditional)


def holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether the condition holds for the answers (name → stored answer); an empty one always does."""
    return all(_among(answers.get(name), wanted) for name, wanted in condition.items())


def may_hold(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Like ``holds``, but an answer that is missing might still fit."""
    return all(_blank(answers.get(name)) or _among(answers[name], wanted) for name, wanted in condition.items())


def shown(fields: Iterable[Shown], answers: Mapping[str, Any]) -> list[Shown]:
    """The fields that apply, in order; each with ``name`` and ``show_if``. Chains of conditions are followed."""
    fields = list(fields)
    names = {field.name for field in fields}
    while True:
        known = {name: value for name, value in answers.items() if name in names}
        kept = [field for field in fields if field.name in names and holds(field.show_if, known)]
        if len(kept) == len(names):
            return kept
        names = {field.name for field in kept}


def _blank(value: object) -> bool:
    return value is None or value == ""


def _among(value: object, wanted: object) -> bool:
    wanted = [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    given = value if isinstance(value, list) else [value]
    return any(not _blank(each) and str(each) in wanted for each in given)
