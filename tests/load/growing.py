"""Grow a database within PostgreSQL by repeatedly copying requests, their open steps and the inbox's rows.

Tables that the inbox does not read (finished steps, timeline, journal) are left as they are. ``seed_load`` fills those
too, with about thirty rows for each request.
"""

from django.db import connection

from services.models import InboxEntry, Participation, Request, StepRun

# Distance between the ids of two copies.
STRIDE = 10_000_000
BATCH = 10
# SQL for the columns that have to differ in each copy; {n}: number of the copy, {s}: distance of its ids.
_CHANGED_COLUMNS = {
    Request: {
        "id": "id + {s}",
        "number": "left(number, 9) || (1000000 + {n} * 10000 + right(number, 6)::int % 10000)",
        "token_hash": "md5(token_hash || {n}::text) || md5({n}::text || token_hash)",
        "draft_hash": "NULL",
        "renewal_hash": "NULL",
    },
    StepRun: {"id": "id + {s}", "request_id": "request_id + {s}"},
    InboxEntry: {
        "request_id": "request_id + {s}",
        "run_id": "run_id + {s}",
        # " ula 2026 000123 …"
        "words": "left(words, 10) || (1000000 + {n} * 10000 + substr(words, 11, 6)::int % 10000) || substr(words, 17)",
    },
    Participation: {"id": "id + {s}", "entry_id": "entry_id + {s}"},
}
# Conditions for the rows that are copied, which are never copies themselves.
_ORIGINALS = {
    Request: f"number IS NOT NULL AND id < {STRIDE}",
    StepRun: f"finished_at IS NULL AND request_id < {STRIDE}",
    InboxEntry: f"request_id < {STRIDE}",
    Participation: f"entry_id < {STRIDE}",
}
_CREATE_WORDS_INDEX = "CREATE INDEX entry_words ON services_inboxentry USING gin (words gin_trgm_ops)"


def grow(requests: int, progress) -> None:
    """Copy the rows until there are about ``requests`` requests; calls ``progress(done, of)`` after each batch."""
    copies = requests // Request.objects.exclude(number=None).count()
    with connection.cursor() as cursor:
        # The rows are valid already, so they are copied without triggers. The trigram index is built at the end.
        cursor.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off; SET statement_timeout = 0"
        )
        cursor.execute("DROP INDEX entry_words")
        for number in range(1, copies, BATCH):
            numbers = range(number, min(number + BATCH, copies))
            for model in _CHANGED_COLUMNS:
                cursor.execute(_insert_copies(model, numbers))
            progress(numbers[-1] + 1, copies)
        cursor.execute(f"SET maintenance_work_mem = '512MB'; {_CREATE_WORDS_INDEX}")
        cursor.execute("SET session_replication_role = origin")


def _insert_copies(model, numbers):
    columns = [field.column for field in model._meta.concrete_fields]
    changed = {column: sql.format(n="n", s=f"n::bigint * {STRIDE}") for column, sql in _CHANGED_COLUMNS[model].items()}
    values = ", ".join(changed.get(column, column) for column in columns)
    table, first, last = model._meta.db_table, numbers[0], numbers[-1]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
        f" FROM {table}, generate_series({first}, {last}) AS n WHERE {_ORIGINALS[model]}"
    )
