"""Before a command or server process starts: run the embedded database, and migrate an empty one."""

import os
from collections.abc import Sequence

import psycopg2

from ula_portal import embedded_postgres, env, production
from ula_portal.embedded_postgres.folders import binaries_for

# Commands of Django and its apps that do not need a database.
_WITHOUT_DATABASE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("sendtestemail", "startapp", "startproject", "version"),
}
# Commands that accept a database of any version: they check it themselves, only show it, or only write files.
_ON_ANY_VERSION = {"dbshell", "demo", "makemigrations", "migrate", "showmigrations"}
_MIGRATION_LOCK = 0x554C41


def ensure_ready(arguments: Sequence[str]) -> None:
    """For ``manage.py``: start the database if the command needs it, and migrate an empty one.

    ``arguments``: as in ``sys.argv``. A server of ``DATABASE_URL`` is neither started nor migrated; that is up to the
    operator.
    Raises: EmbeddedPostgresError or EnvError with one sentence.
    """
    if not _needs_database(arguments):
        return
    parameters = _begin()
    # The command migrates by itself.
    if parameters and arguments[1] != "migrate":
        _migrate_if_empty(parameters)
    if arguments[1] not in _ON_ANY_VERSION:
        _check_version()


def start() -> None:
    """For a server process: start the embedded database, unless ``DATABASE_URL`` names another server.

    Raises: EnvError for a database of another version or, in production, of the demo.
    """
    _begin()
    _check_version()


def _begin() -> dict | None:
    from django.conf import settings

    parameters = None if env.read_database_url("DATABASE_URL") else _start_embedded(settings)
    if settings.PRODUCTION:
        production.check_database()
    return parameters


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


def _start_embedded(settings) -> dict:
    # So dbshell and backups find psql and pg_dump of the package if the system has none.
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(binaries_for(None) / "bin")])
    return embedded_postgres.ensure_running(settings.VAR_DIR)


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


def _migrate_if_empty(parameters: dict) -> None:
    connection = psycopg2.connect(
        dbname=parameters["NAME"], user=parameters["USER"], host=parameters["HOST"], port=parameters["PORT"]
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            if _is_migrated(cursor):
                return
            # Of concurrent processes the first migrates and the others wait. The lock ends with the connection.
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            if not _is_migrated(cursor):
                _migrate()
    finally:
        connection.close()


def _is_migrated(cursor: "psycopg2.extensions.cursor") -> bool:
    cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
    return bool(cursor.fetchone()[0])


def _migrate() -> None:
    from django.core.management import call_command

    print("Menyiapkan tabel basis data …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
