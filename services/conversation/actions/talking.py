"""Messages to the applicant, internal notes, and the colleagues mentioned in them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.models import Mention, Message, Request
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.text.words import grouped
from ula_portal.core.verbs.errors import Refused

from ..queries.colleagues import colleagues_of


@transaction.atomic
def add_internal_note(
    request_id: int, user: User, text: str, *, mentions: Iterable[int | str] = (), idempotency_key: str = ""
) -> Message:
    """Add a note that only the office reads. ``mentions``: ids of colleagues to notify.

    Allowed: whoever may read the case; the calling view has checked that.
    Effects: a notice to each mentioned colleague; internal timeline entry, journal.
    Raises: Refused without a text, and (``field`` is ``mentions``) for a colleague who may not read the case.
    """
    case, claimed, earlier = _begin(request_id, user, idempotency_key)
    if earlier:
        return earlier
    message = _write(case, user, text, internal=True)
    mentioned = _mention(case, message, mentions, user)
    claimed.record("message", message.pk)
    timeline.note(case.request, "noted", actor=staff(user), audience="internal", message=message.pk)
    more = {"mentioned": mentioned} if mentioned else {}
    journal.record("noted", "request", case.request.pk, staff(user), message=message.pk, **more)
    return message


@transaction.atomic
def write_to_applicant(request_id: int, user: User, text: str, *, idempotency_key: str = "") -> Message:
    """Write a message to the applicant. It does not stop the clock; ``ask_applicant`` does.

    Allowed: whoever may read the case; the calling view has checked that.
    Effects: notice to the applicant, timeline, journal.
    Raises: Refused without a text.
    """
    case, claimed, earlier = _begin(request_id, user, idempotency_key)
    if earlier:
        return earlier
    message = _write(case, user, text, internal=False)
    claimed.record("message", message.pk)
    timeline.note(case.request, "message_sent", actor=staff(user), message=message.pk)
    flow.tell_applicant(case.request, "office_message")
    journal.record("message_sent", "request", case.request.pk, staff(user), message=message.pk)
    return message


def _begin(request_id: int, user: User, key: str) -> tuple[Case, idempotency.Claim, Message | None]:
    case = Case.lock(request_id)
    claimed = idempotency.claim(staff(user).key, key)
    return case, claimed, claimed.earlier(Message.objects)


def _write(case: Case, user: User, text: str, *, internal: bool) -> Message:
    text = (text or "").strip()
    if not text or len(text) > Message.TEXT_LENGTH:
        sentence = _("Tulis isinya, paling panjang %(n)s huruf.")
        raise Refused(sentence % {"n": grouped(Message.TEXT_LENGTH)}, field="text")
    return Message.objects.create(request=case.request, at=case.at, author=user, internal=internal, text=text)


def _mention(case: Case, message: Message, ids: Iterable[int | str], author: User) -> list[int]:
    """Store a mention and a notice for each colleague except the author. Returns the user ids in ascending order."""
    wanted = {int(pk) for pk in ids} - {author.pk}
    if not wanted:
        return []
    readers = {person.pk: person for person in colleagues_of(case.request)}
    if not wanted <= set(readers):
        raise Refused(_("Hanya rekan yang boleh membaca permohonan ini yang dapat disebut."), field="mentions")
    for pk in sorted(wanted):
        Mention.objects.create(message=message, user=readers[pk])
        path = f"/petugas/kasus/{case.request.number}/?tab=catatan#percakapan"
        outbox.tell("mentioned", "request", case.request.pk, user=readers[pk], path=path)
    return sorted(wanted)


def read_mentions(user: User, request: Request | None = None) -> int:
    """Mark the notes that mention a user as read, of one case or all; returns how many were unread.

    It is not journalled, because it concerns nobody else.
    """
    waiting = Mention.objects.filter(user=user, read_at__isnull=True)
    if request is not None:
        waiting = waiting.filter(message__request=request)
    return waiting.update(read_at=clock.now())
