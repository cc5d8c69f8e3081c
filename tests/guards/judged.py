"""Try a statement that the database should refuse or accept; its effect is rolled back."""

import pytest
from django.db import IntegrityError, connection, transaction


def refused(match, sql, *values):
    """Assert that the statement fails with a matching message."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def allowed(sql, *values):
    """Assert that the statement changes one row, and roll it back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        changed = cursor.rowcount
        transaction.set_rollback(True)
    assert changed == 1
