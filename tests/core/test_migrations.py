"""Migrations agree with the models; a database of another version is not touched."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import connection

from ula_portal.core.data import schema
from ula_portal.embedded_postgres import readiness
from ula_portal.env import EnvError


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.django_db
class TestAnotherVersion:
    @pytest.fixture(autouse=True)
    def _ran_a_migration_that_is_not_here(self):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0002_guards', now())")

    def test_migrate_stops_with_a_sentence(self, monkeypatch):
        monkeypatch.setattr(migrate, "MigrationExecutor", lambda *_: pytest.fail("touched"))
        with pytest.raises(CommandError, match=r"versi portal lain \(migrasi core\.0002_guards\)"):
            call_command("migrate", verbosity=0, interactive=False)

    def test_servers_and_commands_do_not_start(self, monkeypatch):
        monkeypatch.setattr(readiness, "_begin", dict)
        monkeypatch.setattr(connection, "close", lambda: None)
        for begin in (readiness.start, lambda: readiness.ensure_ready(["manage.py", "worker"])):
            with pytest.raises(EnvError, match="versi portal lain"):
                begin()
        for command in ("migrate", "demo", "dbshell"):
            readiness.ensure_ready(["manage.py", command])

    def test_what_other_packages_ran_does_not_count(self):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET app = 'account' WHERE name = '0002_guards'")
        assert schema.version_problem() == ""


@pytest.mark.django_db
def test_a_database_without_tables_is_of_no_version():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO not_there_yet")
    assert schema.version_problem() == ""
