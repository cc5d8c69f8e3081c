"""Answers added by staff after a request was opened."""

from typing import Any

from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import timeline
from services.engine.actions.flow import Case
from services.fields.queries import questions_for_staff
from services.models import Request
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .drafts import copy_columns


@verb
def complete_answers(request: Request, *, by: Actor, answers: dict[str, Any]) -> Request:
    """Add answers (field name → stored value) to an open request; other answers stay unchanged.

    On requests submitted online only missing answers can be added, because given ones belong to the applicant. On
    requests opened at the desk answers can also be corrected.

    Allowed: staff who may serve the applicant.
    Effects: Recorded in the internal timeline and the journal if anything changed.
    Raises: NotAllowed; Outdated if the request is closed; Refused (``field``) for a question staff may not answer.
    """
    case = Case.lock(request.pk)
    case.must_be_open()
    if not permissions.may_serve_applicant(by.staff_member, case.unit_id):
        raise NotAllowed(_("Isian dilengkapi oleh loket atau unit yang menangani permohonan ini."))
    request = case.request
    open_to_staff = {each.name for each in questions_for_staff(request)}
    for name in answers:
        if name not in open_to_staff:
            raise Refused(_("Isian ini tidak dapat diubah petugas. Kirim pesan kepada pemohon bila perlu."), field=name)
    changed = {name: value for name, value in answers.items() if request.answers.get(name) != value}
    if not changed:
        return request
    request.answers = request.answers | changed
    columns = copy_columns(request)
    request.save(update_fields=["answers", *columns])
    timeline.add_entry(request, "answers_completed", by=by, audience="internal", answers=len(changed))
    journal.record("complete_answers", "request", request.pk, by, answers=len(changed))
    return request
