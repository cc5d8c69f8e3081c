"""A pytest plugin that records which test runs which lines, and which guards of the database refused something in it.

Only ``tests.mutants.reach`` loads it. Lines that a builder of ``tests.snapshots`` ran when its rows were created count
for all tests that start with these rows, but are stored separately from lines that the tests ran themselves.
"""

import re
import time
from collections import defaultdict
from pathlib import Path

import coverage
import pytest
from django.db import utils

from . import reach

_IN_FUNCTION = re.compile(r"PL/pgSQL function (?:\w+\.)?(\w+)\(")


class Recorder:
    def __init__(self):
        sources = [str(reach.ROOT / each) for each in reach.SOURCES]
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, source=sources, omit=["*/migrations/*", "*/demo/*"]
        )
        # The only core of coverage that distinguishes contexts.
        self.coverage.set_option("run:core", "ctrace")
        self.tests: dict[str, dict] = {}
        # By module: pytest-django runs tests with real transactions at the end, so some modules are finished twice.
        self.stored: dict[str, dict[str, dict]] = defaultdict(dict)
        self.context = ""
        # The lines that builders ran, by a name of their rows.
        self.builders: dict[str, dict[str, list[int]]] = {}
        self.made_by: dict[int, str] = {}

    def switch(self, context):
        self.context = context
        self.coverage.switch_context(context)

    def built(self, name, build):
        """The result of ``build``; the lines are attributed to the builder, not to the test."""
        before = self.context
        self.switch(name)
        try:
            return build()
        finally:
            self.switch(before)
            self.uses(name)

    def uses(self, name):
        if self.context in self.tests:
            self.tests[self.context]["builders"].add(name)

    def lines_by_context(self):
        """For each context, by file, the lines that ran since the last call."""
        # Without a stop, coverage would record nothing after ``erase``.
        self.coverage.stop()
        data, lines = self.coverage.get_data(), defaultdict(dict)
        for file in data.measured_files():
            name = str(Path(file).relative_to(reach.ROOT))
            by_context = defaultdict(list)
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in contexts:
                    by_context[context].append(line)
            for context, numbers in by_context.items():
                lines[context][name] = sorted(numbers)
        self.coverage.erase()
        self.coverage.start()
        self.switch("")
        return lines


_recorder = Recorder()


def pytest_collection_finish():
    _watch_builders()
    _watch_refusals()
    reach.keep_state()
    _recorder.coverage.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    test = {"seconds": 0.0, "passed": True, "builders": set(), "refused": set()}
    _recorder.tests[item.nodeid] = test
    if "world" in item.fixturenames:
        test["builders"].add("built ('world',)")
    _recorder.switch(item.nodeid)
    began = time.process_time()
    try:
        return (yield)
    finally:
        test["seconds"] = round(time.process_time() - began, 3)
        _recorder.switch("")
        if nextitem is None or nextitem.path != item.path:
            _store(str(item.path.relative_to(reach.ROOT)))


def pytest_runtest_logreport(report):
    if not report.passed and report.nodeid in _recorder.tests:
        _recorder.tests[report.nodeid]["passed"] = False


def _store(module):
    """Write what the tests of one module reached, as soon as the module is finished."""
    lines = _recorder.lines_by_context()
    for context, files in lines.items():
        if context.startswith("built "):
            _recorder.builders[context] = files
    tests = _recorder.stored[module]
    for nodeid, test in _recorder.tests.items():
        tests[nodeid] = test | {
            "builders": sorted(test["builders"]),
            "refused": sorted(test["refused"]),
            "lines": lines.get(nodeid, {}),
        }
    used = {name for test in tests.values() for name in test["builders"]}
    builders = {name: _recorder.builders[name] for name in sorted(used) if name in _recorder.builders}
    reach.store(module, tests, builders)
    _recorder.tests.clear()


def _watch_builders():
    # Not at the top: this module is loaded before Django's settings.
    from tests import snapshots

    built, watched, again = snapshots.built, snapshots._watched, snapshots._written_again

    def named_built(key, build):
        name = f"built {key}"
        _recorder.uses(name)
        return built(key, lambda: _recorder.built(name, build))

    def named_watched(calls, build):
        name = f"built {calls}"
        made = watched(calls, lambda: _recorder.built(name, build))
        _recorder.made_by[id(snapshots._repeated[calls][0])] = name
        return made

    def named_again(added, changed, pickled):
        _recorder.uses(_recorder.made_by[id(added)])
        return again(added, changed, pickled)

    snapshots.built, snapshots._watched, snapshots._written_again = named_built, named_watched, named_again


def _watch_refusals():
    leave = utils.DatabaseErrorWrapper.__exit__

    def noting(self, kind, error, traceback):
        if error is not None and _recorder.context in _recorder.tests:
            diagnosis = getattr(error, "diag", None)
            refused = _recorder.tests[_recorder.context]["refused"]
            refused.update(_IN_FUNCTION.findall(getattr(diagnosis, "context", None) or ""))
            if name := getattr(diagnosis, "constraint_name", None):
                refused.add(name)
        return leave(self, kind, error, traceback)

    utils.DatabaseErrorWrapper.__exit__ = noting
