"""What takes seconds to build through the actions is built once per process; after that its rows are put back."""

import io
import pickle
from collections.abc import Callable

from django.db import connection, transaction

from tests.emptying import KEPT

# By key: the rows of each table (with its columns) that has any, as COPY writes them, and what the builder returned.
_taken: dict[tuple, tuple[dict[str, bytes], bytes]] = {}


def built(key: tuple, build: Callable):
    """What ``build`` returns, on tables that hold afterwards what they held after it was first called.

    ``key`` names everything that the outcome depends on. Sequences are not set back: they only ever grow.
    """
    if key not in _taken:
        made = build()
        _taken[key] = _rows(), pickle.dumps(made)
        return made
    rows, pickled = _taken[key]
    _put_back(rows)
    return pickle.loads(pickled)


def _tables():
    return set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT


def _rows():
    taken = {}
    with connection.cursor() as cursor:
        for table in _tables():
            columns = _with_columns(cursor, table)
            cursor.copy_expert(f"COPY {columns} TO STDOUT", rows := io.BytesIO())
            if rows.tell():
                taken[columns] = rows.getvalue()
    return taken


def _with_columns(cursor, table):
    """The table with its columns but those that the database computes."""
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [connection.ops.quote_name(table)],
    )
    return f"{connection.ops.quote_name(table)} ({cursor.fetchone()[0]})"


def _put_back(rows):
    with transaction.atomic(), connection.cursor() as cursor:
        # No trigger writes what stands among the rows already.
        cursor.execute("SET LOCAL session_replication_role = replica")
        # What migrations wrote is among the rows as well.
        cursor.execute("; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in _tables()))
        for columns, written in rows.items():
            cursor.copy_expert(f"COPY {columns} FROM STDIN", io.BytesIO(written))
        cursor.execute("SET LOCAL session_replication_role = origin")
