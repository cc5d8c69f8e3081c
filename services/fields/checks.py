"""What is wrong with the fields of a form: their settings, and conditions that cannot work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext as _

from .base import misshapen
from .queries import FieldDefinition
from .show_if import is_condition, leaves, names_in
from .types import TYPES


@dataclass(frozen=True)
class Finding:
    """A sentence about the field with this name. With an error the form cannot be published."""

    field: str
    text: str
    is_error: bool = True


def findings_of(fields: Sequence[FieldDefinition]) -> list[Finding]:
    """Return what is wrong with each field, in the form's order; ``services.fields.ways`` finds dead ends."""
    circle = _circle(fields)
    return [Finding(field.name, text) for n, field in enumerate(fields) for text in _problems(fields, n, circle)]


def _problems(fields: Sequence[FieldDefinition], place: int, circle: Sequence[str]) -> Iterator[str]:
    field = fields[place]
    if field.type not in TYPES:
        yield _("Jenis isian ini tidak dikenal.")
        return
    if wrong := misshapen(field.rules):
        yield _("Aturan %(names)s tidak dapat dibaca.") % {"names": ", ".join(wrong)}
        return
    yield from field.kind.problems(field)
    names = {each.name for each in fields}
    for setting in ("not_before", "prefill"):
        name = str(field.rules.get(setting) or "").partition(".")[0]
        if name and name not in names:
            yield _("Aturannya menyebut isian “%(name)s” yang tidak ada.") % {"name": name}
    if not is_condition(field.show_if):
        yield _("Syarat tampilnya tidak dapat dibaca.")
    elif field.name in circle:
        labels = {each.name: each.label for each in fields}
        way = " → ".join(f"“{labels[name]}”" for name in circle)
        yield _("Syarat tampil berputar: %(way)s.") % {"way": way}
    else:
        yield from _of_condition(fields, place)


def _of_condition(fields: Sequence[FieldDefinition], place: int) -> Iterator[str]:
    places = {field.name: n for n, field in enumerate(fields)}
    for name, wanted in leaves(fields[place].show_if):
        if name not in places:
            yield _("Syarat tampil menyebut isian “%(name)s” yang tidak ada.") % {"name": name}
            continue
        asked = fields[places[name]]
        words = {"label": asked.label}
        if places[name] > place:
            yield _("Syarat tampil menyebut “%(label)s” yang baru ditanyakan sesudahnya.") % words
        elif asked.type in TYPES and not asked.kind.is_question:
            yield _("Syarat tampil menyebut “%(label)s” yang tidak punya jawaban.") % words
        elif asked.type in TYPES and isinstance(wanted, list) and (options := asked.kind.options(asked)):
            for answer in wanted:
                if answer not in options:
                    yield _("“%(label)s” tidak punya pilihan “%(answer)s”.") % {**words, "answer": answer}


def _circle(fields: Sequence[FieldDefinition]) -> tuple[str, ...]:
    """Return the names of fields whose conditions ask for each other in a circle, the first one again at the end."""
    graph = {field.name: names_in(field.show_if) for field in fields if is_condition(field.show_if)}
    known = {name: [each for each in asked if each in graph] for name, asked in graph.items()}
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()
