"""Emptying the tables after a test that commits: most of them are empty then, and TRUNCATE takes as long for those.

Truncating eighty tables makes a few hundred files anew. Deleting what is there costs next to nothing; foreign keys and
guards (rows that nobody may delete) do not speak while the session replicates, which the tests' user may.
"""

from django.core.management.sql import sql_flush
from django.db import transaction

# What the ``post_migrate`` signal would only write again.
KEPT = {"auth_permission", "django_content_type"}
# Dead rows of a table larger than this would slow every later test down: it is truncated.
LARGE_BYTES = 16 * 2**20


def empty(style, connection, *, reset_sequences=True, allow_cascade=False) -> list[str]:
    """In the place of Django's ``sql_flush``: empties all tables itself and leaves no SQL to run after it.

    Waits for transactions of others, as TRUNCATE does: what they are just writing does not outlast the test.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quoted = [connection.ops.quote_name(table) for table in tables if table not in KEPT]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(quoted)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relname = ANY(%s)", [tables])
        if reset_sequences or cursor.fetchone()[0] > LARGE_BYTES:
            return sql_flush(style, connection, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in quoted))
    return []
