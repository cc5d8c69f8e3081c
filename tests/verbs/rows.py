"""What a row of the table of verbs says."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

NOTHING = ()
# What the same call does a second time: nothing, all of it once more, or the name of the refusal.
SAME = "same"
OUTDATED, NOT_ALLOWED, REFUSED = "Outdated", "NotAllowed", "Refused"
# What it worked on is gone: the same call cannot be made again.
ONCE = "once"


@dataclass(frozen=True)
class Call:
    args: tuple = ()
    options: dict = field(default_factory=dict)


def on(*args, **options) -> Call:
    """What a verb is called with."""
    return Call(args, options)


@dataclass(frozen=True)
class Row:
    """One verb in one situation.

    ``given`` brings the world into it and returns the call; ``wrote``: all that the call writes beside its own rows, as
    ``effects.since`` words it, where ``by`` acts; ``again``: the same for a second call; ``later``: so long after the
    world was put up.
    """

    verb: Callable
    by: str
    given: Callable
    wrote: tuple[str, ...] = NOTHING
    again: str | tuple[str, ...] = NOTHING
    case: str = ""
    later: datetime.timedelta = datetime.timedelta(0)

    @property
    def name(self) -> str:
        return f"{self.verb.__module__}.{self.verb.__qualname__}"

    def __str__(self):
        room = self.verb.__module__.removeprefix("ula_portal.").split(".")[1]
        return f"{room}.{self.verb.__name__}" + (f"-{self.case}" if self.case else "")
