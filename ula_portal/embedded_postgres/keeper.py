"""Guardian of one embedded PostgreSQL server: its parent process, which stops it when its last user is gone.

Started detached by ``embedded_postgres`` as a script (standard library only, so it is small and starts at
once). Every process that uses the server holds a shared lock on one file; the guardian waits for the
exclusive lock on it. The kernel gives that up for a process however it ends, so a killed user leaves no
server behind. While the server is being stopped the guardian holds the exclusive lock, and a new user waits
for it.

A server that dies after it was ready (killed, out of memory) is started again after a growing pause; what was
committed comes back with its recovery. One that never became ready, or that somebody shut down, ends the guardian.

Argument: JSON with ``command`` (list), ``pid`` (of a running server to adopt, or null), ``data`` (its folder),
``user``, ``group`` (numbers or null), ``users`` (descriptor of the users' file), ``log`` (path), ``remove``
(folders to delete at the end).
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_POLL_SECONDS = 0.1
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 15
# About a minute of trying; then whoever starts it next is told why it cannot be.
_MOST_FAILURES = 10
# Whoever ran so long starts with the shortest pause again.
_WELL_SECONDS = 60


def is_alive(pid: int) -> bool:
    """Whether the process exists and is more than an unreaped exit status."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not Path("/proc/self/stat").exists()
    return state not in ("Z", "X")


def stop(pid: int) -> None:
    """Fast shutdown (open transactions are rolled back, data is flushed); returns when the server is gone."""
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
    while is_alive(pid):
        time.sleep(_POLL_SECONDS)


def _start(spec: dict) -> subprocess.Popen:
    as_account = {}
    if spec["user"] is not None:
        as_account = {"user": spec["user"], "group": spec["group"], "extra_groups": []}
    with open(spec["log"], "ab") as log:
        return subprocess.Popen(
            spec["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "LANG": "C"},
            umask=0o077,
            **as_account,
        )


class _Guarded:
    """The server and its restarts, up to its end by ``end``."""

    def __init__(self, spec: dict) -> None:
        self._spec = spec
        self._server = None if spec["pid"] else _start(spec)
        self._pid: int | None = self._server.pid if self._server else spec["pid"]
        self._stopping = threading.Event()
        # Held while a server is started or stopped; a signal may come in the middle of ``end``.
        self._turn = threading.RLock()

    def watch(self) -> None:
        """Start the server again each time it dies; ends this process where that is of no use."""
        failures, once_ready = 0, bool(self._spec["pid"])
        while True:
            begun = time.monotonic()
            clean = self._wait()
            if self._stopping.is_set():
                return
            once_ready = once_ready or self._was_ready()
            # Its number may be another process's from now on.
            self._pid = None
            failures = 1 if time.monotonic() - begun > _WELL_SECONDS else failures + 1
            if clean or not once_ready or failures > _MOST_FAILURES:
                os._exit(1)
            self._stopping.wait(min(_FIRST_PAUSE_SECONDS * 2 ** (failures - 1), _LONGEST_PAUSE_SECONDS))
            with self._turn:
                if self._stopping.is_set():
                    return
                self._server = _start(self._spec)
                self._pid = self._server.pid

    def _wait(self) -> bool:
        """Until the server is gone; tells whether it was shut down, not killed."""
        if self._server:
            return self._server.wait() == 0
        while is_alive(self._pid):
            time.sleep(_POLL_SECONDS)
        return not self._left_behind()

    def _left_behind(self) -> list[str]:
        """The lines of the file that a server keeps while it runs, and that outlives only its sudden death."""
        try:
            lines = Path(self._spec["data"], "postmaster.pid").read_text().splitlines()
        except OSError:
            return []
        return lines if lines and lines[0].strip() == str(self._pid) else []

    def _was_ready(self) -> bool:
        return any(line.strip() == "ready" for line in self._left_behind())

    def end(self, *_: object) -> None:
        self._stopping.set()
        with self._turn:
            if self._pid:
                stop(self._pid)
            for folder in self._spec["remove"]:
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)


def main(spec: dict) -> None:
    """Guard the server until its last user is gone, or until it cannot be kept running."""
    guarded = _Guarded(spec)
    threading.Thread(target=guarded.watch, daemon=True).start()
    signal.signal(signal.SIGTERM, guarded.end)
    fcntl.flock(spec["users"], fcntl.LOCK_EX)
    guarded.end()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
