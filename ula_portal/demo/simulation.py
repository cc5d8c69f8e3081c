"""A discrete-event simulation of the past: each event runs at its own moment of the portal's clock."""

import heapq
import itertools
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from ula_portal.core import clock, workdays
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.errors import Refused

logger = logging.getLogger(__name__)


class Simulation:
    """Runs events up to ``until`` and drops later ones. ``rng``: the only source of random numbers."""

    def __init__(self, until: datetime, rng: random.Random):
        self.until, self.rng = until, rng
        self.refused = 0
        self._events: list[tuple[datetime, int, Callable, tuple]] = []
        self._order = itertools.count()

    def at(self, moment: datetime, act: Callable, *details) -> None:
        """Schedule ``act(*details)`` at ``moment``."""
        heapq.heappush(self._events, (moment, next(self._order), act, details))

    def after_work(self, minutes: float, act: Callable, *details) -> None:
        """Schedule it after so many minutes of working time."""
        self.at(workdays.add_working_minutes(clock.now(), max(round(minutes), 1)), act, *details)

    def after(self, minutes: float, act: Callable, *details) -> None:
        """Schedule it after so many minutes of real time."""
        self.at(clock.now() + timedelta(minutes=minutes), act, *details)

    def run(self, watch: Callable[[datetime], None] = lambda moment: None) -> None:
        """Run all events. A verb that the portal refuses is skipped."""
        with outbox.never_sent():
            while self._events and self._events[0][0] <= self.until:
                moment, _order, act, details = heapq.heappop(self._events)
                with clock.at(moment):
                    try:
                        act(*details)
                    except Refused as error:
                        self.refused += 1
                        logger.warning("the demo's past: %s at %s: %s", act.__name__, moment, error)
                watch(moment)
