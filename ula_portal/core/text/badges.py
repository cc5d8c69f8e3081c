"""A state as users see it: a word, a colour and an icon. Rendered by ``{% badge %}``."""

from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Badge:
    """``kind``: good, warn, bad, info or neutral, as in the design system. ``label``: the word, lazy or not.

    ``icon``: name of an icon that replaces the kind's own.
    """

    kind: str
    label: StrOrPromise
    icon: str = ""
