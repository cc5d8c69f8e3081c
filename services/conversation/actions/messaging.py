"""Messages to the applicant, internal notes, and the colleagues mentioned in them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.models import Mention, Message, Request
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import outbox
from ula_portal.core.text.words import grouped
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.colleagues import readers_of


@verb
def add_internal_note(
    request: Request, *, by: Actor, text: str, mentions: Iterable[int | str] = (), key: str = ""
) -> Message:
    """Add a note that only the office reads. ``mentions``: ids of colleagues to notify.

    Allowed: whoever may read the case; the calling view has checked that.
    Effects: a notice to each mentioned colleague; internal timeline entry, journal.
    Raises: Refused without a text, and (``field`` is ``mentions``) for a colleague who may not read the case.
    """
    case, claimed, earlier = _begin(request, by, key)
    if earlier:
        return earlier
    message = _write(case, by, text, internal=True)
    mentioned = _mention(case, message, mentions, by)
    claimed.record("message", message.pk)
    timeline.add_entry(case.request, "noted", by=by, audience="internal", message=message.pk)
    more = {"mentioned": mentioned} if mentioned else {}
    journal.record("noted", "request", case.request.pk, by, message=message.pk, **more)
    return message


@verb
def write_to_applicant(request: Request, *, by: Actor, text: str, key: str = "") -> Message:
    """Write a message to the applicant. It does not stop the clock; ``ask_applicant`` does.

    Allowed: whoever may read the case; the calling view has checked that.
    Effects: notice to the applicant, timeline, journal.
    Raises: Refused without a text.
    """
    case, claimed, earlier = _begin(request, by, key)
    if earlier:
        return earlier
    message = _write(case, by, text, internal=False)
    claimed.record("message", message.pk)
    timeline.add_entry(case.request, "message_sent", by=by, message=message.pk)
    flow.notify_applicant(case.request, "office_message")
    journal.record("message_sent", "request", case.request.pk, by, message=message.pk)
    return message


def _begin(request: Request, by: Actor, key: str) -> tuple[Case, idempotency.Claim, Message | None]:
    case = Case.lock(request.pk)
    claimed = idempotency.claim(by.key, key)
    return case, claimed, claimed.earlier(Message.objects)


def _write(case: Case, by: Actor, text: str, *, internal: bool) -> Message:
    text = (text or "").strip()
    if not text or len(text) > Message.TEXT_LENGTH:
        sentence = _("Tulis isinya, paling panjang %(n)s huruf.")
        raise Refused(sentence % {"n": grouped(Message.TEXT_LENGTH)}, field="text")
    return Message.objects.create(
        request=case.request, at=case.at, author=by.staff_member, internal=internal, text=text
    )


def _mention(case: Case, message: Message, ids: Iterable[int | str], by: Actor) -> list[int]:
    """Store a mention and a notice for each colleague except the author. Returns the user ids in ascending order."""
    mentioned_ids = {int(pk) for pk in ids} - {by.staff_member.pk}
    if not mentioned_ids:
        return []
    readers = {person.pk: person for person in readers_of(case.request)}
    if not mentioned_ids <= set(readers):
        raise Refused(_("Hanya rekan yang boleh membaca permohonan ini yang dapat disebut."), field="mentions")
    for pk in sorted(mentioned_ids):
        Mention.objects.create(message=message, user=readers[pk])
        path = f"/petugas/kasus/{case.request.number}/?tab=catatan#percakapan"
        outbox.tell("mentioned", "request", case.request.pk, user=readers[pk], path=path)
    return sorted(mentioned_ids)


def read_mentions(request: Request, *, by: Actor) -> int:
    """Mark a case's notes that mention the user as read; returns how many were unread.

    It is not journalled, because it concerns nobody else.
    """
    unread = Mention.objects.filter(message__request=request, user=by.staff_member, read_at__isnull=True)
    return unread.update(read_at=clock.now())
