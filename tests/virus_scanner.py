"""A real ClamAV daemon for tests of uploads."""

import contextlib
import shutil
import socket
import subprocess
import time

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PORTAL_SIGNATURE = b"ULA-PORTAL-SIGNATURE-FOR-TESTS"
# Signatures by the names that the daemon reports.
SIGNATURES = {"Uji.EICAR": EICAR, "Uji.Portal": PORTAL_SIGNATURE}


@contextlib.contextmanager
def running(folder):
    """Run a daemon in ``folder`` that knows only ``SIGNATURES``. Yields its socket as in the variable CLAMAV."""
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text("".join(f"{name}:0:*:{mark.hex()}\n" for name, mark in SIGNATURES.items()))
    path = folder / "clamd.sock"
    lines = [f"LocalSocket {path}", f"DatabaseDirectory {signatures}", "Foreground yes", f"LogFile {folder}/clamd.log"]
    lines += [f"TemporaryDirectory {folder}", "StreamMaxLength 20M", "MaxThreads 2"]
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    with (folder / "out").open("wb") as out:
        command = [CLAMD, "--config-file", str(folder / "clamd.conf")]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait_until_it_answers(path, process, folder)
        yield f"unix:{path}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_answers(path, process, folder):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "out").read_text()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(b"zPING\0")
                assert connection.recv(10) == b"PONG\0"
                return
        except OSError:
            _pause(process)
    raise AssertionError((folder / "out").read_text())


def _pause(process):
    """A short pause that ends early if the daemon dies."""
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        return
