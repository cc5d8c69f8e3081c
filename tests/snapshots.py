"""What takes long to build through the actions is built once per process; after that its rows are put back.

``built`` is for whole offices on tables of any content. ``repeated`` is for the builders that nearly every test begins
with: what they add to a transaction in which nothing else was written is written again as it stood.
"""

import dataclasses
import functools
import io
import pickle
from collections.abc import Callable

from django.db import connection, models, transaction

from services.fields.queries import fields_of, parts_of
from sop.rules.queries.flows import clear_flow_cache
from tests.emptying import KEPT
from ula_portal.core import clock

# By key: the rows of each table (with its columns) that has any, as COPY writes them, and what the builder returned.
_taken: dict[tuple, tuple[dict[str, bytes], bytes]] = {}
# By the row of calls that led there: what the last of them wrote (None while it was called once only).
_repeated: dict[tuple, tuple[dict[str, bytes], set[str], bytes] | None] = {}
# The transaction and how much was written in it when a builder had last been called, and the row of calls up to then.
_stage: tuple[tuple, tuple] = ((), ())


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


def repeated(build: Callable) -> Callable:
    """A builder that runs twice; from then on its rows are written again wherever it begins on the same tables.

    These are known to be the same at the beginning of a test's transaction, and after builders that followed each
    other there while nothing else was written. Anywhere else it simply runs. Its parameters may be plain values,
    models and what holds them; what it returns is a copy of its own.
    """

    @functools.wraps(build)
    def again(*args, **options):
        calls = _calls_until_now()
        if calls is None:
            return build(*args, **options)
        # The hour counts only where the clock stands still.
        moment = clock.now() if clock.now() is clock.now() else clock.today()
        calls = (*calls, (build.__qualname__, repr(moment), _words_of(args), _words_of(options)))
        if calls not in _repeated:
            made, _repeated[calls] = build(*args, **options), None
        elif (known := _repeated[calls]) is None:
            made = _watched(calls, lambda: build(*args, **options))
        else:
            made = _written_again(*known)
        global _stage
        _stage = (_progress(), calls)
        return made

    return again


def _calls_until_now():
    """The builders' calls that alone made what the transaction wrote; None where there is more, or no transaction."""
    if not connection.in_atomic_block:
        return None
    now = _progress()
    if now[0] is None:
        return ()
    return _stage[1] if now == _stage[0] else None


def _progress():
    """Number of the transaction (None while it wrote nothing) and of the rows that it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id_if_assigned()::text, (SELECT sum(pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)"
        )
        return cursor.fetchone()


def _words_of(value):
    if isinstance(value, models.Model):
        return f"{value._meta.label} {value.pk}"
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return repr([(key, _words_of(each)) for key, each in value.items()])
    if isinstance(value, list | tuple):
        return repr([_words_of(each) for each in value])
    return repr(value)


def _watched(calls, build):
    before, made, after = _rows(), build(), _rows()
    added, changed = {}, set()
    for columns, rows in after.items():
        old = set(before.get(columns, b"").splitlines(keepends=True))
        new = rows.splitlines(keepends=True)
        if old - set(new):
            changed.add(columns)
            added[columns] = rows
        elif more := b"".join(row for row in new if row not in old):
            added[columns] = more
    changed |= before.keys() - after.keys()
    _repeated[calls] = added, changed, pickle.dumps(made)
    return made


def _written_again(added, changed, pickled):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for columns in changed:
            cursor.execute(f"DELETE FROM {columns.split(' (')[0]}")
        for columns, rows in added.items():
            cursor.copy_expert(f"COPY {columns} FROM STDIN", io.BytesIO(rows))
        cursor.execute("SET LOCAL session_replication_role = origin")
    # These know a version by its number, and a test before may have changed its rows.
    fields_of.cache_clear()
    parts_of.cache_clear()
    clear_flow_cache()
    return pickle.loads(pickled)
