"""Waking the live screens without making the one who acted wait, and what was visible to a page.

Acts of every floor announce themselves here; what the streams then tell is the matter of ``core.live.channels``.
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
    """One connection of this process on which NOTIFY is sent, not waited for.

    Eight clerks who wait for its answer after each call are a third slower. Nothing depends on the answer: the listener
    reads the table each second all the same. Raises psycopg2.Error when the server is gone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: psycopg2.extensions.connection | None = None
        self._cursor: psycopg2.extensions.cursor | None = None

    def send(self) -> None:
        """Send one NOTIFY; waits only while the one before it is still under way."""
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    parameters = {**connection.get_connection_params(), "async_": True}
                    parameters.pop("cursor_factory", None)
                    self._connection = psycopg2.connect(**parameters)
                self._finish(self._connection)
                # Kept: an asynchronous statement ends with the cursor it was sent by.
                self._cursor = self._connection.cursor()
                self._cursor.execute(_STATEMENT)
            except psycopg2.Error:
                self._drop()
                raise

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = self._cursor = None

    def _finish(self, sending: psycopg2.extensions.connection) -> None:
        """Let what was sent before (or the connecting) come to its end."""
        while (state := sending.poll()) != POLL_OK:
            number = sending.fileno()
            waiting: tuple[list[int], list[int], list[int]] = (
                ([number], [], []) if state == POLL_READ else ([], [number], [])
            )
            if not any(select.select(*waiting, _PATIENCE_SECONDS)):
                raise psycopg2.OperationalError("the server did not take the notification in time")


# By process: a forked child must neither use nor close what its parent has open.
_messengers: dict[int, Messenger] = {}


def notify() -> None:
    """Wake the listeners now. What keeps it from going out is logged, never raised: the act it tells of is done."""
    try:
        _messengers.setdefault(os.getpid(), Messenger()).send()
    except psycopg2.Error as error:
        logger.warning("live: the screens were not woken: %s", str(error).splitlines()[:1])


def nudge() -> None:
    """Wake the live screens when the running transaction is committed (at once outside one)."""
    transaction.on_commit(notify)


def listen() -> psycopg2.extensions.connection:
    """A connection of its own that hears every ``notify``; raises psycopg2.Error."""
    made: psycopg2.extensions.connection = psycopg2.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k != "cursor_factory"}
    )
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute(f"LISTEN {NOTIFICATION}")
    return made


# To be selected beside what is read.
SNAPSHOT = "pg_current_snapshot()::text"


def snapshot() -> str:
    """What is visible now, as PostgreSQL writes it: what comes later is not visible in it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SNAPSHOT}")
        visible: str = cursor.fetchone()[0]
    return visible


def is_snapshot(text: str) -> bool:
    """Whether a text that comes from outside can be asked about as a snapshot."""
    return len(text) < 2000 and _SNAPSHOT.fullmatch(text) is not None and _in_order(text)


def _in_order(text: str) -> bool:
    low, high, running = text.split(":")
    between = [int(each) for each in running.split(",") if each]
    return (
        0 < int(low) <= int(high) < 2**63
        and between == sorted(set(between))
        and all(int(low) <= each < int(high) for each in between)
    )
