"""The ways through a form: which questions each combination of answers leads to, and how long that takes."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .checks import Finding
from .queries import FieldDefinition
from .show_if import holds, leaves, visible_fields

# More combinations than this are not followed; nobody would read them either.
LIMIT = 400
# Of several choices, combinations of at most so many kinds of options are followed.
KINDS = 6


@dataclass(frozen=True)
class Way:
    """``choices``: pairs of a question's label and the answers, in words, that lead this way.

    ``fields``: the names of all fields shown. ``seconds``: the estimated time to fill them in.
    """

    choices: tuple[tuple[str, str], ...]
    fields: tuple[str, ...]
    seconds: int


@dataclass(frozen=True)
class FormWays:
    """``too_many``: there are more than ``LIMIT`` combinations, and none was followed to its end."""

    ways: tuple[Way, ...]
    findings: tuple[Finding, ...] = ()
    too_many: bool = False


class _TooMany(Exception):
    pass


# The ways from a question on: pairs of the choices taken (name, words) and the names of all fields shown.
_Choices = tuple[tuple[str, str], ...]
_Rest = tuple[tuple[_Choices, tuple[str, ...]], ...]


def ways_through(fields: Sequence[FieldDefinition]) -> FormWays:
    """Return all ways through a form, and warnings about answers and fields that lead nowhere.

    Answers that lead to the same rest are one way. The form must have no errors (``checks.findings_of``).
    """
    try:
        rest = _Explorer(fields).rest_from(0, {})
    except _TooMany:
        return FormWays((), too_many=True)
    labels = {field.name: field.label for field in fields}
    by_name = {field.name: field for field in fields}
    ways = tuple(
        Way(
            tuple((labels[name], words) for name, words in choices),
            shown,
            sum(by_name[name].kind.seconds_for(by_name[name]) for name in shown),
        )
        for choices, shown in rest
    )
    return FormWays(ways, (*_never_shown(fields, rest), *_dead_ends(fields, rest)))


class _Explorer:
    def __init__(self, fields: Sequence[FieldDefinition]) -> None:
        self.fields, self.count = fields, 0
        asked: dict[str, list[Any]] = {}
        for field in fields:
            for name, wanted in leaves(field.show_if):
                asked.setdefault(name, []).append(wanted)
        # Only questions that a condition asks about can lead different ways.
        self.forks = [(field, answer_kinds(field, asked[field.name])) for field in fields if field.name in asked]

    def rest_from(self, place: int, answers: Mapping[str, Any]) -> _Rest:
        shown = tuple(field.name for field in visible_fields(self.fields, answers))
        if place == len(self.forks):
            self.count += 1
            if self.count > LIMIT:
                raise _TooMany
            return (((), shown),)
        fork, kinds = self.forks[place]
        if fork.name not in shown:
            return self.rest_from(place + 1, answers)
        same: dict[_Rest, list[str]] = {}
        for words, value in kinds:
            rest = self.rest_from(place + 1, {**answers, fork.name: value})
            same.setdefault(rest, []).append(words)
        if len(same) == 1:
            return next(iter(same))
        return tuple(
            (((fork.name, _(" atau ").join(words)), *choices), shown)
            for rest, words in same.items()
            for choices, shown in rest
        )


def answer_kinds(field: FieldDefinition, asked: Iterable[Any]) -> list[tuple[str, Any]]:
    """Return an answer of each kind that conditions can tell apart, as pairs of words and the answer.

    ``asked``: what conditions want of this field (lists of answers, {"filled": …}).
    """
    conditions = [{field.name: wanted} for wanted in asked]

    def seen(value: Any) -> tuple[bool, ...]:
        return tuple(holds(condition, {field.name: value}) for condition in conditions)

    blank = [] if field.required else [(_("tidak diisi"), None)]
    if not field.kind.options(field):
        wanted = dict.fromkeys(answer for each in asked if isinstance(each, list) for answer in each)
        return [*((answer, answer) for answer in wanted), (_("jawaban lain") if wanted else _("diisi"), "\0"), *blank]
    kinds: dict[tuple[bool, ...], list[str]] = {}
    for option in field.kind.options(field):
        kinds.setdefault(seen(option), []).append(option)
    if field.type == "choices":
        return [*_combinations(list(kinds.values()), seen), *blank]
    return [*((_(" atau ").join(options), options[0]) for options in kinds.values()), *blank]


def _combinations(kinds: Sequence[Sequence[str]], seen: Any) -> list[tuple[str, Any]]:
    """Return the kinds of answers that choosing several options can give, the fewest options first."""
    if len(kinds) > KINDS:
        raise _TooMany
    found: dict[tuple[bool, ...], tuple[str, Any]] = {}
    for size in range(1, len(kinds) + 1):
        for chosen in itertools.combinations(kinds, size):
            words = _(" dan ").join(_(" atau ").join(options) for options in chosen)
            answer = [options[0] for options in chosen]
            found.setdefault(seen(answer), (words, answer))
    return list(found.values())


def _never_shown(fields: Sequence[FieldDefinition], rest: _Rest) -> Iterable[Finding]:
    shown = {name for _choices, names in rest for name in names}
    for field in fields:
        if field.name not in shown:
            yield Finding(field.name, _("Isian ini tidak pernah tampil, apa pun jawabannya."), is_error=False)


def _dead_ends(fields: Sequence[FieldDefinition], rest: _Rest) -> Iterable[Finding]:
    """Return the answers after which no question follows, although another answer leads on."""
    places = {field.name: n for n, field in enumerate(fields)}
    follows: dict[str, dict[str, bool]] = {}
    for choices, shown in rest:
        for name, words in choices:
            leads_on = any(places[each] > places[name] and fields[places[each]].kind.has_answer for each in shown)
            answers = follows.setdefault(name, {})
            answers[words] = answers.get(words, False) or leads_on
    for name, answers in follows.items():
        for words, leads_on in answers.items():
            if not leads_on and any(answers.values()):
                sentence = _("Setelah jawaban “%(answer)s” tidak ada isian lagi.")
                yield Finding(name, sentence % {"answer": words}, is_error=False)
