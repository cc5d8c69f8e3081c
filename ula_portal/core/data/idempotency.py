"""Idempotency keys: a form sent twice makes one thing.

A key opens what it made, so it is kept as a keyed hash, for a day, and ends early where access is renewed.
"""

import datetime
import secrets
from typing import TypeVar

from django.db import connection
from django.db.models import Manager, Model, QuerySet
from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import IdempotencyKey
from ula_portal.core.security.secrets_at_rest import keyed_hash

from ..verbs.errors import Outdated

KEPT = datetime.timedelta(days=1)
_AT_ONCE = 10_000
Row = TypeVar("Row", bound=Model)


def new_key() -> str:
    """A fresh key for a form's hidden field."""
    return secrets.token_urlsafe(18)


class Claim:
    """A claimed key: ``earlier_id`` is what an earlier call with the same key made, else None."""

    def __init__(self, row_id: int | None, earlier_id: str | None) -> None:
        self.row_id, self.earlier_id = row_id, earlier_id

    def earlier(self, objects: Manager[Row] | QuerySet[Row]) -> Row | None:
        """What an earlier call with the same key made, from a manager or query set; None when this is the first.

        Raises Outdated when it was deleted since: a form that comes late brings nothing back.
        """
        if self.earlier_id is None:
            return None
        found = objects.filter(pk=self.earlier_id).first()
        if found is None:
            raise Outdated(_("Formulir ini sudah pernah dikirim, lalu catatannya dihapus. Periksa, lalu kirim lagi."))
        return found

    def record(self, kind: str, result_id: object) -> None:
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

    A second call within a day waits for the first to commit (unique index), then gets its result; an older key counts
    as a new one. Keys longer than 64 characters raise ValueError. Without a key every call counts as the first.
    """
    if not key:
        return Claim(None, None)
    if len(key) > 64:
        raise ValueError("an idempotency key has at most 64 characters")
    actor, hashed, now = actor_key[:80], keyed_hash("idempotency", f"{actor_key}:{key}"), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey AS earlier (actor, key, result_kind, result_id, created_at)"
            " VALUES (%s, %s, '', '', %s) ON CONFLICT (actor, key) DO UPDATE"
            " SET result_kind = '', result_id = '', created_at = EXCLUDED.created_at"
            " WHERE earlier.created_at <= %s RETURNING id",
            [actor, hashed, now, now - KEPT],
        )
        row = cursor.fetchone()
        if row:
            return Claim(row[0], None)
        cursor.execute(
            "SELECT id, result_id FROM core_idempotencykey WHERE actor = %s AND key = %s",
            [actor, hashed],
        )
        row_id, result = cursor.fetchone()
    return Claim(row_id, result or None)


def renew_key(form: BaseForm, field: str = "key") -> None:
    """Give a form that is shown again another key: what its old one made is gone, so it may be sent anew."""
    assert isinstance(form.data, QueryDict), "only what was posted is sent again"
    data = form.data.copy()
    data[form.add_prefix(field)] = new_key()
    form.data = data


def revoke(kind: str, result_id: object) -> None:
    """Let no key lead to a thing any more; inside the verb that gives access to it anew."""
    IdempotencyKey.objects.filter(result_kind=kind, result_id=str(result_id)).delete()


def forget_expired() -> int:
    """Delete keys that are older than a day, at most _AT_ONCE; how many. The worker's chore."""
    old = IdempotencyKey.objects.filter(created_at__lte=clock.now() - KEPT).order_by("created_at").values("pk")
    return IdempotencyKey.objects.filter(pk__in=old[:_AT_ONCE]).delete()[0]
