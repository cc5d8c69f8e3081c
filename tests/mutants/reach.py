"""Which tests run which lines: recorded in ``var/mutants/reach``, and again for changed sources or tests."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("ula_portal", "sop", "services", "visitors")
STORE = ROOT / "var" / "mutants" / "reach"


@dataclass
class KnownTest:
    """A recorded test: its processor time, the guards that refused something in it, and its lines by file.

    ``through``: lines that ran only while a builder created the rows that the test starts with.
    """

    nodeid: str
    seconds: float
    refused: frozenset[str]
    lines: dict[str, frozenset[int]]
    through: dict[str, frozenset[int]] = field(default_factory=dict)


def modules() -> list[str]:
    """The test modules that can run in a forked process: all except browser and load tests.

    The test that compares every guard with its text is excluded, since it notices every change without testing any
    behaviour.
    """
    found = (str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    without = ("tests/browser/", "tests/load/", "tests/core/data/test_sql.py")
    return sorted(name for name in found if not name.startswith(without))


def refresh(jobs: int) -> None:
    """Run the test modules that changed, or that reach a changed source, once under coverage."""
    stale = [module for module in modules() if not _is_fresh(module)]
    if not stale:
        return
    print(f"Mencatat baris yang dicapai {len(stale)} modul uji …", flush=True)
    distribution = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 and len(stale) > 1 else ["-n", "0"]
    options = ["-q", "--no-header", "-p", "tests.mutants.recording", "-m", "not browser", *distribution]
    subprocess.run([sys.executable, "-m", "pytest", *options, *stale], cwd=ROOT, check=False)


def keep_state() -> None:
    """Remember the current state of all files, because this process has loaded them and they may change
    while it runs.
    """
    sources = (path for source in SOURCES for path in (ROOT / source).rglob("*.py"))
    for path in [*sources, *(ROOT / module for module in modules())]:
        _digest(str(path.relative_to(ROOT)))


def store(module: str, tests: dict, builders: dict) -> None:
    files = {file for test in tests.values() for file in test["lines"]}
    files |= {file for lines in builders.values() for file in lines}
    state = {file: _digest(file) for file in sorted({module, *files})}
    STORE.mkdir(parents=True, exist_ok=True)
    fresh = _file_of(module).with_suffix(".new")
    fresh.write_text(json.dumps({"state": state, "tests": tests, "builders": builders}))
    fresh.rename(_file_of(module))


def recorded() -> list[KnownTest]:
    """All tests that passed when they were recorded."""
    return [test for module in modules() if _file_of(module).exists() for test in _tests_of(module)]


def _tests_of(module):
    known = json.loads(_file_of(module).read_text())
    builders = {name: _frozen(lines) for name, lines in known["builders"].items()}
    for nodeid, test in known["tests"].items():
        if test["passed"]:
            through = _joined(builders[name] for name in test["builders"] if name in builders)
            yield KnownTest(nodeid, test["seconds"], frozenset(test["refused"]), _frozen(test["lines"]), through)


def _frozen(lines):
    return {file: frozenset(numbers) for file, numbers in lines.items()}


def _joined(parts: Iterable[dict[str, frozenset[int]]]):
    joined: dict[str, frozenset[int]] = {}
    for part in parts:
        for file, numbers in part.items():
            joined[file] = joined.get(file, frozenset()) | numbers
    return joined


def _is_fresh(module):
    if not _file_of(module).exists():
        return False
    state = json.loads(_file_of(module).read_text())["state"]
    return all(_digest(file) == digest for file, digest in state.items())


# Cached for the process, see ``keep_state``.
@cache
def _digest(file):
    path = ROOT / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def _file_of(module):
    return STORE / (module.removesuffix(".py").replace("/", ".") + ".json")
