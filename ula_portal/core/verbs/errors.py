"""Errors that a person can do something about; the message is shown to them as it is."""

from collections.abc import Iterable

from django_stubs_ext import StrOrPromise


class Refused(Exception):
    """A verb was refused; ``str(error)`` is a sentence for the person who tried. Nothing was changed.

    ``field``: name of the form field it belongs to, or an empty string; ``also``: what else is missing, so that a
    person is asked once.
    """

    def __init__(self, message: StrOrPromise, *, field: str = "", also: Iterable["Refused"] = ()) -> None:
        super().__init__(str(message))
        self.field = field
        self.also = tuple(also)

    @property
    def all(self) -> list["Refused"]:
        return [self, *self.also]


class NotAllowed(Refused):
    """The person lacks the right to do this."""


class Outdated(Refused):
    """Someone else was faster: the thing is no longer in the state in which the verb applies."""
