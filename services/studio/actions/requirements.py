"""The verbs that change the requirements of a service, one at a time."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from django.utils.translation import gettext as _

from services.fields.queries import current_form, fields_of
from services.fields.show_if import is_condition, names_in
from services.models import Requirement, Service
from ula_portal.core.data.field_changes import Values
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import current_requirements
from ..rules.values import RequirementValues
from .draft import changes, open_service, write_requirements
from .reading import read_requirement

MOST_REQUIREMENTS = 40


@verb
def add_requirement(service: Service, *, by: Actor, text: str, kind: str, key: str = "") -> str:
    """Add a requirement at the end and return its key.

    Allowed: administrators; section heads for services of their unit.
    Effects: see ``draft.write``.
    Raises: NotAllowed; Refused with ``field`` for an empty or known text, or too many requirements.
    """
    service = open_service(service, by=by)
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return claimed.earlier_id
    rows = current_requirements(service)
    if len(rows) >= MOST_REQUIREMENTS:
        raise Refused(_("Paling banyak %(n)s persyaratan.") % {"n": MOST_REQUIREMENTS}, field="text")
    text = _new_text(read_requirement("text", text), rows)
    name = f"n{service.draft.revision + 1}"
    added: RequirementValues = {
        "key": name,
        "text": text,
        "kind": read_requirement("kind", kind),
        "required": kind != Requirement.Kind.CONDITION,
        "show_if": {},
        "issued_by": "",
    }
    service = write_requirements(service, [*rows, added], verb="add_requirement", by=by)
    made = next(row["key"] for row in current_requirements(service) if row["text"] == text)
    claimed.record("requirement", made)
    return made


@verb
def save_requirement(service: Service, *, by: Actor, name: str, fields: Values, was: Values) -> Service:
    """Store the fields of a requirement that the user changed since the form was opened.

    ``name``: its key. ``fields`` and ``was``: as in ``save_service``.
    Allowed, Effects: as ``add_requirement``.
    Raises: EditedMeanwhile, NotAllowed; Outdated if it is gone; Refused with ``field``.
    """
    service = open_service(service, by=by)
    rows = current_requirements(service)
    place = _place_of(rows, name)
    stored = {column: value for column, value in rows[place].items() if column != "key"}
    wanted = changes(service, stored, fields, was, read_requirement)
    if not wanted:
        return service
    if "text" in wanted:
        _new_text(wanted["text"], [row for row in rows if row["key"] != name])
    if "show_if" in wanted:
        _refuse_unknown_fields(service, wanted["show_if"])
    changed = cast(RequirementValues, {**rows[place], **wanted})
    return write_requirements(service, [*rows[:place], changed, *rows[place + 1 :]], verb="save_requirement", by=by)


@verb
def move_requirement(service: Service, *, by: Actor, name: str, up: bool) -> Service:
    """Move a requirement by one place, up or down; at either end nothing changes.

    Allowed, Effects: as ``add_requirement``.
    Raises: NotAllowed; Outdated if it is gone.
    """
    service = open_service(service, by=by)
    rows = current_requirements(service)
    place = _place_of(rows, name)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return service
    rows[place], rows[other] = rows[other], rows[place]
    return write_requirements(service, rows, verb="move_requirement", by=by)


@verb
def remove_requirement(service: Service, *, by: Actor, name: str) -> Service:
    """Remove a requirement. Requests under way keep it.

    Allowed, Effects: as ``add_requirement``; it can be undone.
    Raises: NotAllowed; Outdated if it is gone.
    """
    service = open_service(service, by=by)
    rows = current_requirements(service)
    place = _place_of(rows, name)
    return write_requirements(service, rows[:place] + rows[place + 1 :], verb="remove_requirement", by=by)


def _place_of(rows: list[RequirementValues], name: str) -> int:
    place = next((place for place, row in enumerate(rows) if row["key"] == name), None)
    if place is None:
        raise Outdated(_("Persyaratan ini sudah dihapus atau daftarnya diganti. Muat ulang halaman."))
    return place


def _new_text(text: str, others: Collection[Mapping[str, Any]]) -> str:
    if not text:
        raise Refused(_("Tulis persyaratannya."), field="text")
    if text.casefold() in {row["text"].casefold() for row in others}:
        raise Refused(_("Persyaratan ini sudah ada."), field="text")
    return text


def _refuse_unknown_fields(service: Service, condition: Mapping[str, Any]) -> None:
    form = current_form(service)
    known = {field.name for field in fields_of(form.pk)} if form else set()
    if not is_condition(condition) or set(names_in(condition)) - known:
        raise Refused(_("Isian formulir itu tidak ada lagi. Pilih syarat lain."), field="show_if")
