"""The demo's command on a small database: whatever is killed is restarted, and the rest continues meanwhile."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.live.live_server import Client
from tests.serving.test_supervisor import free_port
from ula_portal import embedded_postgres
from ula_portal.embedded_postgres.folders import binaries_for

ROOT = Path(__file__).resolve().parent.parent.parent
# Far longer than needed, so that a busy machine does not make the test fail.
PATIENCE_SECONDS = 60


def _copy_of_the_test_database(var_dir: Path) -> None:
    """Migrated tables with the demo's mark but without a demo, since building one takes long."""
    parameters = embedded_postgres.ensure_running(var_dir, durable=False, report=lambda _line: None)
    ours, programs = connection.settings_dict, binaries_for(None) / "bin"
    dump = subprocess.run(
        [programs / "pg_dump", "-h", ours["HOST"], "-p", ours["PORT"], "-U", ours["USER"], ours["NAME"]],
        capture_output=True,
        check=True,
    ).stdout
    there = ["-h", parameters["HOST"], "-p", parameters["PORT"], "-U", parameters["USER"], parameters["NAME"]]
    subprocess.run(
        [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", *there], input=dump, capture_output=True, check=True
    )
    copy = psycopg2.connect(
        dbname=parameters["NAME"], user=parameters["USER"], host=parameters["HOST"], port=parameters["PORT"]
    )
    with copy, copy.cursor() as cursor:
        for n, verb in enumerate(("demo_begun", "demo_built"), 1):
            cursor.execute(
                "INSERT INTO core_journalentry (subject_kind, subject_id, sequence, at, verb, actor_kind, actor_id,"
                " data, previous_hash, hash) VALUES ('demo', 'office', %s, now(), %s, 'system', '', '{}', '', '')",
                [n, verb],
            )
        cursor.execute("INSERT INTO core_location (code, name, address) VALUES ('ula', 'Unit Layanan', '')")
    copy.close()
    embedded_postgres.stop_if_last(var_dir)


class Portal:
    """The running demo, its processes by their role, and the answers of its pages under load."""

    PAGES = ("/", "/layanan/", "/lacak/", "/sehat/")

    def __init__(self, var_dir: Path) -> None:
        self.var_dir, self.port = var_dir, free_port()
        self.errors = (var_dir / "errors").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(self.port)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, "VAR_DIR": str(var_dir), "WEB_WORKERS": "2", "WEB_THREADS": "2"},
        )
        if not any("Portal ULA siap" in line for line in self.process.stdout):
            pytest.fail(self.said())
        # Its further output must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.answers: list[tuple[str, int, str, bytes]] = []
        self._ending = threading.Event()
        self._load = [threading.Thread(target=self._ask_on, args=[n], daemon=True) for n in range(2)]
        for thread in self._load:
            thread.start()

    def said(self) -> str:
        self.errors.seek(0)
        return self.errors.read()

    def _ask_on(self, n: int) -> None:
        while not self._ending.wait(0.05):
            n += 1
            self.answers.append(self.ask(self.PAGES[n % len(self.PAGES)]))

    def ask(self, path: str) -> tuple[str, int, str, bytes]:
        """Path, status (0 without an answer), Retry-After, body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return path, answer.status, "", answer.read()
        except urllib.error.HTTPError as error:
            return path, error.code, error.headers.get("Retry-After", ""), error.read()
        except OSError:
            return path, 0, "", b""

    def pids(self, part: str) -> list[int]:
        if part == "keeper":
            return [
                n for n, line in _command_lines().items() if b"keeper.py" in line and str(self.var_dir).encode() in line
            ]
        postmaster = embedded_postgres.running_pid(self.var_dir)
        if part == "database":
            return [postmaster] if postmaster else []
        if part == "database session":
            return [n for n in _children_of(postmaster) if b"[local]" in _command_lines().get(n, b"")]
        own = {n: _command_lines().get(n, b"") for n in _children_of(self.process.pid)}
        if part == "worker":
            return [n for n, line in own.items() if line.endswith(b"manage.py\0worker\0")]
        servers = [n for n, line in own.items() if b"granian" in line]
        return servers if part == "server" else [page for n in servers for page in _children_of(n)]

    def is_well(self) -> bool:
        """All processes run, and all pages answer several times in a row (there are two page processes)."""
        counts = [len(self.pids(part)) for part in ("keeper", "database", "server", "pages", "worker")]
        if counts != [1, 1, 2, 2, 1]:
            return False
        answers = [self.ask(path) for path in self.PAGES * 3]
        return all(status == 200 and b"degraded" not in body for _path, status, _after, body in answers)

    def end(self) -> None:
        self._ending.set()
        for thread in self._load:
            thread.join()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE_SECONDS)


def _command_lines() -> dict[int, bytes]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found[int(path.parent.name)] = path.read_bytes()
    return found


def _children_of(pid: int | None) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_until(holds: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.fixture
def portal(db):
    parent = Path(tempfile.mkdtemp(prefix="ula-test-"))
    parent.chmod(0o711)
    var_dir = parent / "var"
    _copy_of_the_test_database(var_dir)
    (var_dir / "demo-logins.json").write_text("[]")
    (var_dir / "static").mkdir()
    (var_dir / "static" / "staticfiles.json").write_text("{}")
    portal = Portal(var_dir)
    yield portal
    portal.end()
    portal.errors.close()
    embedded_postgres.remove(var_dir)
    shutil.rmtree(parent)


def test_whatever_is_killed_comes_back_and_the_rest_goes_on(portal):
    def kill(part: str, what_holds: Callable[[], object]) -> list[tuple[str, int, str, bytes]]:
        """Returns the answers from the death until ``what_holds``."""
        asked = len(portal.answers)
        os.kill(portal.pids(part)[0], signal.SIGKILL)
        wait_until(lambda: len(portal.answers) > asked + 8 and what_holds(), f"{part}: {portal.said()}")
        return portal.answers[asked:]

    def statuses(answers, *paths):
        return {status for path, status, _after, _body in answers if not paths or path in paths}

    wait_until(portal.is_well, "the start")
    # Without a worker, pages continue, and /sehat/ reports it.
    answers = kill("worker", lambda: any(b'"worker": "down"' in body for *_rest, body in portal.answers[-8:]))
    assert statuses(answers) == {200}
    # Without one page process, the other answers; only requests that the dead one was answering are lost.
    for part in ("pages", "server"):
        answers = kill(part, lambda: any(b'"living": 1, "expected": 2' in body for *_rest, body in portal.answers[-8:]))
        assert statuses(answers) <= {0, 200}
        wait_until(portal.is_well, part)
    stream = Client(portal.port, "/live/display/ula", timeout=PATIENCE_SECONDS)
    for part in ("database", "database session"):
        answers = kill(part, lambda: statuses(portal.answers[-8:]) == {200})
        assert statuses(answers) <= {200, 503}
        for path, status, after, body in answers:
            if status == 503:
                words = b'"database": "down"' if path == "/sehat/" else b"Maaf, sistem sedang terganggu"
                assert words in body
                assert b"Traceback" not in body
                assert int(after)
        assert {*statuses(answers, "/sehat/"), *statuses(answers, "/")} >= ({503} if part == "database" else set())
    # The stream that was open all the time receives data again: a heartbeat follows only a fresh reading.
    died = time.time() * 1000
    while (news := stream.next())[0] != "beat" or news[1]["at"] < died:
        pass
    # The keeper is replaced, and the new one does its work.
    keeper = portal.pids("keeper")
    kill("keeper", lambda: portal.pids("keeper") not in ([], keeper))
    kill("database", portal.is_well)
    assert portal.process.poll() is None
    said = portal.said()
    for words in ("Proses worker berhenti", "Proses server-1 berhenti", "dijalankan lagi dalam", "Basis data"):
        assert words in said
