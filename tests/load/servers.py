"""The portal and the bare Django project on one crash-safe PostgreSQL, each behind the same kind of server."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from tests.factories.ports import free_port
from ula_portal import embedded_postgres

BASE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stage:
    """Where a measurement takes place. ``results`` is the folder for its figures, which outlives the rest."""

    folder: Path
    results: Path
    environment: dict[str, str]
    reference_database: dict
    portal_port: int
    reference_port: int


@contextlib.contextmanager
def prepared_portal() -> Iterator[Stage]:
    """The beginning of every bench: a migrated portal on a fresh database, with Django set up in this process."""
    with _databases() as stage:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        yield stage


@contextlib.contextmanager
def _databases():
    """A fresh PostgreSQL with two databases, as crash-safe as in production; everything is deleted at the end.

    Sets the environment of this process, so that Django can be set up afterwards.
    """
    parent = Path(os.environ.get("VAR_DIR") or BASE / "var").resolve()
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    folder.chmod(0o711)
    parameters = embedded_postgres.ensure_running(folder, durable=True, disposable=True, report=lambda _line: None)
    try:
        reference = {**parameters, "NAME": "reference"}
        _create_database(parameters, "reference")
        portal_port, reference_port = free_port(), free_port()
        os.environ.pop("DATABASE_URL", None)
        os.environ.update(
            VAR_DIR=str(folder),
            # The demo builds the office, so this is not production.
            PORTAL_ENV="demo",
            SECRET_KEY=secrets.token_urlsafe(60),
            ALLOWED_HOSTS="127.0.0.1,testserver",
            PORTAL_URL=f"http://127.0.0.1:{portal_port}",
            DJANGO_SETTINGS_MODULE="tests.load.settings",
            BENCH_DATABASE=json.dumps(reference),
            BENCH_TEMPLATES=str(folder / "templates"),
        )
        yield Stage(folder, parent, dict(os.environ), reference, portal_port, reference_port)
    finally:
        with contextlib.suppress(Exception):
            from django.db import connections

            connections.close_all()
        embedded_postgres.remove(folder)


def _create_database(parameters, name):
    connection = connect(parameters)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()


def connect(parameters: dict):
    """A plain psycopg2 connection to a database given by Django's parameters."""
    return psycopg2.connect(
        dbname=parameters["NAME"], user=parameters["USER"], host=parameters["HOST"], port=parameters["PORT"]
    )


@contextlib.contextmanager
def serving(stage: Stage, *, reference: bool = True) -> Iterator[None]:
    """Run both servers, or only the portal's, with two workers each. Only one of them is under load at a time."""
    from ula_portal.serving.command import server_command

    portal = server_command("127.0.0.1", stage.portal_port, 2)
    bare = [*server_command("127.0.0.1", stage.reference_port, 2)[:-1], "tests.load.reference.asgi:application"]
    log = (stage.folder / "server.log").open("ab")
    children = [
        subprocess.Popen(command, cwd=BASE, env=stage.environment, stdout=log, stderr=log)
        for command in ((portal, bare) if reference else (portal,))
    ]
    try:
        _wait(f"http://127.0.0.1:{stage.portal_port}/sehat/", children, stage)
        if reference:
            _wait(f"http://127.0.0.1:{stage.reference_port}/page/1/", children, stage)
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(20)
            child.kill()
            child.wait()
        log.close()


def _wait(address, children, stage):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    log = (stage.folder / "server.log").read_text(errors="replace")
    sys.exit(f"{address} does not answer:\n{log[-3000:]}")


def run_module(name: str, stage: Stage) -> str:
    """Output of ``python -m name`` in the stage's environment."""
    done = subprocess.run(
        [sys.executable, "-m", name], cwd=BASE, env=stage.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr[-3000:]}")
    return done.stdout
