"""Refusals of verbs; their message is shown to the user unchanged."""

from collections.abc import Iterable

from django_stubs_ext import StrOrPromise


class Refused(Exception):
    """A verb was refused and changed nothing; ``str(error)`` is a sentence for the user.

    ``field``: name of the form field that is wrong, or ""; ``also``: further refusals, so that the user sees all of
    them at the same time.
    """

    def __init__(self, message: StrOrPromise, *, field: str = "", also: Iterable["Refused"] = ()) -> None:
        super().__init__(str(message))
        self.field = field
        self.also = tuple(also)

    @property
    def all(self) -> list["Refused"]:
        return [self, *self.also]


class NotAllowed(Refused):
    """The user may not do this."""


class Outdated(Refused):
    """Somebody else was faster: the verb no longer applies to the row's state."""
