"""Several small questions to the database in one round trip."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Asked = TypeVar("Asked", bound=Hashable)


def count_in_one_query(asked: Mapping[Asked, tuple[QuerySet[Any, Any], int]]) -> dict[Asked, int]:
    """How many rows each query set has, counted no further than the number beside it.

    One query, and none where no query set can find anything. They are not sliced; a union selects one column.
    """
    parts: dict[Asked, str] = {}
    values: list[Any] = []
    for key, (rows, most) in asked.items():
        try:
            sql, params = _capped(rows, most).query.sql_with_params()
        except EmptyResultSet:
            continue
        parts[key] = f"(SELECT count(*) FROM ({sql}) AS part_{len(parts)})"
        values += params
    if not parts:
        return dict.fromkeys(asked, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts.values())}", values)
        return dict.fromkeys(asked, 0) | dict(zip(parts, cursor.fetchone(), strict=True))


def _capped(rows: QuerySet[Any, Any], most: int) -> QuerySet[Any, Any]:
    if not rows.query.combinator:
        rows = rows.order_by().values("pk")
    return rows[:most]
