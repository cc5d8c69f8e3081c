"""Write batches of rows with COPY in a separate thread, one transaction each."""

import io
import json
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value) -> str:
    """Convert a value to COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).translate(_ESCAPES)


def line(*values) -> str:
    """Convert a row to COPY's text format."""
    return "\t".join(map(text, values)) + "\n"


@dataclass
class Batch:
    """Rows that belong together. ``tables``: "table (columns)" → lines, in the order of writing.

    ``first``: called at the start of the transaction; may add lines that need locked numbers.
    """

    tables: dict[str, list[str]] = field(default_factory=dict)
    first: Callable[["Batch"], None] = lambda batch: None

    @property
    def rows(self) -> int:
        return sum(map(len, self.tables.values()))


def reserve(table: str, count: int) -> list[int]:
    """Reserve ids from the table's sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def write_all(batches: Iterable[Batch], step: Callable[[int], None]) -> int:
    """Write batches in order, and call ``step(rows)`` after each. Returns the number of rows.

    The next batch is created while the last one is written. An error in either stops both; batches that were already
    written stay.
    """
    waiting: queue.Queue[Batch | None] = queue.Queue(maxsize=2)
    trouble: list[BaseException] = []
    writer = threading.Thread(target=_write, args=(waiting, step, trouble), daemon=True)
    writer.start()
    total = 0
    try:
        for batch in batches:
            if trouble:
                break
            waiting.put(batch)
            total += batch.rows
    finally:
        waiting.put(None)
        writer.join()
    if trouble:
        raise trouble[0]
    return total


def _write(waiting, step, trouble):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off; SET statement_timeout = 0")
        while (batch := waiting.get()) is not None:
            if not trouble:
                _write_one(batch)
                step(batch.rows)
    except BaseException as error:
        trouble.append(error)
        # The other thread may be waiting for space in the queue.
        while waiting.get() is not None:
            pass
    finally:
        connection.close()


@transaction.atomic
def _write_one(batch):
    batch.first(batch)
    with connection.cursor() as cursor:
        for target, lines in batch.tables.items():
            cursor.copy_expert(f"COPY {target} FROM STDIN", io.StringIO("".join(lines)))
