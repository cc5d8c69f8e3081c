"""Telling an official that somebody has come for them, and their answer."""

from django.db import transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors.models import HostCall, Visit
from visitors.queue.actions import events

from ..queries import guests

NOTICE = "visitor_for_you"


def call_host(visit: Visit) -> HostCall:
    """Tell who holds the visit's host position today, inside the check-in's transaction; a second call changes nothing.

    On the screen at once (the rail of whatever page is open, and "Tamu Anda"), by e-mail too. Nobody there today: the
    desk sees that.
    """
    host_id = visit.host_id
    assert host_id is not None, "only a visit to an official calls one"
    call, made = HostCall.objects.get_or_create(visit=visit, defaults={"position_id": host_id, "asked_at": clock.now()})
    if made:
        for holder in holders_of([host_id])[host_id]:
            outbox.tell(NOTICE, "visit", visit.pk, user=holder, path="/petugas/tamu-anda/")
        events.append("host_called", visit.location_id, positions=[host_id])
    return call


def answer_host(call_id: int, user: User, answer: str, delegate_id: int | None = None) -> HostCall:
    """Say "datang", "5 menit", or who receives the visitor instead; the last answer counts.

    May: who holds the position today, and the one it was delegated to. ``delegate_id``: a colleague of
    ``hosting.queries.guests.delegates_for``, who is told once. Raises NotAllowed, Outdated when the visitor has left,
    Refused with the field.
    """
    with transaction.atomic():
        call = (
            HostCall.objects.select_for_update(of=("self",))
            .select_related("visit", "position")
            .filter(pk=call_id)
            .first()
        )
        if call is None or not guests.may_answer(user, call):
            raise NotAllowed(_("Tamu ini bukan untuk Anda."))
        if call.visit.left_at is not None:
            raise Outdated(_("Tamu ini sudah pulang."))
        if answer not in HostCall.Answer.values:
            raise Refused(_("Pilih jawaban Anda."), field="answer")
        told = call.delegate_id
        call.delegate = _delegate(call, user, delegate_id) if answer == HostCall.Answer.DELEGATED else None
        call.answer, call.answered_at, call.answered_by = answer, clock.now(), user
        call.save(update_fields=["delegate", "answer", "answered_at", "answered_by"])
        if call.delegate_id not in (None, told):
            outbox.tell(NOTICE, "visit", call.visit_id, user=call.delegate, path="/petugas/tamu-anda/")
        people = [call.delegate_id] if call.delegate_id else []
        events.append("host_answered", call.visit.location_id, positions=[call.position_id], people=people)
        return call


def _delegate(call: HostCall, user: User, delegate_id: int | None) -> User:
    colleagues = guests.delegates_for([call], user).get(call.position.unit_id, [])
    found = next((person for person in colleagues if person.pk == delegate_id), None)
    if found is None:
        raise Refused(_("Pilih siapa yang menerima tamu ini."), field="delegate")
    return found
