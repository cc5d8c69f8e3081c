"""What the database says to a statement; nothing of it stays."""

import pytest
from django.db import IntegrityError, connection, transaction


def refused(match, sql, *values):
    """The statement fails with a message that matches."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def allowed(sql, *values):
    """The statement changes one row, and is rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        changed = cursor.rowcount
        transaction.set_rollback(True)
    assert changed == 1
