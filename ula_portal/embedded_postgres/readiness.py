"""Before a command or server process starts: run the embedded database, and migrate an empty one."""

import os
from collections.abc import Sequence

from ula_portal import embedded_postgres, env, production
from ula_portal.embedded_postgres.folders import binaries_for

# Commands of Django and its apps that do not need a database.
_WITHOUT_DATABASE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("sendtestemail", "startapp", "startproject", "version"),
}
# Commands that accept a database of any version: they check it themselves, only show it, or only write files.
_ON_ANY_VERSION = {"dbshell", "demo", "makemigrations", "migrate", "showmigrations", "start"}
# Commands that migrate by themselves.
_MIGRATING = {"migrate", "start"}


def ensure_ready(arguments: Sequence[str]) -> None:
    """For ``manage.py``: start the database if the command needs it, and migrate an empty one.

    ``arguments``: as in ``sys.argv``. A server of ``DATABASE_URL`` is neither started nor migrated; that is up to the
    operator.
    Raises: EmbeddedPostgresError or EnvError with one sentence.
    """
    if not _needs_database(arguments):
        return
    embedded = _begin()
    if embedded and arguments[1] not in _MIGRATING:
        _migrate_if_empty()
    if arguments[1] not in _ON_ANY_VERSION:
        _check_version()


def start() -> None:
    """For a server process: start the embedded database, unless ``DATABASE_URL`` names another server.

    Raises: EnvError for a database of another version or, in production, of the demo.
    """
    _begin()
    _check_version()


def _begin() -> bool:
    """Start the embedded database, unless there is another; returns whether it is used."""
    from django.conf import settings

    if embedded := not env.is_set("DATABASE_URL"):
        _start_embedded(settings)
    if settings.PRODUCTION:
        production.check_database()
    return embedded


def _check_version() -> None:
    from django.db import DatabaseError, connection

    from ula_portal.core.data import schema

    try:
        complaint = schema.version_problem()
    except DatabaseError:
        # If the database does not answer, the pages report it.
        return
    finally:
        connection.close()
    if complaint:
        raise env.EnvError(complaint)


def _start_embedded(settings) -> None:
    # So dbshell and backups find psql and pg_dump of the package if the system has none.
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(binaries_for(None) / "bin")])
    embedded_postgres.ensure_running(settings.VAR_DIR)


def _needs_database(arguments: Sequence[str]) -> bool:
    import django
    from django.core.management import get_commands

    if len(arguments) < 2 or arguments[1] in _WITHOUT_DATABASE:
        return False
    if {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[1] == "makemigrations" and "--check" in arguments:
        return False
    # Also reads the settings, so that a wrong one is reported before anything starts.
    django.setup()
    return arguments[1] in get_commands()


def _migrate_if_empty() -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
        empty = cursor.fetchone()[0]
    if empty:
        print("Menyiapkan tabel basis data …", flush=True)
        # Of concurrent processes the first migrates and the others wait.
        call_command("migrate", verbosity=0, interactive=False)
    connection.close()
