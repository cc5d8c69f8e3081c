"""Data that is slow to build with the actions is built once for each process; afterwards its rows are restored.

``built`` is for whole offices, whatever the tables contain. ``repeated`` is for builders that nearly every test starts
with: the rows that they add to a transaction in which nothing else was written are restored.
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

# By key: the rows of each non-empty table (with its columns) in COPY format, and the builder's result.
_taken: dict[tuple, tuple[dict[str, bytes], bytes]] = {}
# By sequence of calls: the rows that the last of them wrote (None if it has been called only once).
_repeated: dict[tuple, tuple[dict[str, bytes], set[str], bytes] | None] = {}
# The transaction, the number of rows written in it after the last builder, and the sequence of calls until then.
_stage: tuple[tuple, tuple] = ((), ())


def built(key: tuple, build: Callable):
    """Returns the result of ``build``, with the tables in the state after its first call.

    ``key`` identifies everything that the result depends on. Sequences are not reset.
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
    """The table with its columns, except generated ones."""
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [connection.ops.quote_name(table)],
    )
    return f"{connection.ops.quote_name(table)} ({cursor.fetchone()[0]})"


def _put_back(rows):
    with transaction.atomic(), connection.cursor() as cursor:
        # Triggers must not write rows that are already part of the snapshot.
        cursor.execute("SET LOCAL session_replication_role = replica")
        # The snapshot also contains the rows written by migrations.
        cursor.execute("; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in _tables()))
        for columns, written in rows.items():
            cursor.copy_expert(f"COPY {columns} FROM STDIN", io.BytesIO(written))
        cursor.execute("SET LOCAL session_replication_role = origin")


def repeated(build: Callable) -> Callable:
    """Decorates a builder so that it runs twice; from then on its rows are restored if it starts on the same tables.

    The tables are known to be the same at the beginning of a test's transaction, and after a sequence of such builders
    if nothing else was written. Otherwise the builder simply runs. Its arguments may be plain values, models and
    containers of them; the result is a separate copy.
    """

    @functools.wraps(build)
    def again(*args, **options):
        calls = _calls_until_now()
        if calls is None:
            return build(*args, **options)
        # The time matters only if the clock is frozen.
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
    """The sequence of builder calls that made all writes of the transaction; None if there were others, or no
    transaction.
    """
    if not connection.in_atomic_block:
        return None
    now = _progress()
    if now[0] is None:
        return ()
    return _stage[1] if now == _stage[0] else None


def _progress():
    """The id of the transaction (None if it has not written anything) and the number of rows that it wrote."""
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
    # These caches use a version's id as key, and an earlier test may have changed its rows.
    fields_of.cache_clear()
    parts_of.cache_clear()
    clear_flow_cache()
    return pickle.loads(pickled)
