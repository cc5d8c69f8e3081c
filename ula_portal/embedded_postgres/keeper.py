"""The keeper of an embedded PostgreSQL server: its parent process, which stops it after its last user has gone.

``embedded_postgres`` starts it as a detached script (standard library only, so that it is small and starts fast). Every
process that uses the server holds a shared lock on one file; the keeper waits for the exclusive lock on it. The kernel
releases the lock of a process however it ends, so a killed user leaves no server behind. The keeper holds the exclusive
lock while it stops the server; new users wait for it.

A server that crashes after it was ready is restarted after a growing pause; its recovery restores committed data. If
it never became ready, or was shut down, the keeper ends.

The only argument is JSON, the ``spec`` of the functions below: ``command`` (list, starts the server), ``pid`` (of a
running server to adopt after its keeper was killed, or null), ``data`` (the server's data folder), ``user``, ``group``
(ids of the account that runs it, or null for the keeper's own), ``users`` (inherited descriptor of the lock file that
the users share), ``log`` (path), ``remove`` (folders to delete at the end).
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
# About a minute of tries; afterwards the next start reports the cause.
_MAX_FAILURES = 10
# After running this long, the pauses start with the shortest one again.
_STABLE_SECONDS = 60


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It runs under another account, but exists.
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        # It has just ended, unless this system has no /proc at all; then zombies cannot be told apart.
        return not Path("/proc/self/stat").exists()
    return state not in ("Z", "X")


def stop(pid: int) -> None:
    """Shut the server down fast (open transactions are rolled back, data are flushed) and wait until it has ended."""
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
    while is_alive(pid):
        time.sleep(_POLL_SECONDS)


def _start(spec: dict) -> subprocess.Popen:
    """Start the server as a child process, without waiting until it is ready."""
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


class _KeptServer:
    """The server and its restarts, until ``end`` stops it. Starts the server, or adopts a running one."""

    def __init__(self, spec: dict) -> None:
        self._spec = spec
        # None for an adopted server, which is no child of this process and so has no exit status for it.
        self._server = None if spec["pid"] else _start(spec)
        # None between a crash and the restart.
        self._pid: int | None = self._server.pid if self._server else spec["pid"]
        self._stopping = threading.Event()
        # Held while the server is started or stopped. Reentrant, since a signal may interrupt ``end``.
        self._lock = threading.RLock()

    def watch(self) -> None:
        """Restart the server whenever it crashes. Ends this process with status 1 if that is pointless.

        Runs in a thread of its own, since the main thread waits for the users' lock. Only ``os._exit`` ends both.
        """
        # An adopted server has been in use.
        failures, once_ready = 0, bool(self._spec["pid"])
        while True:
            started = time.monotonic()
            shut_down = self._wait()
            if self._stopping.is_set():
                return
            once_ready = once_ready or self._was_ready()
            # Another process may reuse its id from now on.
            self._pid = None
            failures = 1 if time.monotonic() - started > _STABLE_SECONDS else failures + 1
            if shut_down or not once_ready or failures > _MAX_FAILURES:
                os._exit(1)
            self._stopping.wait(min(_FIRST_PAUSE_SECONDS * 2 ** (failures - 1), _LONGEST_PAUSE_SECONDS))
            with self._lock:
                if self._stopping.is_set():
                    return
                self._server = _start(self._spec)
                self._pid = self._server.pid

    def _wait(self) -> bool:
        """Wait until the server has ended. Returns whether it was shut down, as opposed to killed."""
        if self._server:
            return self._server.wait() == 0
        while is_alive(self._pid):
            time.sleep(_POLL_SECONDS)
        return not self._left_pid_file()

    def _left_pid_file(self) -> list[str]:
        """Lines of the pid file that the ended server left behind; empty if it removed the file, as in a shutdown."""
        try:
            lines = Path(self._spec["data"], "postmaster.pid").read_text().splitlines()
        except OSError:
            return []
        return lines if lines and lines[0].strip() == str(self._pid) else []

    def _was_ready(self) -> bool:
        """Whether the ended server had accepted connections; a line of its pid file says so."""
        return any(line.strip() == "ready" for line in self._left_pid_file())

    def end(self, *_: object) -> None:
        """Stop the server, delete its temporary folders and end this process. Also called as handler of SIGTERM."""
        self._stopping.set()
        with self._lock:
            if self._pid:
                stop(self._pid)
            for folder in self._spec["remove"]:
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)


def main(spec: dict) -> None:
    """Keep the server running until its last user has gone, or until it cannot run any more."""
    server = _KeptServer(spec)
    threading.Thread(target=server.watch, daemon=True).start()
    signal.signal(signal.SIGTERM, server.end)
    # Returns once no user holds the shared lock any more.
    fcntl.flock(spec["users"], fcntl.LOCK_EX)
    server.end()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
