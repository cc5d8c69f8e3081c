"""Conditions for showing a field, as they are stored in ``show_if``.

    {"jenis": ["Hilang", "Rusak"]}           the field has one of these answers
    {"nisn": {"filled": true}}               the field has any answer; with ``false``: it has none
    {"jenis": ["Hilang"], "nisn": {…}}       several entries: all of them
    {"any": [condition, …]}, {"all": [condition, …]}     nested; no field can have the name "any" or "all"

An empty condition always holds. A condition on a field that is itself hidden does not hold, except that this field has
no answer. ``static/js/services/fields.js`` applies the same rules on the page, but the server decides; both are tested
with ``tests/services/fields/conditions.json``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _

Condition = Mapping[str, Any]
GROUPS = ("any", "all")
# The option with a text of the applicant's own. Its answer is stored as {"other": text}.
OTHER = "Lainnya"
# How deep conditions may be nested; an editor needs one level.
DEPTH = 4


class Conditional(Protocol):
    """A field or another named object that applies only under a condition."""

    @property
    def name(self) -> str: ...
    @property
    def show_if(self) -> Condition: ...


Field = TypeVar("Field", bound=Conditional)


def holds(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds for the answers (name → stored answer)."""
    return _judge(condition, lambda name, wanted: _matches(answers.get(name), wanted))


def may_hold(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds or could still hold once missing answers are given."""
    return _judge(condition, lambda name, wanted: is_blank(answers.get(name)) or _matches(answers[name], wanted))


def visible_fields(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Field]:
    """Return the fields that apply, in order. A field hidden by its condition also hides the fields that need it."""
    fields = visible = list(fields)
    # Each round settles the fields whose conditions ask only about settled ones; fields in a circle never settle.
    for _round in range(len(fields) + 1):
        names = {field.name for field in visible}
        known = {name: value for name, value in answers.items() if name in names}
        visible = [field for field in fields if holds(field.show_if, known)]
        if len(visible) == len(names) and all(field.name in names for field in visible):
            break
    return visible


def leaves(condition: Condition) -> Iterator[tuple[str, Any]]:
    """Return the single conditions: pairs of a field's name and what is wanted of it."""
    for name, wanted in condition.items():
        if _is_group(name, wanted):
            for each in wanted:
                yield from leaves(each)
        else:
            yield name, wanted


def names_in(condition: Condition) -> list[str]:
    """Return the names of the fields that a condition asks about, each once."""
    return list(dict.fromkeys(name for name, _wanted in leaves(condition)))


def reduced(condition: Condition, answers: Mapping[str, Any], open_names: Collection[str]) -> Condition | None:
    """Return what remains of a condition once all fields but ``open_names`` have their answers.

    {} always holds. None: it cannot hold any more.
    """
    rest: dict[str, Any] = {}
    for name, wanted in condition.items():
        if _is_group(name, wanted):
            parts = [reduced(each, answers, open_names) for each in wanted]
            if name == "all" and None in parts:
                return None
            possible = [part for part in parts if part is not None]
            if name == "any" and not possible:
                return None
            if name == "any" and {} in possible:
                continue
            if remaining := [part for part in possible if part]:
                rest[name] = remaining
        elif name in open_names:
            rest[name] = wanted
        elif not _matches(answers.get(name), wanted):
            return None
    return rest


def words_of(condition: Condition, labels: Mapping[str, str] | None = None) -> str:
    """Return a condition in words, such as "Jenis: Hilang atau Rusak".

    ``labels``: name of a field → label. Without it only the wanted answers are named.
    """
    return "; ".join(_words(name, wanted, labels) for name, wanted in condition.items())


def _words(name: str, wanted: Any, labels: Mapping[str, str] | None) -> str:
    if _is_group(name, wanted):
        parts = [words_of(each, labels) for each in wanted]
        return (_(" atau ") if name == "any" else "; ").join(parts)
    label = labels.get(name, name) if labels is not None else ""
    if isinstance(wanted, Mapping):
        sentence = _("%(label)s diisi") if wanted.get("filled") else _("%(label)s tidak diisi")
        return sentence % {"label": label or _("isian terkait")}
    options = _(" atau ").join(_accepted(wanted))
    return f"{label}: {options}" if label else options


def is_condition(value: object, depth: int = DEPTH) -> bool:
    """Tell whether a value has the shape of a condition, whatever fields it names."""
    if not isinstance(value, dict) or depth == 0:
        return False
    return all(
        bool(wanted) and all(is_condition(each, depth - 1) and each for each in wanted)
        if _is_group(name, wanted)
        else _is_wanted(wanted)
        for name, wanted in value.items()
    )


def _is_wanted(wanted: object) -> bool:
    if isinstance(wanted, dict):
        return list(wanted) == ["filled"] and isinstance(wanted["filled"], bool)
    return isinstance(wanted, list) and bool(wanted) and all(isinstance(each, str) and each for each in wanted)


def is_blank(value: object) -> bool:
    """Tell whether an answer counts as not given."""
    return value is None or value in ("", [], {})


def answers_in(value: object) -> list[str]:
    """Return the answers in a stored value that conditions compare with: each option chosen, or the text."""
    each = value if isinstance(value, list) else [value]
    return [_comparable(answer) for answer in each if not is_blank(answer)]


def _comparable(answer: object) -> str:
    if isinstance(answer, Mapping):
        return OTHER if "other" in answer else ""
    return str(answer)


def _judge(condition: Condition, leaf: Callable[[str, Any], bool]) -> bool:
    return all(
        (any if name == "any" else all)(_judge(each, leaf) for each in wanted)
        if _is_group(name, wanted)
        else leaf(name, wanted)
        for name, wanted in condition.items()
    )


def _is_group(name: str, wanted: Any) -> bool:
    return name in GROUPS and isinstance(wanted, list) and all(isinstance(each, Mapping) for each in wanted)


def _matches(value: object, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return is_blank(value) is not wanted.get("filled")
    accepted = _accepted(wanted)
    return any(answer in accepted for answer in answers_in(value))


def _accepted(wanted: Any) -> Sequence[str]:
    return [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
