"""The command: ``python -m tests.mutants [PATHS] [--seconds N] [--count N] [--seed N] [--jobs N]``.

PATHS are modules or folders of the portal, texts of ``<app>/sql`` for the guards that they define, or ``sql`` for all
guards of the database. The default is all verbs, permissions, rules and queries, and all guards.
"""

import argparse
import os
import random
import sys
from pathlib import Path

import pytest

from . import reach, report
from .choosing import Chooser
from .mutations import Mutation, mutations

SQL = "sql"
# Verbs, permissions, rules and queries contain the decisions; pages only show them.
DECIDING = (
    "actions",
    "queries",
    "permissions",
    "states",
    "rules",
    "deadlines",
    "decisions",
    "fairness",
    "flow",
    "absences",
    "delivery",
    "outbox",
)
# The position of lines and texts in a picture is judged by eye.
DRAWING = "flowchart"


def main() -> int:
    options = _options()
    if not options.as_recorded:
        reach.refresh(options.jobs)
    texts = [(reach.ROOT / path).read_text() for path in options.paths if path.endswith(".sql")]
    paths = [path for path in options.paths if path != SQL and not path.endswith(".sql")]
    changes = list(_of_python(_modules(paths) if paths or not options.paths else []))
    with_guards = SQL in options.paths or texts or not options.paths
    chooser = Chooser(reach.recorded(), options.bound)
    if not chooser.tests:
        print("Tidak ada catatan uji; jalankan tanpa --as-recorded.", file=sys.stderr)
        return 1
    tells = report.Report(reach.ROOT / "var" / "mutants" / "report.json")

    def drawn(cursor):
        from .guards import guards

        in_sql = guards(cursor, () if SQL in options.paths else texts) if with_guards else []
        return _drawn([*changes, *in_sql], options.count, options.seed)

    # Django's settings are not loaded yet; pytest does that.
    modules = reach.modules() if with_guards else _needed(changes, chooser)
    os.chdir(reach.ROOT)
    status = _run(modules, drawn, chooser, options, tells)
    tells.end()
    return status


def _run(modules, drawn, chooser, options, tells):
    from .databases import Databases
    from .trying import Trying

    trying = Trying(drawn, chooser, Databases(), seconds=options.seconds, jobs=options.jobs, tell=tells.tell)
    quiet = ["-q", "-q", "-s", "--no-header", "--no-summary", "--disable-warnings", "-p", "no:cacheprovider"]
    status = pytest.main([*quiet, "-n", "0", "-m", "not browser", *modules], plugins=[trying])
    return 0 if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(status)


def _options():
    parser = argparse.ArgumentParser(
        prog="make mutants", description="Uji mutasi: perubahan kecil yang lolos dari uji."
    )
    paths = "modul, folder, atau berkas .sql; 'sql' untuk semua penjaga basis data"
    parser.add_argument("paths", nargs="*", help=paths)
    parser.add_argument("--seconds", type=float, default=600, help="lama mencoba (600)")
    parser.add_argument("--count", type=int, default=300, help="banyaknya perubahan, tersebar merata (300)")
    parser.add_argument("--seed", type=int, default=1, help="pilihan lain dengan angka lain (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="proses sekaligus")
    parser.add_argument("--bound", type=float, default=30, help="detik prosesor untuk uji satu perubahan (30)")
    parser.add_argument("--as-recorded", action="store_true", help="pakai catatan yang ada, walau sumber berubah")
    return parser.parse_args()


def _modules(paths) -> list[Path]:
    if not paths:
        every = (path for source in reach.SOURCES for path in (reach.ROOT / source).rglob("*.py"))
        return sorted(path for path in every if _decides(path.relative_to(reach.ROOT)))
    found = []
    for name in paths:
        path = (reach.ROOT / name).resolve()
        if not path.exists():
            sys.exit(f"Tidak ada: {name}")
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def _decides(path):
    return not {"migrations", DRAWING} & {*path.parts} and any(
        part.removesuffix(".py").startswith(DECIDING) or part.removesuffix(".py").endswith(("_rules", "_queries"))
        for part in path.parts
    )


def _of_python(modules):
    for path in modules:
        yield from mutations(path.read_text(), str(path.relative_to(reach.ROOT)))


def _drawn(changes, count, seed):
    """A random sample, evenly distributed over all places. It is the same for the same seed, and its order keeps it
    even if the time runs out.
    """
    draw = random.Random(seed)
    if count < len(changes):
        step = len(changes) / count
        start = draw.random() * step
        changes = [changes[int(start + step * each)] for each in range(count)]
    draw.shuffle(changes)
    return changes


def _needed(changes: list[Mutation], chooser: Chooser) -> list[str]:
    """The test modules that reach any of these files; the others need not be imported."""
    files = {change.path for change in changes}
    tests = (test for test in chooser.tests if files & (test.lines.keys() | test.through.keys()))
    return sorted({test.nodeid.split("::")[0] for test in tests})


if __name__ == "__main__":
    sys.exit(main())
