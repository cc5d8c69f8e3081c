"""The kinds of subjects of journal entries and notices; apps register a label and an address for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class SubjectKind:
    label: StrOrPromise
    url: Callable[[str], str]


_kinds: dict[str, SubjectKind] = {}
_verbs: dict[str, StrOrPromise] = {}


def register_subject(kind: str, label: StrOrPromise, url: Callable[[str], str] = lambda subject_id: "") -> None:
    """Register a kind. ``url`` returns the address of a staff page for an id, or an empty string."""
    _kinds[kind] = SubjectKind(label, url)


def describe(kind: str) -> SubjectKind:
    """Label and address of a kind. An unknown kind has its own name as label."""
    return _kinds.get(kind, SubjectKind(kind, lambda subject_id: ""))


def choices() -> list[tuple[str, StrOrPromise]]:
    """All kinds with their labels, sorted by label."""
    return sorted(((name, kind.label) for name, kind in _kinds.items()), key=lambda pair: str(pair[1]))


def register_verbs(words: Mapping[str, StrOrPromise]) -> None:
    """Register the labels of journal verbs: verb → label."""
    _verbs.update(words)


def verb_label(verb: str) -> StrOrPromise:
    """The label of a journal verb. An unknown verb is returned unchanged."""
    return _verbs.get(verb, verb)
