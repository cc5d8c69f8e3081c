"""Recognise that the database is unavailable (restarting or unreachable), that no worker runs, or that page processes
are missing.
"""

import json
import os
from pathlib import Path

import psycopg2
from django.db import connection, connections

# Retry-After of a 503 response.
RETRY_SECONDS = 5
WORKER = "ula-portal worker"
# Environment variable with the path of the file in which the supervisor writes how many page processes run.
PAGES_FILE = "PAGE_PROCESSES_FILE"
# SQLSTATE prefixes of errors that end or refuse a connection: broken, shut down, crashed, starting, too many.
_CODES = ("08", "57P01", "57P02", "57P03", "53300")


def is_cause_of(error: BaseException | None) -> bool:
    """Whether an unavailable database caused the error, directly or through its chain of causes.

    Errors of a single statement do not count.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, psycopg2.Error) and _is_away(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_away(error: psycopg2.Error) -> bool:
    if error.pgcode:
        return error.pgcode.startswith(_CODES)
    if isinstance(error, psycopg2.InterfaceError):
        return "connection already closed" in str(error)
    # Raised by the client library, not by PostgreSQL: the connection broke or could not be opened.
    return type(error) in (psycopg2.OperationalError, psycopg2.DatabaseError)


def mark_as_worker() -> None:
    """Name this process's database connections as the worker's."""
    connections.close_all()
    connection.settings_dict["OPTIONS"]["application_name"] = WORKER


def worker_is_connected() -> bool:
    """Whether any worker is connected to the database. One query; raises if the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s)",
            [WORKER],
        )
        there: bool = cursor.fetchone()[0]
    return there


def write_page_processes(path: Path, living: int, expected: int) -> None:
    """Write, atomically, how many page processes run and how many should, for ``/sehat/``."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps({"living": living, "expected": expected}))
    fresh.replace(path)


def page_processes() -> dict[str, int] | None:
    """How many page processes run (``living``) and how many should (``expected``); None without a supervisor."""
    path = os.environ.get(PAGES_FILE)
    try:
        return json.loads(Path(path).read_text()) if path else None
    except (OSError, ValueError):
        return None
