"""Which kinds of notices exist, and how each is put into words."""

from collections.abc import Callable
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from ula_portal.core.models import Notice


@dataclass(frozen=True)
class NoticeText:
    """An e-mail ready to go: one address, subject and plain text."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class NoticeKind:
    label: StrOrPromise
    compose: Callable[[Notice], NoticeText | None]


_kinds: dict[str, NoticeKind] = {}


def register(kind: str, label: StrOrPromise, compose: Callable[[Notice], NoticeText | None]) -> None:
    """Make a kind of notice known. ``compose`` runs in the worker; None means there is nobody to tell."""
    _kinds[kind] = NoticeKind(label, compose)


def kind_of(name: str) -> NoticeKind | None:
    return _kinds.get(name)


def known(name: str) -> NoticeKind:
    """The kind of that name; raises KeyError on one that no app registered."""
    return _kinds[name]
