"""Notifying an official that a visitor has come for them, and the official's answer."""

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors.models import HostCall, Visit
from visitors.queue.actions import events

from ..queries import guests

NOTICE = "visitor_for_you"


@part
def call_host(visit: Visit) -> HostCall:
    """Notify today's holders of the visit's host position, within the check-in; calling it again does nothing.

    Effects: a notice by e-mail to each holder and an event "host_called", which updates their open pages. A position
    without a holder today is shown as such at the desk.
    """
    host_id = visit.host_id
    assert host_id is not None, "only a visit to an official calls one"
    call, created = HostCall.objects.get_or_create(
        visit=visit, defaults={"position_id": host_id, "asked_at": clock.now()}
    )
    if created:
        for holder in holders_of([host_id])[host_id]:
            outbox.tell(NOTICE, "visit", visit.pk, user=holder, path="/petugas/tamu-anda/")
        events.append("host_called", visit.location_id, positions=[host_id])
    return call


@verb
def answer_host(call: HostCall, *, by: Actor, answer: str, delegate_id: int | None = None) -> HostCall:
    """Answer the desk: coming, in five minutes, or delegated to a colleague. The latest answer counts.

    ``answer``: a value of ``HostCall.Answer``. ``delegate_id``: a colleague from ``guests.delegates_for``.

    Allowed: today's holders of the position, and the colleague to whom the visitor was delegated.
    Effects: an event "host_answered"; a notice to a new delegate.
    Raises: NotAllowed; Outdated when the visitor has left; Refused with the field.
    """
    user = by.staff_member
    locked = (
        HostCall.objects.select_for_update(of=("self",)).select_related("visit", "position").filter(pk=call.pk).first()
    )
    if locked is None or not guests.may_answer(user, locked):
        raise NotAllowed(_("Tamu ini bukan untuk Anda."))
    if locked.visit.left_at is not None:
        raise Outdated(_("Tamu ini sudah pulang."))
    if answer not in HostCall.Answer.values:
        raise Refused(_("Pilih jawaban Anda."), field="answer")
    former_delegate_id = locked.delegate_id
    locked.delegate = _delegate(locked, user, delegate_id) if answer == HostCall.Answer.DELEGATED else None
    locked.answer, locked.answered_at, locked.answered_by = answer, clock.now(), user
    locked.save(update_fields=["delegate", "answer", "answered_at", "answered_by"])
    if locked.delegate_id not in (None, former_delegate_id):
        outbox.tell(NOTICE, "visit", locked.visit_id, user=locked.delegate, path="/petugas/tamu-anda/")
    people = [locked.delegate_id] if locked.delegate_id else []
    events.append("host_answered", locked.visit.location_id, positions=[locked.position_id], people=people)
    return locked


def _delegate(call: HostCall, user: User, delegate_id: int | None) -> User:
    colleagues = guests.delegates_for([call], user).get(call.position.unit_id, [])
    found = next((person for person in colleagues if person.pk == delegate_id), None)
    if found is None:
        raise Refused(_("Pilih siapa yang menerima tamu ini."), field="delegate")
    return found
