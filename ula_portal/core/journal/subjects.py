"""What journal entries and notices point at: apps register a label and an address for each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class SubjectKind:
    label: StrOrPromise
    url: Callable[[str], str]


_kinds: dict[str, SubjectKind] = {}
_verbs: dict[str, StrOrPromise] = {}


def register(kind: str, label: StrOrPromise, url: Callable[[str], str] = lambda subject_id: "") -> None:
    """Make a kind known; ``url`` turns an id into a staff address (or an empty string)."""
    _kinds[kind] = SubjectKind(label, url)


def describe(kind: str) -> SubjectKind:
    """Label and address of a kind; an unknown one answers with its own name."""
    return _kinds.get(kind, SubjectKind(kind, lambda subject_id: ""))


def choices() -> list[tuple[str, StrOrPromise]]:
    """All kinds with their labels, by label."""
    return sorted(((name, kind.label) for name, kind in _kinds.items()), key=lambda pair: str(pair[1]))


def register_verbs(words: Mapping[str, StrOrPromise]) -> None:
    """Say in words what the journal's verbs mean: verb → label."""
    _verbs.update(words)


def verb_label(verb: str) -> StrOrPromise:
    """A verb of the journal in words; an unknown one as it is written."""
    return _verbs.get(verb, verb)
