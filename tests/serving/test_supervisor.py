"""Server and worker start and stop together; one that dies is restarted, one that cannot run is reported."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories.ports import free_port
from ula_portal.embedded_postgres import keeper
from ula_portal.serving import children as children_module

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = """
import sys
from ula_portal.serving import supervisor as s
%s
sys.exit(s.run(%d, lambda: print('ready', flush=True)))
"""
BROKEN = "s.server_command = lambda *_: ['/bin/sh', '-c', 'echo no such setting; exit 3']"


@contextmanager
def supervisor(port: int, change: str = "") -> Iterator[subprocess.Popen]:
    shell = ["shell", "--no-imports", "--verbosity", "0", "--command", RUN % (change, port)]
    with command(*shell) as process:
        yield process


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "WEB_WORKERS": "1"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def wait_ready(process: subprocess.Popen) -> None:
    for line in process.stdout:
        if line == "ready\n":
            return
    pytest.fail(process.communicate()[1])


def children(process: subprocess.Popen) -> dict[str, int]:
    """Process ids of ``server`` and ``worker``."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    server = [pid for pid, line in lines.items() if b"granian" in line]
    worker = [pid for pid, line in lines.items() if line.endswith(b"manage.py\0worker\0")]
    return {"server": server[0], "worker": worker[0]}


def test_stops_all_when_asked():
    port = free_port()
    with supervisor(port) as process:
        wait_ready(process)
        pids = children(process)
        # In the pause before it is restarted.
        os.kill(pids["worker"], signal.SIGKILL)
        while "dijalankan lagi dalam" not in process.stderr.readline():
            pass
        ended(process, signal.SIGINT, port, pids)


def test_start_serves_an_empty_database_until_it_is_told_to_stop():
    """The whole command; the address of the first administrator is only in the terminal, and opens the office."""
    port = free_port()
    with command("start", "--port", str(port)) as process:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        address = re.search(rf"http://127\.0\.0\.1:{port}/mulai/[\w-]{{43}}/", "".join(printed))[0]
        assert open_office(address) == f"http://127.0.0.1:{port}/petugas/kantor/"
        ended(process, signal.SIGTERM, port, children(process))
    assert not any("/mulai/" in path.read_text() for path in (settings.VAR_DIR / "logs").iterdir())


def open_office(address: str) -> str:
    """Make the first administrator at the printed address; returns the address of the page that follows."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    person = {"full_name": "Rina Wulandari", "email": "rina@example.id"}
    secret = {"password": "kebun-teh-hijau-7", "again": "kebun-teh-hijau-7", "csrfmiddlewaretoken": token}
    office = {"name": "Dinas Pendidikan", "regency": "Kabupaten Contoh"}
    return browser.open(address, urllib.parse.urlencode(person | office | secret).encode()).url


def ended(process: subprocess.Popen, number: int, port: int, pids: dict[str, int]) -> None:
    """Send the signal: nothing is left, and the port is free."""
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert output.endswith("Portal berhenti.\n")
    assert not any(keeper.is_alive(pid) for pid in pids.values())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_one_that_cannot_start_ends_the_first_start_and_is_told():
    with supervisor(free_port(), BROKEN) as process:
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ready" not in output
    assert "Proses server-1 berhenti sendiri (status 3); portal dihentikan." in errors
    assert "server-1.log:\nno such setting" in errors


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def child(tmp_path, monkeypatch):
    """A child that dies immediately, and a clock that is set by hand."""
    clock = Clock()
    monkeypatch.setattr(children_module, "time", clock)
    made = children_module.Child("x", ["/bin/sh", "-c", "echo oh; exit 3"], tmp_path / "x.log", dict(os.environ))
    made.clock = clock
    made.start()
    yield made
    made.kill()


def dies(child) -> bool:
    """Let it die in its current life and wait for its next one; returns what ``tend`` reported about its death."""
    child._process.wait()
    goes_on = child.tend()
    child.clock.now = child._restart_at
    if goes_on:
        child.tend()
    return goes_on


def test_pauses_grow_until_it_has_run_well(child, capsys):
    pauses = []
    for lived in (11, 0, 0, 0, 0, 0, 0, 0, 61, 0):
        child.clock.now += lived
        child._proven = child._proven or lived > 10
        before = child.clock.now
        assert dies(child)
        pauses.append(child.clock.now - before)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 1, 2]
    said = capsys.readouterr().err
    assert said.count("Proses x berhenti sendiri (status 3)") == 10
    assert "dijalankan lagi dalam 8 detik" in said
    assert "oh" in said


def test_one_that_never_ran_is_given_up(child, capsys):
    assert [dies(child) for _try in range(6)] == [True] * 5 + [False]
    assert capsys.readouterr().err.count("portal dihentikan") == 1


def test_a_long_log_is_set_aside_while_the_child_writes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(children_module, "_LOG_LIMIT_BYTES", 10)
    os.mkfifo(gate := tmp_path / "gate")
    talk = f"echo first line; read wait < {gate}; echo ' ERROR '"
    child = children_module.Child("x", ["/bin/sh", "-c", talk], tmp_path / "x.log", dict(os.environ))
    child.start()
    while not child.log.read_text():
        pass
    assert child.tend()
    assert (child.log.read_text(), (tmp_path / "x.log.1").read_text()) == ("", "first line\n")
    gate.write_text("\n")
    child._process.wait()
    child.tend()
    assert child.log.read_text() == " ERROR \n"
    assert "x:  ERROR " in capsys.readouterr().err


def test_busy_port_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with supervisor(port) as process:
            output, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "ready" not in output
    told = [line for line in errors.splitlines() if "Port" in line]
    assert len(told) == 1
    assert f"Port {port} sedang dipakai program lain" in told[0]
    assert "--port" in told[0]
