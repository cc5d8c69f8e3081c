"""One throw-away PostgreSQL for a run of the tests, and the environment that points the settings at it.

Loaded early (``-p tests.postgres`` in ``pyproject.toml``), since pytest-django reads the settings before any
``conftest.py``. The process that the tests were called in starts the server and ends it; the workers of
pytest-xdist inherit its environment and use databases of their own on the same server.
"""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from ula_portal import embedded_postgres

_started: list[Path] = []


def start_server(parent: Path | None = None) -> tuple[Path, dict]:
    """A fresh data folder with a running server that is not safe against power loss, only fast.

    Returns the folder, to be ended with ``stop_server``, and Django's parameters of the server's database. If the
    process is killed, the server ends and the folder goes all the same.
    """
    var_dir = Path(tempfile.mkdtemp(prefix="ula-test-", dir=parent))
    # The database's account has to pass through; nothing in it can be listed.
    var_dir.chmod(0o711)
    return var_dir, embedded_postgres.ensure_running(var_dir, durable=False, disposable=True, report=lambda _line: None)


def stop_server(var_dir: Path) -> None:
    """End the server and delete its folder."""
    embedded_postgres.remove(var_dir)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before pytest-django reads the settings. A worker of pytest-xdist has the environment already."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return (yield)
    # Tests never touch a database, a key or an address that the caller has set for a portal of their own.
    for name in ("DATABASE_URL", "SECRET_KEY", "EMAIL_URL", "ALLOWED_HOSTS", "PORTAL_URL", "DEBUG"):
        os.environ.pop(name, None)
    os.environ["PORTAL_ENV"] = "test"
    var_dir, _parameters = start_server()
    # Looked for by WhiteNoise, which would warn.
    (var_dir / "static").mkdir()
    os.environ["VAR_DIR"] = str(var_dir)
    _started.append(var_dir)
    return (yield)


def pytest_unconfigure() -> None:
    """The process that started the server ends it, after its workers."""
    while _started:
        stop_server(_started.pop())
