"""Watches the embedded database for the supervisor: reports crashes, and makes sure that it has a keeper."""

import sys
import threading
from pathlib import Path

from ula_portal import embedded_postgres
from ula_portal.embedded_postgres import EmbeddedPostgresError

_POLL_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30


class DatabaseWatch:
    """The keeper restarts a crashed server; if the keeper is gone too, or gave up, this class does."""

    def __init__(self, var_dir: Path) -> None:
        self._var_dir = var_dir
        self._stopping = threading.Event()
        # A daemon thread, since a start may wait long for a recovery and Ctrl-C must not.
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_POLL_SECONDS * 2)

    def _watch(self) -> None:
        pid, pause = embedded_postgres.running_pid(self._var_dir), _POLL_SECONDS
        while not self._stopping.wait(pause):
            now = embedded_postgres.running_pid(self._var_dir)
            if now != pid:
                _say(_change_in_words(pid, now))
            pid = now
            if embedded_postgres.has_keeper(self._var_dir):
                pause = _POLL_SECONDS
                continue
            try:
                embedded_postgres.ensure_running(self._var_dir, report=_say)
            except EmbeddedPostgresError as error:
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                if not self._stopping.is_set():
                    _say(f"{error} Dicoba lagi dalam {pause:.0f} detik.")


def _change_in_words(before: int | None, now: int | None) -> str:
    if now is None:
        return "Basis data berhenti mendadak; sedang dijalankan lagi."
    return "Basis data berhenti mendadak dan sudah dijalankan lagi." if before else "Basis data berjalan lagi."


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
