"""A child process of the supervisor: its log, and its restart after a crash."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

_FIRST_PAUSE_SECONDS = 1
_LONGEST_PAUSE_SECONDS = 30
# A process that ran this long is able to run; one that never did is given up after so many tries.
_PROVEN_SECONDS = 10
_MAX_CRASHES = 6
# After running this long, the pauses start with the shortest one again.
_STABLE_SECONDS = 60
_LOG_LIMIT_BYTES = 20_000_000
_LINES_SHOWN = 20


class Child:
    """A child process. ``start`` starts it, ``tend`` restarts it after a crash; error lines of its log are printed."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str]) -> None:
        self.name, self.log = name, log
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = self._restart_at = 0.0
        self._crashes = 0
        self._proven = False

    def start(self) -> None:
        self._log_start = self._read_to = self.log.stat().st_size if self.log.exists() else 0
        self._begun = time.monotonic()
        with self.log.open("ab") as stream:
            self.log.chmod(0o600)
            # In its own session, so that Ctrl-C only reaches the supervisor, which forwards it.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=settings.BASE_DIR,
                env=self._environment,
                start_new_session=True,
            )

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_well(self) -> bool:
        """Whether it is running, during the first start; prints a message if it has ended."""
        self._show_errors()
        if not self.runs():
            self._say(f"berhenti sendiri (status {self._status()}); portal dihentikan.")
        return self.runs()

    def tend(self) -> bool:
        """Restart it if it has crashed and its pause is over. Returns False if it has never been able to run."""
        self._show_errors()
        ran = time.monotonic() - self._begun
        if self.runs():
            self._proven = self._proven or ran > _PROVEN_SECONDS
            return True
        if self._process is not None:
            return self._handle_crash(ran)
        if time.monotonic() >= self._restart_at:
            self.start()
        return True

    def _handle_crash(self, ran: float) -> bool:
        self._crashes = 1 if ran > _STABLE_SECONDS else self._crashes + 1
        status = self._status()
        if self._crashes >= _MAX_CRASHES and not self._proven:
            self._say(f"berkali-kali berhenti sendiri (status {status}); portal dihentikan.")
            return False
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** (self._crashes - 1), _LONGEST_PAUSE_SECONDS)
        self._restart_at = time.monotonic() + pause
        self._say(f"berhenti sendiri (status {status}); dijalankan lagi dalam {pause} detik.")
        # Its own children would keep the port.
        self.kill()
        self._process = None
        return True

    def _status(self) -> int | None:
        return self._process.returncode if self._process else None

    def _say(self, words: str) -> None:
        text = f"Proses {self.name} {words} Catatan terakhir dari {self.log}:\n{self._last_lines()}"
        print(text, file=sys.stderr, flush=True)

    def _show_errors(self) -> None:
        with self.log.open("rb") as stream:
            stream.seek(self._read_to)
            text = stream.read()
        # An unfinished line is read next time.
        whole = text[: text.rfind(b"\n") + 1]
        self._read_to += len(whole)
        if self._read_to > _LOG_LIMIT_BYTES:
            # The child goes on writing to the same file, always at its end.
            shutil.copyfile(self.log, self.log.with_name(f"{self.log.name}.1"))
            os.truncate(self.log, 0)
            self._log_start = self._read_to = 0
        for line in whole.decode(errors="replace").splitlines():
            if " ERROR " in line or " CRITICAL " in line or "[ERROR]" in line:
                print(f"{self.name}: {line} (lihat {self.log})", file=sys.stderr, flush=True)

    def _last_lines(self) -> str:
        with self.log.open("rb") as stream:
            stream.seek(self._log_start)
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-_LINES_SHOWN:])

    def terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        if self._process is None:
            return
        # Also kills the server's own worker process, which is in the same session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
