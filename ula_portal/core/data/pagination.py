"""Keyset pagination: a page starts after the last row's key, without OFFSET and without counting all rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Lookup, Model, QuerySet

Row = TypeVar("Row", bound=Model)
# What a page shows: rows, or values that were made of them.
Item = TypeVar("Item")
Order = Sequence[tuple[str, bool]]
# Values of the order's columns in one row, as a cursor carries them.
Key = list[Any]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """The rows of one page. ``next`` and ``previous`` are opaque cursors, or None at either end."""

    rows: list[Item]
    next: str | None
    previous: str | None


def paginate(queryset: QuerySet[Row], order: Order, cursor: str | None, size: int = 50) -> Page[Row]:
    """One page of ``queryset``.

    ``order``: pairs (field, descending). No field may be null, and the last one must be unique (usually ``pk``). All
    fields need the same direction, so that one row comparison on one index finds the page. A forged cursor gives the
    first page.
    Raises: ValueError if the directions differ.
    """
    return paginate_union([queryset], order, cursor, size)


def paginate_union(querysets: Sequence[QuerySet[Row]], order: Order, cursor: str | None, size: int = 50) -> Page[Row]:
    """One page of the union of several querysets of one model; see ``paginate``.

    At most one page is read from each queryset, so that each can use its own index. With more than one queryset, only
    the fields of the order are loaded.
    """
    fields = [name for name, _desc in order]
    descending = order[0][1]
    if any(desc != descending for _name, desc in order):
        raise ValueError("all fields of a keyset need the same direction")
    direction, key = _read(cursor, fields)
    backwards = direction == "previous"
    beyond = [_beyond(fields, key, descending != backwards)] if key else []
    by = [f"-{f}" if descending != backwards else f for f in fields]
    parts = [queryset.filter(*beyond).order_by(*by)[: size + 1] for queryset in querysets]
    if len(parts) > 1:
        parts = [part.only(*fields) for part in parts]
        parts = [parts[0].union(*parts[1:]).order_by(*by)[: size + 1]]
    rows = list(parts[0])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(key))
    return Page(
        rows,
        _write("next", rows[-1], fields) if rows and has_next else None,
        _write("previous", rows[0], fields) if rows and has_previous else None,
    )


def _beyond(fields: list[str], key: Key, descending: bool) -> Lookup[bool]:
    """The row comparison (a, b) < (x, y), which PostgreSQL can answer from an index."""
    from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

    lookup = TupleLessThan if descending else TupleGreaterThan
    from django.db.models import F
    from django.db.models.fields.tuple_lookups import Tuple

    return lookup(Tuple(*(F(f) for f in fields)), key)


def _write(direction: str, row: Model, fields: list[str]) -> str:
    values: Key = []
    for field in fields:
        value: Any = row
        for part in field.split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if hasattr(value, "isoformat") else value)
    return signing.dumps([direction, values], salt="keyset", compress=False)


def _read(cursor: str | None, fields: list[str]) -> tuple[str, Key | None]:
    if not cursor:
        return "next", None
    try:
        direction, values = signing.loads(cursor, salt="keyset")
    except signing.BadSignature:
        return "next", None
    return (direction, values) if len(values) == len(fields) else ("next", None)
