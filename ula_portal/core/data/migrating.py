"""Migrating the database: one process at a time, and as the role that owns the tables if there is a separate one."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

_LOCK = 0x554C41
_POLL_SECONDS = 0.5


@contextmanager
def as_owner(*, grants: bool = True) -> Iterator[None]:
    """Connect as the owner (``DATABASE_OWNER_URL``) within the block, then let the portal's own role use the tables.

    Does nothing without a separate owner. The own role can read and write rows, but neither change tables nor switch
    off the triggers that guard them.
    """
    own = connection.settings_dict
    portal, owner = {name: own[name] for name in ("USER", "PASSWORD")}, settings.DATABASE_OWNER
    if not owner:
        yield
        return
    connection.close()
    own.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
    try:
        yield
        if grants:
            _grant(portal["USER"])
    finally:
        connection.close()
        own.update(portal)


def _grant(role: str) -> None:
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(
            f"GRANT USAGE ON SCHEMA public TO {name};"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};"
            f" REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name};"
            f" GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"
        )


@contextmanager
def alone() -> Iterator[None]:
    """Hold a lock within the block, so that processes of several machines migrate one after the other."""
    # Of a connection of its own: the lock ends with it, also if this process is killed.
    other = connection.copy()
    try:
        while not _is_locked_by(other):
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        other.close()


def _is_locked_by(other: BaseDatabaseWrapper) -> bool:
    with other.cursor() as cursor:
        # Waiting inside the database would end with its time-out.
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def wait_until_migrated(report: Callable[[str], None]) -> None:
    """Wait until another process has applied every migration of this version."""
    told = False
    while lacks_migrations():
        if not told:
            report("Menunggu basis data dimigrasikan oleh server …")
            told = True
        time.sleep(_POLL_SECONDS)


def lacks_migrations() -> bool:
    """Whether the database still lacks a migration of this version."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        # The table of migrations exists, but this role may not read it yet; or the database restarts.
        return True
    finally:
        connection.close()
