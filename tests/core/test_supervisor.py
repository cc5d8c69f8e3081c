"""Server and worker start together, stop together, and say why when one of them dies."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ula_portal.embedded_postgres import keeper

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = "import sys; from ula_portal.demo import supervisor as s; sys.exit(s.run(%d, lambda: print('ready', flush=True)))"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def supervisor(port: int) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", RUN % port],
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
    """Process numbers of ``server`` and ``worker``."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    server = [pid for pid, line in lines.items() if b"granian" in line]
    worker = [pid for pid, line in lines.items() if line.endswith(b"manage.py\0worker\0")]
    return {"server": server[0], "worker": worker[0]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_all_when_asked(number):
    port = free_port()
    with supervisor(port) as process:
        wait_ready(process)
        pids = children(process)
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert output.endswith("Portal berhenti.\n")
    assert not any(keeper.is_alive(pid) for pid in pids.values())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("name", ["server", "worker"])
def test_death_of_one_ends_all_and_is_told(name):
    with supervisor(free_port()) as process:
        wait_ready(process)
        pids = children(process)
        os.kill(pids[name], signal.SIGKILL)
        _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Proses {name} berhenti sendiri" in errors
    assert f"{name}.log" in errors
    assert not any(keeper.is_alive(pid) for pid in pids.values())


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
