"""The verbs that change a service field by field, and undo."""

from typing import Any

from django.utils.translation import gettext as _

from services.catalogue.rules.rights import may_edit_service
from services.models import Service
from ula_portal.core.data.field_changes import Values
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import current_requirements, current_values, is_public
from ..rules.values import REQUIREMENTS
from .draft import changes, open_service, write
from .reading import read_value


@verb
def save_service(service: Service, *, by: Actor, fields: Values, was: Values) -> Service:
    """Store the fields of a service that the user changed since the form was opened.

    ``fields`` and ``was``: new values, and values when the form was opened, by the names of ``rules.values``.
    Allowed: administrators; section heads for services of their unit, which they cannot give to other units.
    Effects: see ``draft.write``. Changes of a published service wait until they are published.
    Raises: EditedMeanwhile, NotAllowed, Refused with ``field``.
    """
    service = open_service(service, by=by)
    before = current_values(service)
    wanted = changes(service, before, fields, was, read_value)
    if not wanted:
        return service
    _refuse(service, wanted, by.staff_member)
    return write(service, wanted, before, verb="save_service", by=by)


def _refuse(service: Service, wanted: Values, user: User) -> None:
    if wanted.get("name") == "":
        raise Refused(_("Isi nama layanan."), field="name")
    if "category_id" in wanted and wanted["category_id"] is None:
        raise Refused(_("Pilih kelompok layanan."), field="category_id")
    if "kind" in wanted and is_public(service):
        raise Refused(_("Jenis layanan yang sedang diterbitkan tetap. Tarik layanan lebih dahulu."), field="kind")
    if "unit_id" in wanted and not may_edit_service(user, wanted["unit_id"]):
        raise NotAllowed(_("Pilih unit yang Anda pimpin. Unit lain dipilih oleh administrator."), field="unit_id")


@verb
def undo_change(service: Service, *, by: Actor, no: int) -> Service:
    """Undo the last change of a service, whoever made it.

    ``no``: number of the change, as the page showed it.
    Allowed: as ``save_service``.
    Effects: the field has its value from before the change; the change before it becomes the last one.
    Raises: NotAllowed; Outdated if it is no longer the last change, or the field has another value by now.
    """
    service = open_service(service, by=by)
    draft = service.draft
    before: dict[str, Any] = current_values(service) | {REQUIREMENTS: current_requirements(service)}
    last = draft.changes[-1] if draft.changes else None
    if last is None or last["no"] != no or before[last["field"]] != last["new"]:
        raise Outdated(_("Perubahan itu sudah diurungkan atau sudah diubah lagi. Periksa isiannya."))
    wanted = {last["field"]: last["old"]}
    _refuse(service, wanted, by.staff_member)
    remaining = draft.changes[:-1]
    write(service, wanted, before, verb="undo_service_change", by=by)
    draft.changes = remaining
    draft.save(update_fields=["changes"])
    return service
