"""What happens before anything is served: place, port and database are checked, migrations and static files brought up
to date.
"""

import fcntl
import os
import sys
import sysconfig
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from ula_portal import data_folder
from ula_portal.core.data import migrating, schema

OLDEST_POSTGRES = (15,)


def check_database() -> None:
    """Check that the database answers, also to the owner of its tables, and that this version can use it.

    Raises: CommandError with one sentence.
    """
    try:
        connection.ensure_connection()
        if connection.get_database_version() < OLDEST_POSTGRES:
            raise CommandError("Portal memerlukan PostgreSQL 15 atau lebih baru.")
        with migrating.as_owner(grants=False):
            problem = schema.version_problem()
        if problem:
            raise CommandError(problem)
    except DatabaseError as error:
        raise CommandError(f"Basis data tidak dapat dipakai: {str(error).strip().splitlines()[0]}") from None
    finally:
        connection.close()


def check_folder() -> None:
    """Check that the data folder can be written to.

    Raises: CommandError or EnvError with one sentence.
    """
    data_folder.prepare_var_dir(settings.VAR_DIR)
    if not os.access(settings.VAR_DIR, os.W_OK | os.X_OK):
        raise CommandError(f"Folder data {settings.VAR_DIR} tidak dapat ditulis oleh pengguna ini.")


def migrate(*, waits: bool) -> None:
    """Migrate, or with ``waits`` wait until another machine has done so."""
    if waits:
        migrating.wait_until_migrated(_say)
    else:
        if migrating.lacks_migrations():
            _say("Menyiapkan tabel basis data …")
        call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Collect the static files if they changed. Letters and SOPs as PDF need them too."""
    if settings.WHITENOISE_USE_FINDERS:
        return
    # Two processes may share the folder.
    descriptor = os.open(settings.VAR_DIR / "static.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _static_is_stale():
            _say("Menyiapkan berkas statis …")
            call_command("collectstatic", verbosity=0, interactive=False)
    finally:
        os.close(descriptor)


def _static_is_stale() -> bool:
    """Whether static files or packages changed since the last collectstatic. The Makefile checks the same."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists():
        return True
    own = settings.BASE_DIR / "static"
    # Installing and removing packages changes their folder.
    sources = [Path(sysconfig.get_path("purelib")), own, *own.rglob("*")]
    return any(source.stat().st_mtime > manifest.stat().st_mtime for source in sources)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
