"""Store a submitted form, encrypted, for one account and half an hour; find it again; delete it."""

import datetime
import json
import secrets
from dataclasses import dataclass

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from ula_portal.core import clock
from ula_portal.core.models import KeptInput, User
from ula_portal.core.security import codes, secrets_at_rest

from .rules import keepable

LIFETIME = datetime.timedelta(minutes=30)
# Per account; more forms than somebody has open in tabs.
MAX_FORMS = 20
_BATCH_SIZE = 1000
_SALT = "ula_portal.kept_input"


@dataclass(frozen=True)
class KeptForm:
    """A form as it was submitted to ``action``. ``files``: names of its uploads; ``omitted``: names of the fields whose
    values were not stored.
    """

    action: str
    fields: list[tuple[str, list[str]]]
    files: list[str]
    omitted: list[str]


def owner_mark(user: User) -> str:
    """The signed id of the user whose page a form is on; after the session has ended nothing else identifies them."""
    return signing.Signer(salt=_SALT).sign(str(user.pk))


def owner_of(mark: str) -> int | None:
    """The user id in a form's mark; None if it is forged or missing."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(mark))
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def store_form(owner_id: int, action: str, data: QueryDict, files: "MultiValueDict[str, UploadedFile[bytes]]") -> str:
    """Store a submitted form for an account. Returns the token to find it, or "" if nothing may be stored."""
    found = keepable(data)
    if found is None or not User.objects.filter(pk=owner_id, is_active=True).exists():
        return ""
    fields, omitted = found
    names = [upload.name for _name, uploads in files.lists() for upload in uploads]
    content = {"owner": owner_id, "action": action, "fields": fields, "files": names, "omitted": omitted}
    token = secrets.token_urlsafe(24)
    KeptInput.objects.create(
        user_id=owner_id,
        token_hash=codes.stored_hash(token),
        content=secrets_at_rest.encrypt(json.dumps(content)),
        at=clock.now(),
    )
    mine = KeptInput.objects.filter(user_id=owner_id).order_by("-at", "-pk").values("pk")
    KeptInput.objects.filter(pk__in=mine[MAX_FORMS:]).delete()
    return token


def find_form(token: str, user: User) -> KeptForm | None:
    """The form stored under a token, for the account that submitted it; None if there is none or it has expired.

    A request by any other account deletes it.
    """
    row = KeptInput.objects.filter(token_hash=codes.stored_hash(token)).first()
    if row is None or row.at <= clock.now() - LIFETIME:
        return None
    try:
        content = json.loads(secrets_at_rest.decrypt(row.content))
    except secrets_at_rest.Unreadable:
        return None
    if content["owner"] != user.pk or row.user_id != user.pk:
        row.delete()
        return None
    fields = [(name, values) for name, values in content["fields"]]
    return KeptForm(content["action"], fields, content["files"], content["omitted"])


def delete_form(token: str, user: User, action: str) -> None:
    """Delete a stored form once it was submitted successfully. ``action``: the address it was submitted to."""
    kept = find_form(token, user)
    if kept and kept.action.partition("?")[0] == action:
        KeptInput.objects.filter(token_hash=codes.stored_hash(token), user=user).delete()


def delete_expired_forms() -> int:
    """Delete expired forms, at most _BATCH_SIZE of them; returns how many. Run by the worker."""
    old = KeptInput.objects.filter(at__lte=clock.now() - LIFETIME).order_by("at").values("pk")
    return KeptInput.objects.filter(pk__in=old[:_BATCH_SIZE]).delete()[0]
