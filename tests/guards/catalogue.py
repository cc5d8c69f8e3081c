"""The constraints of the database, read from its catalogue."""

from django.db import connection

# Tables of the portal's own apps; those of Django and the packages have their own tests.
OWN = "c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(core|sop|services|visitors)_'"
# Positive integer fields have a constraint "not below zero".
CHECKS = f"""
SELECT con.conname, c.relname, pg_get_constraintdef(con.oid)
FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
WHERE con.contype = 'c' AND con.convalidated AND {OWN} ORDER BY 1
"""
UNIQUES = f"""
SELECT i.relname, c.relname, pg_get_indexdef(i.oid),
    (SELECT coalesce(array_agg(a.attname::text ORDER BY k.place), '{{}}')
        FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k(no, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.no),
    x.indpred IS NULL AND x.indexprs IS NULL AND NOT x.indisexclusion,
    coalesce((SELECT pg_get_constraintdef(con.oid) FROM pg_constraint con WHERE con.conindid = i.oid
        AND con.contype IN ('u', 'x')), ''),
    x.indnullsnotdistinct
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE (x.indisunique OR x.indisexclusion) AND NOT x.indisprimary AND x.indisvalid AND {OWN} ORDER BY 1
"""
TRIGGERS = """
SELECT c.relname, t.tgname, p.proname, pg_get_triggerdef(t.oid) FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""


def rows(sql, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def columns_of(table) -> dict[str, str]:
    """The columns of a table and their types, except generated ones."""
    sql = (
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
    )
    return dict(rows(sql, table))


def bare_copy(table) -> str:
    """Create an empty table with the same columns but without constraints; returns its name."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(f"CREATE TEMPORARY TABLE bare AS SELECT * FROM {table} WITH NO DATA")
    return "bare"


def insert(table, row) -> None:
    """A row with these values, cast to the types of their columns."""
    row = row or {next(iter(columns_of(table))): None}
    names = ", ".join(f'"{name}"' for name in row)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


# By type: two different values.
TWO_VALUES = {
    "bigint": (1, 2),
    "integer": (1, 2),
    "smallint": (1, 2),
    "boolean": (False, True),
    "character varying": ("a", "b"),
    "text": ("a", "b"),
    "date": ("2026-03-02", "2026-03-03"),
    "time without time zone": ("08:00", "09:00"),
    "timestamp with time zone": ("2026-03-02", "2026-03-03"),
    "uuid": ("0" * 8 + "-0000-0000-0000-" + "0" * 12, "1" * 8 + "-0000-0000-0000-" + "0" * 12),
    "jsonb": ('{"a": 1}', '{"a": 2}'),
    "bytea": (b"a", b"b"),
}


def other_value(kind, value):
    """A value of this type that differs from the given one (which may be None)."""
    first, second = TWO_VALUES[kind]
    return first if value is None or str(value) != str(first) else second


def plant(table, **values) -> dict:
    """Insert a row with the required columns and these values, bypassing all triggers and foreign keys.

    Returns the written values; the id is 1 unless one is given.
    """
    needed = rows(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attnotnull AND NOT atthasdef AND attgenerated = ''",
        table,
    )
    row = {name: TWO_VALUES[kind][0] for name, kind in needed} | values
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        insert(table, row)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return row
