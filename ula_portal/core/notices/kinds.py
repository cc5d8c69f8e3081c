"""The registry of kinds of notices, each with the function that composes its text."""

from collections.abc import Callable
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from ula_portal.core.models import Notice


@dataclass(frozen=True)
class NoticeText:
    """The e-mail of a notice: one address, subject and plain text."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class NoticeKind:
    label: StrOrPromise
    compose: Callable[[Notice], NoticeText | None]


_kinds: dict[str, NoticeKind] = {}


def register_kind(kind: str, label: StrOrPromise, compose: Callable[[Notice], NoticeText | None]) -> None:
    """Register a kind of notice. ``compose`` runs in the worker; it returns None if there is no recipient."""
    _kinds[kind] = NoticeKind(label, compose)


def kind_of(name: str) -> NoticeKind | None:
    return _kinds.get(name)


def known(name: str) -> NoticeKind:
    """The kind with this name.

    Raises: KeyError if no app registered it.
    """
    return _kinds[name]
