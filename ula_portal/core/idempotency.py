"""Idempotency keys: a form sent twice makes one thing."""

import secrets

from django.db import connection

from . import clock


def new_key() -> str:
    """A fresh key for a form's hidden field."""
    return secrets.token_urlsafe(18)


class Claim:
    """A claimed key: ``earlier_id`` is what an earlier call with the same key made, else None."""

    def __init__(self, row_id, earlier_id):
        self.row_id, self.earlier_id = row_id, earlier_id

    def record(self, kind: str, result_id) -> None:
        """Note what this call made; once, before the verb's transaction ends."""
        if self.row_id is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_idempotencykey SET result_kind = %s, result_id = %s WHERE id = %s",
                [kind, str(result_id), self.row_id],
            )


def claim(actor_key: str, key: str) -> Claim:
    """Claim a key inside the verb's transaction.

    A second call waits for the first to commit (unique index), then gets its result. Keys longer than 64 characters
    raise ValueError. Without a key every call counts as the first.
    """
    if not key:
        return Claim(None, None)
    if len(key) > 64:
        raise ValueError("an idempotency key has at most 64 characters")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (actor, key, result_kind, result_id, created_at)"
            " VALUES (%s, %s, '', '', %s) ON CONFLICT (actor, key) DO NOTHING RETURNING id",
            [actor_key[:80], key, clock.now()],
        )
        row = cursor.fetchone()
        if row:
            return Claim(row[0], None)
        cursor.execute(
            "SELECT id, result_id FROM core_idempotencykey WHERE actor = %s AND key = %s",
            [actor_key[:80], key],
        )
        row_id, result = cursor.fetchone()
    return Claim(row_id, result or None)
