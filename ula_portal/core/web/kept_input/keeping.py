"""Keep what was typed, encrypted, for one account and half an hour; find it again; forget it."""

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

KEPT = datetime.timedelta(minutes=30)
# Of one account at a time: as many forms as somebody has open in tabs.
MOST_FORMS = 20
_AT_ONCE = 1000
_SALT = "ula_portal.kept_input"


@dataclass(frozen=True)
class KeptForm:
    """A form as it was sent to ``action``. ``files``: names of the files that came along; ``again``: names of fields
    whose values were not kept.
    """

    action: str
    fields: list[tuple[str, list[str]]]
    files: list[str]
    again: list[str]


def owner_mark(user: User) -> str:
    """Says in a form, signed, whose page it stands on: after a session's end nothing else tells."""
    return signing.Signer(salt=_SALT).sign(str(user.pk))


def owner_of(mark: str) -> int | None:
    """The account of a form's mark; None for a forged or missing one."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(mark))
    except (signing.BadSignature, ValueError):
        return None


@transaction.atomic
def keep(owner_id: int, action: str, data: QueryDict, files: "MultiValueDict[str, UploadedFile[bytes]]") -> str:
    """Keep a form for an account; the secret by which the same account finds it. Empty when nothing may be kept.

    ``data``, ``files``: as posted.
    """
    found = keepable(data)
    if found is None or not User.objects.filter(pk=owner_id, is_active=True).exists():
        return ""
    fields, again = found
    names = [upload.name for _name, uploads in files.lists() for upload in uploads]
    content = {"owner": owner_id, "action": action, "fields": fields, "files": names, "again": again}
    token = secrets.token_urlsafe(24)
    KeptInput.objects.create(
        user_id=owner_id,
        token_hash=codes.stored_hash(token),
        content=secrets_at_rest.encrypt(json.dumps(content)),
        at=clock.now(),
    )
    mine = KeptInput.objects.filter(user_id=owner_id).order_by("-at", "-pk").values("pk")
    KeptInput.objects.filter(pk__in=mine[MOST_FORMS:]).delete()
    return token


def find(token: str, user: User) -> KeptForm | None:
    """What was kept under a secret, for the account that typed it. Anybody else's asking ends it."""
    row = KeptInput.objects.filter(token_hash=codes.stored_hash(token)).first()
    if row is None or row.at <= clock.now() - KEPT:
        return None
    try:
        content = json.loads(secrets_at_rest.decrypt(row.content))
    except secrets_at_rest.Unreadable:
        return None
    if content["owner"] != user.pk or row.user_id != user.pk:
        row.delete()
        return None
    fields = [(name, values) for name, values in content["fields"]]
    return KeptForm(content["action"], fields, content["files"], content["again"])


def forget(token: str, user: User, action: str) -> None:
    """Forget a form that has arrived; another form of the same page leaves it."""
    kept = find(token, user)
    if kept and kept.action.partition("?")[0] == action:
        KeptInput.objects.filter(token_hash=codes.stored_hash(token), user=user).delete()


def forget_old() -> int:
    """Delete what is older than half an hour, at most _AT_ONCE forms; how many. The worker's chore."""
    old = KeptInput.objects.filter(at__lte=clock.now() - KEPT).order_by("at").values("pk")
    return KeptInput.objects.filter(pk__in=old[:_AT_ONCE]).delete()[0]
