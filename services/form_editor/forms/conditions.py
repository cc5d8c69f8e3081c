"""The inputs of a condition: selects with lines such as "Jenis: Hilang", in groups of which one has to hold."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from services.fields.base import type_of
from services.models import Field

from ..rules import EMPTY, EQUALS, FILLED, Line

# How many groups can be picked; a condition with more of them is only shown.
GROUPS = 4
Choices = list[tuple[str, str | list[tuple[str, str]]]]


class LineList(forms.MultipleChoiceField):
    """Several selects with the same name, one for each line. Empty ones are ignored."""

    def to_python(self, value: object) -> list[str]:
        return [each for each in dict.fromkeys(super().to_python(value)) if each]


def lines_to_pick(before: Iterable[Field], stored: Sequence[Sequence[Line]]) -> Choices:
    """The lines that a condition can consist of, by the fields it can ask about, as choices of a select.

    ``stored``: lines of the condition as it is; those that cannot be picked any more are offered as such, so that
    nothing is lost by saving.
    """
    choices: Choices = [("", _("Pilih isian dan jawabannya"))]
    known: set[str] = set()
    for definition in before:
        lines = _lines_of(definition)
        known |= {line for line, _words in lines}
        if lines:
            choices.append((Truncator(definition.label).chars(80), lines))
    gone = [line for line in dict.fromkeys(line for group in stored for line in group) if line not in known]
    if gone:
        choices.append((_("Tidak dapat dipakai lagi"), [(line, _gone_words(line)) for line in gone]))
    return choices


def _lines_of(definition: Field) -> list[tuple[Line, str]]:
    kind = type_of(definition.type)
    if not kind.is_question:
        return []
    label = Truncator(definition.label).chars(60)
    options = kind.options(definition)
    lines = [(f"{definition.name}{EQUALS}{option}", f"{label}: {option}") for option in options]
    lines.append((f"{definition.name}{FILLED}", _("%(label)s: diisi") % {"label": label}))
    lines.append((f"{definition.name}{EMPTY}", _("%(label)s: tidak diisi") % {"label": label}))
    return lines


def _gone_words(line: Line) -> str:
    name, _sign, option = line.partition(EQUALS)
    return _("%(line)s (tidak ada lagi)") % {"line": f"{name}: {option}" if option else name.rstrip(FILLED + EMPTY)}
