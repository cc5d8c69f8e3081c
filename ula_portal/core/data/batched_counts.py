"""Count the rows of several querysets in one round trip to the database."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Key = TypeVar("Key", bound=Hashable)


def count_in_one_query(querysets: Mapping[Key, tuple[QuerySet[Any, Any], int]]) -> dict[Key, int]:
    """The number of rows of each queryset, by key, counting at most up to its limit.

    ``querysets``: key → (queryset, limit). Querysets must not be sliced, and a union must select one column. One query;
    no query if none of them can match anything.
    """
    parts: dict[Key, str] = {}
    values: list[Any] = []
    for key, (rows, limit) in querysets.items():
        try:
            sql, params = _capped(rows, limit).query.sql_with_params()
        except EmptyResultSet:
            continue
        parts[key] = f"(SELECT count(*) FROM ({sql}) AS part_{len(parts)})"
        values += params
    if not parts:
        return dict.fromkeys(querysets, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts.values())}", values)
        return dict.fromkeys(querysets, 0) | dict(zip(parts, cursor.fetchone(), strict=True))


def _capped(rows: QuerySet[Any, Any], limit: int) -> QuerySet[Any, Any]:
    if not rows.query.combinator:
        rows = rows.order_by().values("pk")
    return rows[:limit]
