"""Wake the live streams after a verb without slowing it down, and database snapshots of what a page could see.

Verbs of all apps call ``nudge``; what the streams then send is decided by the feeds (``core.live.channels``).
"""

import logging
import os
import re
import select
import threading

import psycopg2
from django.db import connection, transaction
from psycopg2.extensions import POLL_OK, POLL_READ

logger = logging.getLogger(__name__)

NOTIFICATION = "portal_live"
_STATEMENT = f"NOTIFY {NOTIFICATION}"
_PATIENCE_SECONDS = 2.0
_SNAPSHOT = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?")


class Messenger:
    """A connection of this process that sends NOTIFY without waiting for the answer.

    Waiting would slow eight calling clerks down by a third. Nothing depends on the answer, since listeners also read
    the tables every second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: psycopg2.extensions.connection | None = None
        self._cursor: psycopg2.extensions.cursor | None = None

    def send(self) -> None:
        """Send NOTIFY. Only waits while the previous one is still being sent.

        Raises: psycopg2.Error if the server is gone.
        """
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    parameters = {**connection.get_connection_params(), "async_": True}
                    parameters.pop("cursor_factory", None)
                    self._connection = psycopg2.connect(**parameters)
                self._finish(self._connection)
                # The cursor must stay alive, or the asynchronous statement ends with it.
                self._cursor = self._connection.cursor()
                self._cursor.execute(_STATEMENT)
            except psycopg2.Error:
                self._drop()
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = self._cursor = None

    def _finish(self, sending: psycopg2.extensions.connection) -> None:
        """Wait until the connection is open and the previous statement is finished."""
        while (state := sending.poll()) != POLL_OK:
            number = sending.fileno()
            waiting: tuple[list[int], list[int], list[int]] = (
                ([number], [], []) if state == POLL_READ else ([], [number], [])
            )
            if not any(select.select(*waiting, _PATIENCE_SECONDS)):
                raise psycopg2.OperationalError("the server did not take the notification in time")


# By process id, since a forked child must neither use nor close its parent's connection.
_messengers: dict[int, Messenger] = {}


def notify() -> None:
    """Wake the listeners now. Errors are logged and not raised, since the verb is already committed."""
    try:
        _messengers.setdefault(os.getpid(), Messenger()).send()
    except psycopg2.Error as error:
        logger.warning("live: the screens were not woken: %s", str(error).splitlines()[:1])


def nudge() -> None:
    """Wake the listeners when the current transaction commits; immediately outside a transaction."""
    transaction.on_commit(notify)


def listen() -> psycopg2.extensions.connection:
    """A new connection that receives every ``notify``.

    Raises: psycopg2.Error.
    """
    made: psycopg2.extensions.connection = psycopg2.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k != "cursor_factory"}
    )
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute(f"LISTEN {NOTIFICATION}")
    return made


# SQL expression to select together with the data that is read.
SNAPSHOT = "pg_current_snapshot()::text"


def snapshot() -> str:
    """PostgreSQL's current snapshot as text; later transactions are not visible in it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SNAPSHOT}")
        visible: str = cursor.fetchone()[0]
    return visible


def is_snapshot(text: str) -> bool:
    """Whether a text from a client is a valid snapshot."""
    return len(text) < 2000 and _SNAPSHOT.fullmatch(text) is not None and _in_order(text)


def _in_order(text: str) -> bool:
    low, high, running = text.split(":")
    between = [int(each) for each in running.split(",") if each]
    return (
        0 < int(low) <= int(high) < 2**63
        and between == sorted(set(between))
        and all(int(low) <= each < int(high) for each in between)
    )
