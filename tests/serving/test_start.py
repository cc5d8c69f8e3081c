"""``manage.py start``: what it checks first, who migrates, what it runs and prints."""

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from tests.postgres import MIGRATED
from ula_portal.core.data import migrating
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import SetupAddress
from ula_portal.core.office import queries
from ula_portal.core.office.actions import people
from ula_portal.demo import mark
from ula_portal.embedded_postgres.cluster import ROLE
from ula_portal.first_visit.printed import new_address
from ula_portal.serving import preparing, supervisor
from ula_portal.serving.management.commands import start

ROOT = Path(__file__).resolve().parent.parent.parent


def test_all_checks_are_made_before_it_refuses(monkeypatch, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(preparing.os, "access", lambda *_: False)
    monkeypatch.setattr(preparing.connection, "ensure_connection", _refuse)
    monkeypatch.setattr(preparing, "migrate", lambda **_: pytest.fail("migrated"))
    with socket.socket() as taken, pytest.raises(CommandError) as refused:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        call_command("start", port=port)
    assert str(refused.value).splitlines() == [
        f"Folder data {tmp_path} tidak dapat ditulis oleh pengguna ini.",
        "Basis data tidak dapat dipakai: connection refused",
        f"Port {port} sedang dipakai program lain. Hentikan program itu atau pilih port lain, "
        f"misalnya --port {port + 1}.",
    ]


def _refuse():
    raise OperationalError("connection refused\nIs the server running?")


def test_an_old_postgres_is_refused(db, monkeypatch):
    monkeypatch.setitem(vars(connections["default"]), "pg_version", 140011)
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(CommandError, match="PostgreSQL 15"):
        preparing.check_database()


@pytest.mark.parametrize(
    ("only", "done"),
    [
        (None, ["migrate", "static", ("server", "worker")]),
        ("server", ["migrate", "static", ("server",)]),
        ("worker", ["wait", "static", ("worker",)]),
    ],
)
def test_each_machine_does_its_part(monkeypatch, only, done):
    did = []
    monkeypatch.setattr(start, "_check_all", lambda checks: None)
    monkeypatch.setattr(preparing, "migrate", lambda *, waits: did.append("wait" if waits else "migrate"))
    monkeypatch.setattr(preparing, "collect_static", lambda: did.append("static"))
    monkeypatch.setattr(supervisor, "run", lambda port, on_ready, *, host, parts: did.append(parts) or 0)
    with pytest.raises(SystemExit) as ended:
        call_command("start", only=only)
    assert (ended.value.code, did) == (0, done)


def test_children_do_not_know_the_owner_of_the_tables(monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@h/d")
    for parts, names in (
        (("server", "worker"), ["server-1", "server-2", "worker"]),
        (("server",), ["server-1", "server-2"]),
        (("worker",), ["worker"]),
    ):
        children = supervisor._children("0.0.0.0", 8123, parts)
        assert [child.name for child in children] == names
        for child in children:
            assert "DATABASE_OWNER_URL" not in child._environment
            assert child._environment["PORTAL_URL"] == "http://127.0.0.1:8123"


def test_a_worker_waits_until_the_database_is_migrated(db, monkeypatch):
    said, left = [], iter([True, True, False])
    monkeypatch.setattr(migrating, "lacks_migrations", lambda: next(left))
    monkeypatch.setattr(migrating, "_POLL_SECONDS", 0)
    preparing.migrating.wait_until_migrated(said.append)
    assert len(said) == 1


def test_a_missing_migration_is_noticed(db, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    assert not migrating.lacks_migrations()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert migrating.lacks_migrations()


def test_one_migrates_at_a_time(db, monkeypatch):
    before, waited = connection.copy(), []
    with before.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [migrating._LOCK])
    monkeypatch.setattr(migrating.time, "sleep", lambda _seconds: waited.append(before.close()))
    with migrating.alone():
        # The server notices a closed connection only after a moment.
        assert waited


def test_the_address_is_printed_while_nobody_is_administrator(db, capsys, settings):
    start._welcome("https://portal.example.id", True)
    told = capsys.readouterr().out
    token = re.search(r"^  https://portal\.example\.id/mulai/([\w-]{43})/$", told, re.MULTILINE)[1]
    assert queries.setup_address(token)
    assert "PORTAL_ENV=production" in told
    admin = people.create_staff_member(by=SYSTEM, email="a@example.id", full_name="A")
    people.assign_role(admin, by=SYSTEM, role="admin")
    settings.PRODUCTION = True
    start._welcome("https://portal.example.id", True)
    told = capsys.readouterr().out
    assert "/mulai/" not in told and "PORTAL_ENV" not in told
    assert "https://portal.example.id/petugas/" in told
    assert new_address("https://portal.example.id") == ""
    call_command("first_admin")
    assert "/mulai/" in capsys.readouterr().out
    assert SetupAddress.objects.get().despite_others


def test_says_that_it_serves_the_demonstration(db, capsys):
    start._welcome("http://127.0.0.1:8000", True)
    assert "kantor contoh" not in capsys.readouterr().out
    journal.record("demo_built", *mark.CHAIN, SYSTEM)
    start._welcome("http://127.0.0.1:8000", True)
    assert "kantor contoh" in capsys.readouterr().out


def test_a_worker_prints_no_address(db, capsys):
    start._welcome("https://portal.example.id", False)
    assert "/mulai/" not in capsys.readouterr().out
    assert not SetupAddress.objects.exists()


OWNER, PORTAL, OWNED = "office_owner", "office_portal", "owned"
# Without the functions of extensions.
GIVE_AWAY = f"""
DO $$
DECLARE each text;
BEGIN
    FOR each IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE 'ALTER TABLE ' || each || ' OWNER TO {OWNER}';
    END LOOP;
    FOR each IN
        SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    LOOP
        EXECUTE 'ALTER FUNCTION ' || each || ' OWNER TO {OWNER}';
    END LOOP;
END $$
"""


@pytest.fixture
def two_roles(django_db_blocker):
    """An own database whose tables belong to OWNER; the connection is that of PORTAL, which has no rights yet."""
    own = connection.settings_dict
    # Read again after the reload: who may log in as these roles.
    ident = settings.VAR_DIR / "postgres" / "pg_ident.conf"
    with django_db_blocker.unblock(), _as_superuser("postgres") as cursor:
        known = ident.read_text()
        ident.write_text(
            known
            + "".join(line.replace(own["USER"], role) for role in (OWNER, PORTAL) for line in known.splitlines(True))
        )
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute(f"CREATE ROLE {OWNER} LOGIN")
        cursor.execute(f"CREATE ROLE {PORTAL} LOGIN")
        cursor.execute(f"CREATE DATABASE {OWNED} TEMPLATE {MIGRATED} OWNER {OWNER}")
        with _as_superuser(OWNED) as there:
            there.execute(GIVE_AWAY)
            # A table that the owner has to make.
            there.execute("DROP TABLE django_session")
            there.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        before = {name: own[name] for name in ("NAME", "USER")}
        connection.close()
        own.update(NAME=OWNED, USER=PORTAL)
        try:
            yield
        finally:
            connection.close()
            own.update(before)
            cursor.execute(f"DROP DATABASE {OWNED} WITH (FORCE)")
            cursor.execute(f"DROP ROLE {OWNER}, {PORTAL}")
            ident.write_text(known)
            cursor.execute("SELECT pg_reload_conf()")


@contextmanager
def _as_superuser(database):
    own = connection.settings_dict
    other = psycopg2.connect(dbname=database, user=ROLE, host=own["HOST"], port=own["PORT"])
    other.autocommit = True
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def test_the_owner_migrates_and_the_portal_only_reads_and_writes(two_roles, settings):
    settings.DATABASE_OWNER = {"USER": OWNER, "PASSWORD": ""}
    assert migrating.lacks_migrations()
    preparing.check_database()
    preparing.migrate(waits=False)
    assert not migrating.lacks_migrations()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, tableowner FROM pg_tables WHERE tablename = 'django_session'")
        assert cursor.fetchone() == (PORTAL, OWNER)
    # A verb writes accounts, the journal with its chain, and numbers from sequences.
    assert people.create_staff_member(by=SYSTEM, email="a@example.id", full_name="A").pk
    for forbidden in (
        "ALTER TABLE core_journalentry DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON core_journalentry",
        "TRUNCATE core_user CASCADE",
        "CREATE TABLE mine ()",
        "DELETE FROM django_migrations",
    ):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(forbidden)


@pytest.mark.parametrize(
    ("owner", "own", "words"),
    [
        ("postgresql://o@h/d", "", "hanya berlaku bersama DATABASE_URL"),
        ("postgresql://o@h/d", "postgresql://p@h/other", "basis data yang sama"),
        ("postgresql://o@h/d", "postgresql://o@h/d", "pengguna yang berbeda"),
        ("mysql://o@h/d", "postgresql://p@h/d", "portal hanya memakai PostgreSQL"),
    ],
)
def test_an_owner_that_does_not_fit_is_refused(tmp_path, owner, own, words):
    environment = {"DATABASE_OWNER_URL": owner, "DATABASE_URL": own, "VAR_DIR": str(tmp_path / "var")}
    done = subprocess.run(
        [sys.executable, "-c", "import ula_portal.settings"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert words in done.stderr.splitlines()[-1]
