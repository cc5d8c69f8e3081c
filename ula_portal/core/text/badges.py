"""A state as people see it: a word, how it stands, and an icon; drawn by ``{% badge %}``."""

from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Badge:
    """``kind``: good, warn, bad, info or neutral, the design system's pills. ``label``: the word, lazy or not.

    ``icon``: another icon's name than the kind's own.
    """

    kind: str
    label: StrOrPromise
    icon: str = ""
