"""Server and worker as children of one process: started together, stopped together, nothing restarted in silence."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError
from django.db import connections

from ula_portal import embedded_postgres, env

HOST = "127.0.0.1"
_POLL_SECONDS = 0.2
_PROGRESS_SECONDS = 5
# What is running gets this long to finish (a page, a task, an upload) before it is cut off.
_GRACE_SECONDS = 15
_LOG_LIMIT_BYTES = 20_000_000
_LINES_SHOWN = 20


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The server's command line. granian counts live streams as requests in progress: room for all of them and
    for the pages, in each worker (docs/performance.md)."""
    threads = env.read_int("WEB_THREADS", default=8, minimum=1, maximum=64)
    at_once = settings.LIVE_STREAMS + 64 * threads
    options = {
        "interface": "asgi",
        "host": host,
        "port": port,
        "workers": workers,
        "backpressure": at_once,
        "backlog": max(2048, at_once * workers),
        # Open live streams never end by themselves.
        "workers-kill-timeout": 5,
        "log-level": "warning",
    }
    command = [sys.executable, "-m", "granian", "--no-ws"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    return [*command, "ula_portal.asgi:application"]


def require_free_port(port: int, host: str = HOST) -> None:
    """Raise ``CommandError`` with one sentence where the port cannot be listened on."""
    with socket.socket() as probe:
        # A port whose last connections are still timing out is free; one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise CommandError(f"Port {port} tidak ada; pilih 1024 sampai 65535.") from None
        except OSError as error:
            reasons = {
                errno.EADDRINUSE: "sedang dipakai program lain",
                errno.EACCES: "hanya boleh dipakai root",
            }
            reason = reasons.get(error.errno or 0, f"tidak dapat dipakai ({error.strerror})")
            raise CommandError(
                f"Port {port} {reason}. Hentikan program itu atau pilih port lain dengan --port, "
                f'misalnya: make demo ARGS="--port {port + 1 if 1023 < port < 65535 else 8001}"'
            ) from None


def run(port: int, on_ready: Callable[[], None], *, host: str = HOST) -> int:
    """Serve until Ctrl-C, a termination signal or the death of a child; then stop everything and wait for it.

    ``on_ready`` is called once, when ``/sehat/`` answers 200. Returns the exit status: 0 when asked to stop, 1 when
    a child ended by itself. Raises ``CommandError`` where the port is taken.
    """
    require_free_port(port, host)
    connections.close_all()
    logs = settings.VAR_DIR / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    workers = env.read_int("WEB_WORKERS", default=2, minimum=1, maximum=64)
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.setdefault("PORTAL_URL", f"http://{host}:{port}")
    with _Stop() as stop:
        children = [
            _Child("server", server_command(host, port, workers), logs / "server.log", environment),
            _Child("worker", [*manage, "worker"], logs / "worker.log", environment),
        ]
        try:
            ready = _wait_until_ready(host, port, children, stop)
            if ready:
                on_ready()
            while ready and not stop.asked and _all_alive(children):
                time.sleep(_POLL_SECONDS)
        finally:
            _end(children, stop)
    if not env.read_database_url("DATABASE_URL"):
        embedded_postgres.stop_if_last(settings.VAR_DIR)
    print("Portal berhenti.", flush=True)
    return 0 if stop.asked else 1


class _Stop:
    """Remembers the signals that ask to stop, instead of being interrupted anywhere."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.asked = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "_Stop":
        self._before = {number: signal.signal(number, self._note) for number in self._SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        # Nothing is printed here: the interruption may be in the middle of a print.
        self.asked += 1


class _Child:
    """One process with its log; lines of its log that tell of an error are shown as well."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str]) -> None:
        self.name, self.log = name, log
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))
        self._start = self._read_to = log.stat().st_size if log.exists() else 0
        with log.open("ab") as stream:
            log.chmod(0o600)
            # A session of its own: Ctrl-C reaches this process only, which passes it on once.
            self.process = subprocess.Popen(
                [*_dies_with_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=settings.BASE_DIR,
                env=environment,
                start_new_session=True,
            )

    def show_errors(self) -> None:
        with self.log.open("rb") as stream:
            stream.seek(self._read_to)
            text = stream.read()
        # An unfinished line waits for its end.
        whole = text[: text.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            if " ERROR " in line or " CRITICAL " in line or "[ERROR]" in line:
                print(f"{self.name}: {line} (lihat {self.log})", file=sys.stderr, flush=True)

    def last_lines(self) -> str:
        with self.log.open("rb") as stream:
            stream.seek(self._start)
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-_LINES_SHOWN:])

    def kill(self) -> None:
        # The server's own workers are in its session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _dies_with_us() -> list[str]:
    """Ask the kernel to end the child when this process is killed, so that no port stays taken."""
    program = "/usr/bin/setpriv"
    return [program, "--pdeathsig", "TERM"] if os.access(program, os.X_OK) else []


def _all_alive(children: list[_Child]) -> bool:
    for child in children:
        child.show_errors()
        if child.process.poll() is not None:
            print(
                f"Proses {child.name} berhenti sendiri (status {child.process.returncode}); portal dihentikan. "
                f"Catatan terakhir dari {child.log}:\n{child.last_lines()}",
                file=sys.stderr,
                flush=True,
            )
            return False
    return True


def _wait_until_ready(host: str, port: int, children: list[_Child], stop: _Stop) -> bool:
    begun = told = time.monotonic()
    request = urllib.request.Request(
        f"http://{host}:{port}/sehat/", headers={"Host": urlsplit(settings.PORTAL_URL).netloc}
    )
    # Never through a proxy that the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stop.asked and _all_alive(children):
        try:
            with opener.open(request, timeout=5) as answer:
                if answer.status == 200:
                    return True
            reason = f"status {answer.status}"
        except urllib.error.HTTPError as error:
            reason = f"status {error.code}"
        except OSError:
            reason = "belum menjawab"
        if time.monotonic() - told > _PROGRESS_SECONDS:
            told = time.monotonic()
            print(f"Menunggu server siap … {told - begun:.0f} detik ({reason})", flush=True)
        time.sleep(_POLL_SECONDS)
    return False


def _end(children: list[_Child], stop: _Stop) -> None:
    if stop.asked:
        print("\nMenghentikan portal …", flush=True)
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    asked_before = stop.asked
    while any(child.process.poll() is None for child in children):
        if time.monotonic() > deadline or stop.asked > max(asked_before, 1):
            break
        time.sleep(_POLL_SECONDS / 4)
    for child in children:
        child.kill()
