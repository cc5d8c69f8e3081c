"""Rows in states that no verb leads to from where they are: what a test begins with."""

from django.db import connection, transaction


def put(rows, **values) -> int:
    """Update a queryset past the guards of the database; how many rows there were. No trigger runs at all."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        count = rows.update(**values)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return count
