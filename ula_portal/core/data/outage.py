"""The database away for a while, being restarted or out of reach: told from other errors, and from a missing worker."""

import json
import os
from pathlib import Path

import psycopg2
from django.db import connection, connections

# When whoever was answered by 503 may come back.
RETRY_SECONDS = 5
WORKER = "ula-portal worker"
# Names the file in which a supervisor says how many page processes it keeps, and how many run.
PAGES_FILE = "PAGE_PROCESSES_FILE"
# Errors of PostgreSQL that end a connection or refuse one: broken, shut down, crashed, starting, too many.
_CODES = ("08", "57P01", "57P02", "57P03", "53300")


def is_cause_of(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, is the database's being away; not one of a statement."""
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
    # Not PostgreSQL's word but its client's: the connection broke or could not be made.
    return type(error) in (psycopg2.OperationalError, psycopg2.DatabaseError)


def call_this_the_worker() -> None:
    """Let the connections of this process be known as a worker's."""
    connections.close_all()
    connection.settings_dict["OPTIONS"]["application_name"] = WORKER


def worker_is_there() -> bool:
    """Whether a worker holds a connection; one question, raises where the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s)",
            [WORKER],
        )
        there: bool = cursor.fetchone()[0]
    return there


def tell_pages(path: Path, living: int, expected: int) -> None:
    """Write down how many of the page processes run, for ``/sehat/``; whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps({"living": living, "expected": expected}))
    fresh.replace(path)


def page_processes() -> dict[str, int] | None:
    """How many page processes run and how many should (``living``, ``expected``); None where nobody counts them."""
    path = os.environ.get(PAGES_FILE)
    try:
        return json.loads(Path(path).read_text()) if path else None
    except (OSError, ValueError):
        return None
