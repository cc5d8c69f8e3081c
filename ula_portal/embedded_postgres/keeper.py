"""Guardian of one embedded PostgreSQL server: its parent process, which stops it when its last user is gone.

Started detached by ``embedded_postgres`` as a script (standard library only, so it is small and starts at
once). Every process that uses the server holds a shared lock on one file; the guardian waits for the
exclusive lock on it. The kernel gives that up for a process however it ends, so a killed user leaves no
server behind. While the server is being stopped the guardian holds the exclusive lock, and a new user waits
for it.

Argument: JSON with ``command`` (list, or null to adopt a running server), ``pid`` (of an adopted server),
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


def main(spec: dict) -> None:
    """Guard the server until it ends by itself or its last user is gone."""
    server = _start(spec) if spec["command"] else None
    pid = server.pid if server else spec["pid"]

    def watch() -> None:
        if server:
            server.wait()
        while not server and is_alive(pid):
            time.sleep(1)
        if not stopping.is_set():
            os._exit(1)

    stopping = threading.Event()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()

    def end(*_: object) -> None:
        stopping.set()
        stop(pid)
        for folder in spec["remove"]:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    fcntl.flock(spec["users"], fcntl.LOCK_EX)
    end()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
