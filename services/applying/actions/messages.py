"""Messages of applicants to the office."""

from django.utils.translation import gettext as _

from services.engine.actions import timeline
from services.models import Message, Request
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.notices import outbox
from ula_portal.core.text.words import grouped
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries import answering_official


@verb
def write_to_office(request: Request, *, by: Actor, text: str, key: str = "") -> Message:
    """Send a message of the applicant to the office, also on a closed request.

    The same key again returns the same message.

    Allowed: whoever has the request's address.
    Effects: A timeline entry, a journal record and a notice to the official who answers (none while in a pool).
    Raises: Refused for an empty or too long text; Outdated for a draft.
    """
    text = text.strip()
    if not text or len(text) > Message.TEXT_LENGTH:
        sentence = _("Pesan belum terkirim. Tulis pesan Anda, paling panjang %(n)s huruf.")
        raise Refused(sentence % {"n": grouped(Message.TEXT_LENGTH)}, field="text")
    earlier = claim(f"applicant:{request.pk}", key)
    if sent := earlier.earlier(Message.objects):
        return sent
    if request.state == Request.State.DRAFT:
        raise Outdated(_("Permohonan ini belum dikirim. Draf Anda tersimpan. Kirim permohonan dahulu."))
    message = Message.objects.create(request=request, at=clock.now(), text=text)
    earlier.record("message", message.pk)
    timeline.add_entry(request, "message_received", by=by, message=message.pk)
    if official := answering_official(request):
        path = f"/petugas/kasus/{request.number}/"
        outbox.tell("applicant_message", "request", request.pk, user=official, path=path)
    journal.record("write_to_office", "request", request.pk, by, message=message.pk)
    return message
