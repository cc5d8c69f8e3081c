"""How long somebody is likely to wait; pure. A band, never a promise."""

import math
from collections.abc import Sequence
from statistics import quantiles

# With fewer served visitors to look at nothing is said.
MIN_SAMPLES = 5
STEP_MINUTES = 5
MAX_MINUTES = 240


def band(ahead: int, counters: int, served: Sequence[float]) -> tuple[int, int] | None:
    """Minutes that somebody is likely to wait, from and to, in steps of five; None when it cannot be said.

    ``ahead``: visitors before them; ``counters``: counters at work for them; ``served``: seconds from call to end of
    the last visitors. Between the lower and the upper quartile of those, times the rounds until the turn: with three
    counters and seven ahead the eighth comes in the third round.
    """
    if counters < 1 or len(served) < MIN_SAMPLES or ahead < 0:
        return None
    rounds = ahead / counters
    lower, _middle, upper = quantiles(served, n=4)
    low = math.floor(rounds * lower / 60 / STEP_MINUTES) * STEP_MINUTES
    high = math.ceil(max(rounds, 0.5) * upper / 60 / STEP_MINUTES) * STEP_MINUTES
    if high > MAX_MINUTES:
        return None
    return low, max(high, low + STEP_MINUTES)
