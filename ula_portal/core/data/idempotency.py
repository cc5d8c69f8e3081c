"""Idempotency keys: submitting a form twice creates one object.

A key gives access to the object it created, so only a keyed hash is stored, for one day. ``revoke`` ends it earlier
when access to the object is renewed.
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

LIFETIME = datetime.timedelta(days=1)
_BATCH_SIZE = 10_000
Row = TypeVar("Row", bound=Model)


def new_key() -> str:
    """A random key for a form's hidden field."""
    return secrets.token_urlsafe(18)


class Claim:
    """A claimed key. ``earlier_id`` is the id of the object that an earlier call with this key created, else None."""

    def __init__(self, row_id: int | None, earlier_id: str | None) -> None:
        self.row_id, self.earlier_id = row_id, earlier_id

    def earlier(self, objects: Manager[Row] | QuerySet[Row]) -> Row | None:
        """The object that an earlier call with this key created, or None if this is the first call.

        Raises: Outdated if that object has been deleted since, so that a late form does not create it again.
        """
        if self.earlier_id is None:
            return None
        found = objects.filter(pk=self.earlier_id).first()
        if found is None:
            raise Outdated(_("Formulir ini sudah pernah dikirim, lalu catatannya dihapus. Periksa, lalu kirim lagi."))
        return found

    def record(self, kind: str, result_id: object) -> None:
        """Store which object this call created. Call it once, before the verb's transaction ends."""
        if self.row_id is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_idempotencykey SET result_kind = %s, result_id = %s WHERE id = %s",
                [kind, str(result_id), self.row_id],
            )


def claim(actor_key: str, key: str) -> Claim:
    """Claim a key inside the verb's transaction.

    A second call with the same key waits until the first commits (unique index), then gets its result. After a day the
    key counts as new. With an empty key every call counts as the first.
    Raises: ValueError for a key longer than 64 characters.
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
            [actor, hashed, now, now - LIFETIME],
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
    """Give a redisplayed form a new key after the object of its old key was deleted, so that it can be sent again."""
    assert isinstance(form.data, QueryDict), "only what was posted is sent again"
    data = form.data.copy()
    data[form.add_prefix(field)] = new_key()
    form.data = data


def revoke(kind: str, result_id: object) -> None:
    """Delete all keys that lead to an object. Call it inside the verb that renews access to the object."""
    IdempotencyKey.objects.filter(result_kind=kind, result_id=str(result_id)).delete()


def delete_expired_keys() -> int:
    """Delete keys older than a day, at most _BATCH_SIZE of them; returns how many. Run by the worker."""
    old = IdempotencyKey.objects.filter(created_at__lte=clock.now() - LIFETIME).order_by("created_at").values("pk")
    return IdempotencyKey.objects.filter(pk__in=old[:_BATCH_SIZE]).delete()[0]
