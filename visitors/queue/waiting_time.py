"""How long a visitor is likely to wait, as a range and never as a promise; pure Python."""

import math
from collections.abc import Sequence
from statistics import quantiles

# With fewer served visitors no estimate is given.
MIN_SAMPLES = 5
STEP_MINUTES = 5
MAX_MINUTES = 240


def band(ahead: int, counters: int, served: Sequence[float]) -> tuple[int, int] | None:
    """The minutes that a visitor is likely to wait, from and to, in steps of five; None when there is no estimate.

    ``ahead``: visitors before them; ``counters``: counters that may call them now; ``served``: seconds from call to end
    of the last visitors.

    Source: the lower and upper quartile of ``served``, times the rounds until their turn; with three counters and seven
    visitors ahead, the eighth is served in the third round.
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
