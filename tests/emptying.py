"""Empties the tables after a test that commits.

Most tables are empty then, but TRUNCATE takes as long for those: truncating eighty tables creates a few hundred files.
Deleting the few rows is much faster. Foreign keys and triggers that forbid deletion are inactive in a session with the
replica role, which the tests' user may set.
"""

from django.core.management.sql import sql_flush
from django.db import transaction

# Tables that the ``post_migrate`` signal would only fill again.
KEPT = {"auth_permission", "django_content_type"}
# A table with more rows than this is truncated, because dead rows would slow down all later tests.
LARGE_BYTES = 16 * 2**20


def empty(style, connection, *, reset_sequences=True, allow_cascade=False) -> list[str]:
    """Replaces Django's ``sql_flush``: empties all tables itself and returns no SQL.

    Waits for other transactions, as TRUNCATE does, so that nothing they are writing outlasts the test.
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
