"""The supervisor: starts and stops server processes, worker and database together.

A child that crashes is reported and restarted after a growing pause, while the others continue. A child that was never
able to run ends the portal, since the operator has to correct its settings.
"""

import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError
from django.db import connections

from ula_portal import embedded_postgres, env
from ula_portal.core.data import outage

from .children import Child
from .command import server_command
from .database import DatabaseWatch

HOST = "127.0.0.1"
PARTS = ("server", "worker")
# Addresses to listen on that stand for all of the machine's own, with the one to ask for an answer.
_ALL_ADDRESSES = {"0.0.0.0": HOST, "::": "::1"}
_POLL_SECONDS = 0.2
_PROGRESS_SECONDS = 5
# Time for running pages, tasks and uploads to finish before their process is killed.
_GRACE_SECONDS = 15


def require_free_port(port: int, host: str = HOST) -> None:
    """Check that the port can be used.

    Raises: CommandError with one sentence.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # A port with connections in TIME_WAIT counts as free.
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
            other = port + 1 if 1023 < port < 65535 else 8001
            raise CommandError(
                f"Port {port} {reason}. Hentikan program itu atau pilih port lain, misalnya --port {other}."
            ) from None


def run(port: int, on_ready: Callable[[], None], *, host: str = HOST, parts: Sequence[str] = PARTS) -> int:
    """Serve until Ctrl-C or a termination signal, then stop all children and wait for them.

    ``on_ready``: called once ``/sehat/`` answers with 200, or a worker alone has begun. Returns the exit status: 0
    after a signal, 1 if a child cannot run.
    Raises: CommandError if the port is taken.
    """
    serves = "server" in parts
    if serves:
        require_free_port(port, host)
    connections.close_all()
    (settings.VAR_DIR / "logs").mkdir(mode=0o700, exist_ok=True)
    embedded = not env.read_database_url("DATABASE_URL")
    with _Stop() as stop:
        children = _children(host, port, parts)
        watch = DatabaseWatch(settings.VAR_DIR) if embedded else None
        try:
            for child in children:
                child.start()
            pages = _PageCount(children)
            pages.write()
            ready = _wait_until_ready(host, port, children, stop) if serves else children[0].is_well()
            if ready:
                on_ready()
            if ready and watch:
                watch.start()
            # A list, so that all children are tended even if one cannot run.
            while ready and not stop.signals and False not in [child.tend() for child in children]:
                pages.write()
                time.sleep(_POLL_SECONDS)
        finally:
            if watch:
                watch.stop()
            _end(children, stop)
    if embedded:
        embedded_postgres.stop_if_last(settings.VAR_DIR)
    print("Portal berhenti.", flush=True)
    return 0 if stop.signals else 1


def _children(host: str, port: int, parts: Sequence[str]) -> list[Child]:
    """The page processes, separate servers on the same port so that a crash affects only one, and the worker."""
    # Only migrations are done by the owner of the tables.
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    environment["PYTHONUNBUFFERED"] = "1"
    if not env.is_set("PORTAL_URL"):
        environment["PORTAL_URL"] = f"http://{_ALL_ADDRESSES.get(host, host)}:{port}"
    environment[outage.PAGES_FILE] = str(_pages_file())
    commands = {}
    if "server" in parts:
        commands = {f"server-{n}": server_command(host, port, 1) for n in range(1, settings.WEB_WORKERS + 1)}
    if "worker" in parts:
        commands["worker"] = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
    return [
        Child(name, [*_dies_with_us(), *command], settings.VAR_DIR / "logs" / f"{name}.log", environment)
        for name, command in commands.items()
    ]


def _pages_file() -> Path:
    return settings.VAR_DIR / "page-processes.json"


class _PageCount:
    """Writes the number of running page processes to a file whenever it changes."""

    def __init__(self, children: list[Child]) -> None:
        self._pages = [child for child in children if child.name.startswith("server-")]
        self._written: int | None = None

    def write(self) -> None:
        living = sum(child.runs() for child in self._pages)
        if self._pages and living != self._written:
            self._written = living
            outage.write_page_processes(_pages_file(), living, len(self._pages))


class _Stop:
    """Counts the signals to stop instead of letting them interrupt the program."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.signals = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "_Stop":
        self._before = {number: signal.signal(number, self._note) for number in self._SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        # Printing is not safe here, since the signal may interrupt another print.
        self.signals += 1


def _dies_with_us() -> list[str]:
    """A command prefix that makes the kernel end the child if this process is killed, so that the port becomes free."""
    program = "/usr/bin/setpriv"
    return [program, "--pdeathsig", "TERM"] if os.access(program, os.X_OK) else []


def _wait_until_ready(host: str, port: int, children: list[Child], stop: _Stop) -> bool:
    begun = reported = time.monotonic()
    asked = _ALL_ADDRESSES.get(host, host)
    address = f"http://[{asked}]:{port}/sehat/" if ":" in asked else f"http://{asked}:{port}/sehat/"
    request = urllib.request.Request(address, headers={"Host": urlsplit(settings.PORTAL_URL).netloc})
    # Ignores proxies of the environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stop.signals and False not in [child.is_well() for child in children]:
        try:
            with opener.open(request, timeout=5) as answer:
                if answer.status == 200:
                    return True
            reason = f"status {answer.status}"
        except urllib.error.HTTPError as error:
            reason = f"status {error.code}"
        except OSError:
            reason = "belum menjawab"
        if time.monotonic() - reported > _PROGRESS_SECONDS:
            reported = time.monotonic()
            print(f"Menunggu server siap … {reported - begun:.0f} detik ({reason})", flush=True)
        time.sleep(_POLL_SECONDS)
    return False


def _end(children: list[Child], stop: _Stop) -> None:
    if stop.signals:
        print("\nMenghentikan portal …", flush=True)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    signals_before = stop.signals
    while any(child.runs() for child in children):
        if time.monotonic() > deadline or stop.signals > max(signals_before, 1):
            break
        time.sleep(_POLL_SECONDS / 4)
    for child in children:
        child.kill()
