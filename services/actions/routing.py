"""Routing: a request is given to the responsible official."""

from django.db import transaction
from django.utils.translation import gettext as _

from ula_portal.core.actions import journal
from ula_portal.core.actors import staff
from ula_portal.core.errors import NotAllowed, Outdated, Refused

from .. import permissions
from . import flow, timeline
from .deviating import keep_note, may_be_given
from .flow import Case


@transaction.atomic
def route_case(request_id, to_user, *, by, note="", replacing=None):
    """Make somebody responsible for a request (*penerusan*); returns the request.

    Who may: permission ``route_case``. The open step becomes theirs if they hold its position. ``replacing`` is the
    official the page showed as responsible (None: nobody yet); when it is somebody else by now, Outdated is raised.
    The same official again changes nothing. Raises NotAllowed, and Refused when the person holds no position.
    """
    case = Case.lock(request_id)
    request = case.request
    if not permissions.may_route(by, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat meneruskan permohonan unit ini."))
    case.must_be_open()
    if request.responsible_id == to_user.pk:
        return request
    if request.responsible_id != (replacing.pk if replacing else None):
        raise Outdated(
            _("%(number)s sudah diteruskan kepada %(name)s.")
            % {"number": request.number, "name": request.responsible or "–"}
        )
    if not to_user.is_active or not permissions.standing_of(to_user).position_ids:
        raise Refused(_("%(name)s tidak memegang jabatan hari ini.") % {"name": to_user}, field="to_user")
    case.set(responsible=to_user)
    case.save()
    assigned = _give_open_step(case, to_user)
    keep_note(case, by, note)
    timeline.note(request, "routed", actor=staff(by), audience="internal", user=to_user.pk, step_given=assigned)
    if to_user.pk != by.pk:
        flow.tell_official(request, "case_routed", to_user)
    journal.record("route_case", "request", request.pk, staff(by), user=to_user.pk, step_given=assigned)
    return request


def _give_open_step(case, user):
    """The open step goes along, unless somebody has begun it."""
    run = case.run
    if run is None or run.assignee_id == user.pk or not may_be_given(case, user):
        return False
    if run.assignee_id and run.started_at and permissions.still_has_it(run):
        return False
    run.assignee, run.started_at = user, None
    run.save(update_fields=["assignee", "started_at"])
    return True
