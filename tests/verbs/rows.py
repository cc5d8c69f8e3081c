"""The rows of the table of verbs."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

NOTHING = ()
# The effect of the same call when repeated: nothing, everything once more, or the name of the refusal.
SAME = "same"
OUTDATED, NOT_ALLOWED, REFUSED = "Outdated", "NotAllowed", "Refused"
# The subject no longer exists, so the same call cannot be repeated.
ONCE = "once"


@dataclass(frozen=True)
class Call:
    args: tuple = ()
    options: dict = field(default_factory=dict)


def on(*args, **options) -> Call:
    """The arguments of a verb."""
    return Call(args, options)


@dataclass(frozen=True)
class Row:
    """One verb in one situation.

    ``given`` prepares the situation and returns the call. ``wrote``: all side effects of the call by ``by``, in the
    notation of ``effects.since``. ``again``: those of a second call. ``later``: how long after the world was built the
    call is made.
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
