"""A pytest plugin that runs no tests itself: for each change it forks this process, and the child runs the chosen
tests.

Everything expensive exists before: Django, the test modules, the server. Each child has its own database and ends at
the first failure; no file of the work tree is written.
"""

import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from .changing import Functions
from .choosing import Chooser
from .guards import Guard
from .mutations import Mutation

# Processor seconds in addition to the recorded ones; on a busy machine it may take PATIENCE times as long.
CPU, PATIENCE = 20, 20
FOUND, SURVIVED, UNTESTED, UNFIT = "found", "survived", "untested", "unfit"


@dataclass
class Outcome:
    """The result of a change. ``by``: the test that failed, or what else ended the process."""

    change: Mutation | Guard
    result: str
    by: str = ""
    tried: int = 0
    reaching: int = 0
    seconds: float = 0.0


@dataclass
class Running:
    """A forked process that tries a change on the database of its slot; without a change, whether the tests
    pass at all.
    """

    process: int
    answers: int
    slot: int
    change: Mutation | Guard | None
    chosen: list[str]
    reaching: int
    soils: bool
    cpu: float
    # Set while the tests are repeated without the change, because the test that failed in ``outcome`` never failed
    # before.
    outcome: Outcome | None = None
    began: float = field(default_factory=time.monotonic)
    heard: bytes = b""

    @property
    def answer(self) -> dict | None:
        """The child's answer once it is complete; the child then ends."""
        try:
            return json.loads(self.heard)
        except ValueError:
            return None


class Trying:
    """``changes`` is called with a cursor of the migrated database, ``tell`` with each outcome."""

    def __init__(self, changes: Callable, chooser: Chooser, databases, *, seconds: float, jobs: int, tell: Callable):
        self.changes, self.chooser, self.databases, self.tell = changes, chooser, databases, tell
        self.seconds, self.free = seconds, list(range(jobs))
        self.outcomes: list[Outcome] = []
        self.items: dict[str, pytest.Item] = {}
        # Tests that failed on a change and passed without it; and those that always fail.
        self.trusted: set[str] = set()
        self.failing: set[str] = set()

    def pytest_sessionstart(self):
        # Random tests use the same examples each time and do not search for the smallest one.
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        suite = hypothesis.settings.default
        hypothesis.settings.register_profile("mutants", suite, derandomize=True, database=None, phases=phases)
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        self.items = {item.nodeid: item for item in session.items}
        self.databases.prepare(session)
        waiting = iter(self.databases.listed(self.changes))
        self.functions = Functions()
        ends, running = time.monotonic() + self.seconds, []
        try:
            while True:
                while self.free and time.monotonic() < ends and (change := next(waiting, None)):
                    if begun := self._begin(change):
                        running.append(begun)
                if not running:
                    break
                for ended in list(_ended(running)):
                    running.remove(ended)
                    self.free.append(ended.slot)
                    if again := self._judge(ended):
                        running.append(again)
        except KeyboardInterrupt:
            pass
        finally:
            for each in running:
                _kill(each)
        return True

    def _begin(self, change) -> Running | None:
        """Fork for a change, or record that no test reaches it."""
        chosen, reaching = self.chooser.tests_of(change)
        chosen = [nodeid for nodeid in chosen if nodeid in self.items and nodeid not in self.failing]
        if chosen:
            return self._fork(change, chosen, reaching)
        self._note(Outcome(change, UNTESTED))
        return None

    def _fork(self, change, chosen, reaching, outcome=None) -> Running:
        slot = self.free.pop()
        guard = change if isinstance(change, Guard) and not outcome else None
        self.databases.make(slot, guard)
        soils = bool(guard) or any(self.databases.soils(self.items[nodeid]) for nodeid in chosen)
        cpu = CPU + 5 * sum(self.chooser.seconds[nodeid] for nodeid in chosen)
        ours, theirs = os.pipe()
        process = os.fork()
        if process == 0:
            self._in_child(None if outcome else change, slot, chosen, cpu, theirs)
        os.close(theirs)
        return Running(process, ours, slot, change, chosen, reaching, soils, cpu, outcome)

    def _in_child(self, change, slot, chosen, cpu, answers):
        """Runs the tests in the child, and never returns."""
        try:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (ceil(cpu), ceil(cpu) + 1))
            self.databases.use(slot)
            answer = self._tried(change, [self.items[nodeid] for nodeid in chosen])
        except BaseException as error:
            # Not an error of a test, which would be a failure.
            answer = {"result": UNFIT, "by": f"{type(error).__name__}: {error}", "tried": 0}
        with suppress(OSError):
            os.write(answers, json.dumps(answer).encode())
        os._exit(0)

    def _tried(self, change, items):
        if isinstance(change, Mutation):
            self.functions.change(change)
        items[0].session._setupstate.teardown_exact(items[0])
        for number, item in enumerate(items, start=1):
            following = items[number] if number < len(items) else None
            if failure := _run(item, following):
                # A call without a required argument is a change that nobody would make by mistake.
                unfit = "TypeError" in failure and "required" in failure and "missing" in failure
                return {"result": UNFIT if unfit else FOUND, "by": item.nodeid, "tried": number}
        return {"result": SURVIVED, "by": "", "tried": len(items)}

    def _judge(self, ended: Running) -> Running | None:
        """Record the outcome; if a test fails for the first time, first run it again without the change."""
        answer = ended.answer or {"result": FOUND, "by": "time", "tried": len(ended.chosen)}
        if ended.soils or not ended.answer:
            self.databases.soiled(ended.slot)
        if ended.outcome:
            if answer["result"] == SURVIVED:
                self.trusted.add(ended.chosen[-1])
                self._note(ended.outcome)
                return None
            self.failing.add(answer["by"] if answer["by"] in self.items else ended.chosen[-1])
            return self._begin(ended.change)
        outcome = Outcome(ended.change, **answer, reaching=ended.reaching)
        outcome.seconds = round(time.monotonic() - ended.began, 2)
        if outcome.result == FOUND and outcome.by in self.items and outcome.by not in self.trusted:
            return self._fork(ended.change, ended.chosen[: outcome.tried], ended.reaching, outcome)
        self._note(outcome)
        return None

    def _note(self, outcome):
        self.outcomes.append(outcome)
        self.tell(outcome)


def _run(item, following) -> str:
    """The error of a test, or ""."""
    for report in runtestprotocol(item, nextitem=following, log=False):
        if report.failed:
            return report.longreprtext or "failed"
    return ""


def _ended(running: list[Running]) -> Iterator[Running]:
    """Wait until a child has ended or exceeded its time; an endless loop counts as detected."""
    ready, _, _ = select.select([each.answers for each in running], [], [], 1)
    for each in running:
        if each.answers in ready:
            if read := os.read(each.answers, 65536):
                each.heard += read
                if each.answer is None:
                    continue
        elif time.monotonic() - each.began < PATIENCE * each.cpu:
            continue
        _kill(each)
        yield each


def _kill(each):
    """Kill the process and all processes that it started."""
    with suppress(ProcessLookupError):
        os.killpg(each.process, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(each.process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(each.process, 0)
    os.close(each.answers)
