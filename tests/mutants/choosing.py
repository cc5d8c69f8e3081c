"""Selects and orders the tests for a change: those that run its lines, the nearest and fastest first,
within a limit.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from .guards import Guard
from .mutations import Mutation
from .reach import ROOT, KnownTest


class Chooser:
    """``bound``: the processor time in seconds that the tests of one change may take, according to their record."""

    def __init__(self, tests: list[KnownTest], bound: float):
        self.tests = tests
        self.bound = bound
        self.seconds = {test.nodeid: test.seconds for test in tests}
        self._mentions: dict[str, str] = {}

    def tests_of(self, change: Mutation | Guard) -> tuple[list[str], int]:
        """The names of the tests in the order to run them, by module, and the number of tests without the bound."""
        ranked = self._of_lines(change) if isinstance(change, Mutation) else self._of_guard(change)
        return self._bounded(ranked), len(ranked)

    def _of_lines(self, mutation):
        lines = frozenset(mutation.lines)
        words = _words(mutation.path)
        direct, through = [], []
        for test in self.tests:
            if not lines.isdisjoint(test.lines.get(mutation.path, ())):
                direct.append(test)
            elif not lines.isdisjoint(test.through.get(mutation.path, ())):
                through.append(test)
        return [*_by_module(direct, words), *_by_module(through, words)]

    def _of_guard(self, guard):
        """Tests in which the guard refused something, then those whose module mentions it or its table."""
        refused = [test for test in self.tests if test.refused.intersection(guard.names)]
        table = guard.place.split(".")[0]
        spoken = {*guard.names, table, table.split("_")[-1]}
        known = {test.nodeid for test in refused}
        speaking = [test for test in self.tests if test.nodeid not in known and self._speaks_of(test, spoken)]
        return [*_by_module(refused, spoken), *_by_module(speaking, spoken)]

    def _speaks_of(self, test, spoken):
        module = test.nodeid.split("::")[0]
        if module not in self._mentions:
            self._mentions[module] = (ROOT / module).read_text().lower()
        return any(word in self._mentions[module] for word in spoken)

    def _bounded(self, ranked):
        chosen, spent = [], 0.0
        for test in ranked:
            if spent < self.bound:
                chosen.append(test.nodeid)
                spent += max(test.seconds, 0.02)
        # Tests of one module run together, so that its fixtures are built only once.
        order = list(dict.fromkeys(_module(nodeid) for nodeid in chosen))
        return sorted(chosen, key=lambda nodeid: order.index(_module(nodeid)))


def _by_module(tests: Iterable[KnownTest], words: set[str]) -> list[KnownTest]:
    """The nearest modules first: those that share words with the changed place, then those with the most such tests.

    The fastest few tests of each module come before all others, so that the bound excludes no module entirely.
    """
    modules = defaultdict(list)
    for test in tests:
        modules[_module(test.nodeid)].append(test)
    near = sorted(modules, key=lambda module: (-len(_words(module) & words), -len(modules[module]), module))
    quick = {module: sorted(modules[module], key=lambda test: (test.seconds, test.nodeid)) for module in near}
    # Modules on the same subject, not only of the same app, are included completely.
    own = {module for module in near if len(_words(module) & words) > 1}
    whole = [test for module in near if module in own for test in quick[module]]
    first = [test for module in near if module not in own for test in quick[module][:_FIRST]]
    return [*whole, *first, *(test for module in near if module not in own for test in quick[module][_FIRST:])]


_FIRST = 8


def _module(nodeid):
    return nodeid.split("::")[0]


def _words(path):
    return {word.removesuffix("s") for word in re.split(r"[/_]", Path(path).with_suffix("").as_posix())} - {"test"}
