"""A temporary PostgreSQL for a test run, and the environment that points the settings at it.

Loaded early (``-p tests.postgres`` in ``pyproject.toml``), since pytest-django reads the settings before any
``conftest.py``. The main process starts and stops the server; the workers of pytest-xdist inherit its environment and
use their own databases on the same server. Each is a copy of a database that was migrated once and is stored, with its
server's data, in ``var/test-postgres`` until a migration, a text of ``sql/`` or a package changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg2
import pytest

from ula_portal import embedded_postgres

ROOT = Path(__file__).resolve().parents[1]
# The migrated database that the tests' databases are copied from.
MIGRATED = "migrated"
_started: list[Path] = []


def start_server(parent: Path | None = None) -> tuple[Path, dict]:
    """Start a server in a fresh data folder, fast and not crash-safe.

    Returns the folder, for ``stop_server``, and Django's parameters of the server's database. If the process is killed,
    the server still stops and its folder is deleted.
    """
    var_dir = Path(tempfile.mkdtemp(prefix="ula-test-", dir=parent))
    # The database's account has to traverse the folder but cannot list it.
    var_dir.chmod(0o711)
    return var_dir, embedded_postgres.ensure_running(var_dir, durable=False, disposable=True, report=lambda _line: None)


def start_prepared_server() -> Path:
    """Like ``start_server``, with the database MIGRATED."""
    store = ROOT / "var" / "test-postgres" / _state()
    if not store.exists():
        _prepare(store)
    var_dir = Path(tempfile.mkdtemp(prefix="ula-test-"))
    var_dir.chmod(0o711)
    subprocess.run(["cp", "-a", store, var_dir / "postgres"], check=True)
    embedded_postgres.ensure_running(var_dir, durable=False, disposable=True, report=lambda _line: None)
    return var_dir


def _state() -> str:
    """A short hash of everything that the schema is made of."""
    places = ("*/migrations/*.py", "*/*/migrations/*.py", "*/sql/*.sql", "*/*/sql/*.sql")
    made_of = sorted(path for place in places for path in ROOT.glob(place))
    digest = hashlib.sha256()
    for path in [ROOT / "requirements.txt", Path(__file__), *made_of]:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _prepare(store: Path) -> None:
    var_dir = Path(tempfile.mkdtemp(prefix="ula-test-"))
    var_dir.chmod(0o711)
    quiet = {"durable": False, "report": lambda _line: None}
    try:
        parameters = embedded_postgres.ensure_running(var_dir, **quiet)
        environment = os.environ | {"VAR_DIR": str(var_dir)}
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        connection = psycopg2.connect(
            dbname="postgres", user=parameters["USER"], host=parameters["HOST"], port=parameters["PORT"]
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {parameters['NAME']} RENAME TO {MIGRATED}")
        connection.close()
        embedded_postgres.stop_if_last(var_dir)
        shutil.rmtree(store.parent, ignore_errors=True)
        store.parent.mkdir(parents=True)
        # Renamed once complete, because another run may be looking for it.
        fresh = store.with_name(var_dir.name)
        subprocess.run(["cp", "-a", var_dir / "postgres", fresh], check=True)
        fresh.rename(store)
    finally:
        embedded_postgres.remove(var_dir)


def stop_server(var_dir: Path) -> None:
    """Stop the server and delete its folder."""
    embedded_postgres.remove(var_dir)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set up the environment before pytest-django reads the settings; a worker of pytest-xdist already has it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return (yield)
    # Tests never use a database, a key or an address that the caller has configured for a real portal.
    for name in ("DATABASE_URL", "SECRET_KEY", "EMAIL_URL", "ALLOWED_HOSTS", "PORTAL_URL", "DEBUG"):
        os.environ.pop(name, None)
    os.environ["PORTAL_ENV"] = "test"
    var_dir = start_prepared_server()
    # WhiteNoise warns if this folder is missing.
    (var_dir / "static").mkdir()
    os.environ["VAR_DIR"] = str(var_dir)
    _started.append(var_dir)
    return (yield)


def pytest_unconfigure() -> None:
    """The process that started the server stops it after its workers."""
    while _started:
        stop_server(_started.pop())
