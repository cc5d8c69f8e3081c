"""Gapless numbers per key and year."""

from django.db import ProgrammingError, connection


def next_number(key: str, year: int) -> int:
    """The next number of the sequence, starting at 1.

    Runs inside the caller's transaction. The row stays locked until the commit, so a rollback returns the number and
    leaves no gap.
    Raises: ProgrammingError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise ProgrammingError("next_number needs a transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numbersequence (key, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (key, year) DO UPDATE SET last = core_numbersequence.last + 1 RETURNING last",
            [key, year],
        )
        number: int = cursor.fetchone()[0]
    return number


def last_numbers(year: int) -> dict[str, int]:
    """The last numbers given in a year, by key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, last FROM core_numbersequence WHERE year = %s", [year])
        return dict(cursor.fetchall())


def continue_after(key: str, year: int, last: int) -> bool:
    """Let the next number of the sequence be the one after ``last``; False if it is there already, or beyond."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numbersequence (key, year, last) VALUES (%s, %s, %s)"
            " ON CONFLICT (key, year) DO UPDATE SET last = excluded.last WHERE core_numbersequence.last < excluded.last"
            " RETURNING last",
            [key, year, last],
        )
        return cursor.fetchone() is not None
