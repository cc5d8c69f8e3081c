"""Parts that all editing verbs share: locking a service, storing its changes, and the list for undo.

Lock order in all verbs: the service, its draft, the idempotency key, its requirements, the journal's chain.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from services.catalogue.rules.rights import may_edit_service
from services.models import Requirement, Service, ServiceDraft
from ula_portal.core import clock
from ula_portal.core.data.field_changes import LastEdit, Reader, Values, changed_fields
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed
from ula_portal.core.verbs.transactions import part

from ..queries.editing import current_requirements, is_public, stored_requirements
from ..rules.values import (
    REQUIREMENTS,
    RequirementValues,
    apply_values,
    columns_of,
    service_values,
)

# Changes kept for undo. What one user types into one field within this time is one change.
KEPT_CHANGES = 20
ONE_CHANGE = datetime.timedelta(minutes=2)


@part
def open_service(service: Service, *, by: Actor) -> Service:
    """Lock a service for editing and return it as it is now, with its ``draft``.

    Changes left from a time when it was published are applied if it no longer is.
    Allowed: administrators; section heads for services of their unit and below.
    Raises: NotAllowed.
    """
    locked = Service.objects.select_for_update().get(pk=service.pk)
    if not may_edit_service(by.staff_member, locked.unit_id):
        raise NotAllowed(_("Layanan ini hanya dapat disiapkan oleh pimpinan unitnya atau administrator."))
    # The lock of the service also keeps anybody else from making the row.
    draft = ServiceDraft.objects.select_for_update().filter(service=locked).first() or ServiceDraft()
    draft.service, locked.draft = locked, draft
    if draft.values and not is_public(locked):
        establish(locked)
        draft.save(update_fields=["values", "changes"])
    return locked


@part
def write(service: Service, wanted: Values, before: Values, *, verb: str, by: Actor) -> Service:
    """Store new values of an open service and note them for undo. Call it last.

    ``before``: the values so far. Changes of a published service wait until they are published.
    Effects: the draft's revision, editor and changes; a wish for publication ends; journal entry ``verb``.
    """
    draft: ServiceDraft = service.draft
    if is_public(service):
        stored = service_values(service) | {REQUIREMENTS: stored_requirements(service)}
        values = draft.values | wanted
        draft.values = {name: value for name, value in values.items() if value != stored[name]}
    else:
        _store(service, wanted)
        if REQUIREMENTS in wanted:
            # New rows have their ids now.
            wanted = wanted | {REQUIREMENTS: stored_requirements(service)}
    draft.revision += 1
    draft.edited_by, draft.edited_at = by.staff_member, clock.now()
    draft.asked_by = draft.asked_at = None
    draft.changes = _with_changes(draft, wanted, before)[-KEPT_CHANGES:]
    draft.save()
    record(verb, "service", service.pk, by)
    return service


@part
def establish(service: Service) -> None:
    """Store the waiting changes of an open service in the service itself. They cannot be undone any more.

    The caller saves its draft.
    """
    _store(service, service.draft.values)
    service.draft.values, service.draft.changes = {}, []


def _store(service: Service, values: Values) -> None:
    apply_values(service, values)
    if columns := columns_of(list(values)):
        service.save(update_fields=columns)
    if REQUIREMENTS in values:
        _store_requirements(service, values[REQUIREMENTS])


def _store_requirements(service: Service, wanted: list[RequirementValues]) -> None:
    """Make the rows equal to a list. Rows that are not in it are deactivated, because requests may refer to them."""
    rows = {str(row.pk): row for row in service.requirements.select_for_update()}
    for order, values in enumerate(wanted, 1):
        row = rows.pop(values["key"], None) or Requirement(service=service)
        for name, value in values.items():
            if name != "key":
                setattr(row, name, value)
        row.order, row.active = order, True
        row.save()
    service.requirements.filter(pk__in=[row.pk for row in rows.values()], active=True).update(active=False)


def _with_changes(draft: ServiceDraft, wanted: Values, before: Values) -> list[dict[str, Any]]:
    assert draft.edited_by_id and draft.edited_at, "a change has its user"
    changes = list(draft.changes)
    for name, value in wanted.items():
        last = changes[-1] if changes else None
        if last and last["field"] == name and _goes_on(draft, last):
            changes[-1] = last | {"new": value, "no": draft.revision}
            continue
        change = {"no": draft.revision, "field": name, "old": before[name], "new": value}
        changes.append(change | {"by": draft.edited_by_id, "at": draft.edited_at.isoformat()})
    return changes


def _goes_on(draft: ServiceDraft, last: Mapping[str, Any]) -> bool:
    """Whether a change is the rest of what the same user began to type."""
    assert draft.edited_at, "set before"
    began = datetime.datetime.fromisoformat(last["at"])
    typed = last["field"] != REQUIREMENTS
    return typed and last["by"] == draft.edited_by_id and draft.edited_at - began < ONE_CHANGE


def changes(service: Service, stored: Values, fields: Values, was: Values, read: Reader) -> Values:
    """The values to write, as ``core.data.field_changes.changed_fields`` finds them."""
    return changed_fields(stored, fields, was, read, _last_edit_of(service.draft))


def _last_edit_of(draft: ServiceDraft) -> Callable[[Values], LastEdit]:
    def last_edit(conflicts: Values) -> LastEdit:
        for change in reversed(draft.changes):
            if change["field"] in conflicts:
                user = User.objects.filter(pk=change["by"]).first()
                return user, datetime.datetime.fromisoformat(change["at"])
        return draft.edited_by, draft.edited_at

    return last_edit


@part
def write_requirements(service: Service, wanted: list[RequirementValues], *, verb: str, by: Actor) -> Service:
    """Store a new list of requirements of an open service."""
    return write(service, {REQUIREMENTS: wanted}, {REQUIREMENTS: current_requirements(service)}, verb=verb, by=by)
