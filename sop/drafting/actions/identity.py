"""The verb that saves the identity block of a draft."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from sop.exchange.json import SCHEMA
from sop.models import Sop, SopVersion
from sop.permissions import may_write_for
from ula_portal.core.data.field_changes import Values
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role, Unit
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import identity_values
from .draft import changes, open_draft, touch
from .fields import box_lines, clean_text, iso_date, whole_number
from .naming import free_slug, lock_naming

NAME_LENGTH: int = SCHEMA["properties"]["name"]["maxLength"]
NUMBER_LENGTH: int = SCHEMA["properties"]["number"]["maxLength"]


@verb
def save_identity(version: SopVersion, *, by: Actor, fields: Values, was: Values) -> SopVersion:
    """Write the fields of the identity block that the user changed since the form was opened.

    ``fields`` and ``was``: new values, and values when the form was opened, as in ``queries.editing.identity_values``.
    Number and unit belong to the SOP itself: the number can only be changed in its first version, and after that only
    an administrator can change the unit.
    Allowed: users who may write for the SOP's unit, and for the new unit if that is changed.
    Effects: a change of the draft, see ``touch``; a new name of the first version changes the SOP's address.
    Raises: EditedMeanwhile, NotAllowed, Outdated, Refused with ``field``.
    """
    if {"number", "name"} & fields.keys():
        lock_naming()
    version = open_draft(version, by=by)
    wanted = changes(version, identity_values(version), fields, was, _read, {})
    if not wanted:
        return version
    sop = version.sop
    if "number" in wanted:
        _renumber(version, wanted.pop("number"))
    if "unit_id" in wanted:
        _move_to_unit(version, by, wanted.pop("unit_id"))
    if wanted.get("name") == "":
        raise Refused(_("Isi nama SOP."), field="name")
    for name, value in wanted.items():
        is_date = name == "created_on" and value
        setattr(version, name, datetime.date.fromisoformat(value) if is_date else value)
    if version.ordinal == 1:
        # The address of an unpublished SOP follows its name.
        sop.name = version.name
        sop.slug = free_slug(sop.name, sop) if "name" in wanted else sop.slug
    sop.save()
    if wanted:
        version.save(update_fields=list(wanted))
    return touch(version, "sop_identity_saved", by=by)


def _read(name: str, value: Any) -> Any:
    if name == "name":
        return clean_text(name, value, NAME_LENGTH)
    if name == "number":
        return clean_text(name, value, NUMBER_LENGTH)
    if name == "unit_id":
        return whole_number(name, value)
    return iso_date(name, value) if name == "created_on" else box_lines(name, value)


def _renumber(version: SopVersion, number: str) -> None:
    if version.ordinal > 1:
        raise Refused(_("Nomor SOP tidak berubah pada revisi. Nomor lama tetap dipakai."), field="number")
    refuse_number(number)
    version.sop.number, version.sop.number_is_generated = number, False


def refuse_number(number: str) -> None:
    """Raise Refused if a new number is empty or taken by another SOP."""
    if not number:
        raise Refused(_("Isi nomor SOP."), field="number")
    if Sop.objects.filter(number=number).exists():
        raise Refused(_("Nomor ini sudah dipakai SOP lain. Periksa nomornya."), field="number")


def _move_to_unit(version: SopVersion, by: Actor, unit_id: int | None) -> None:
    unit, user = chosen_unit(unit_id), by.staff_member
    allowed = may_write_for(user, unit.pk) and (version.ordinal == 1 or has_role(user, Role.ADMINISTRATOR))
    if not allowed:
        raise NotAllowed(_("Anda tidak dapat memindahkan SOP ini ke unit itu. Hubungi administrator."), field="unit_id")
    version.sop.unit = unit


def chosen_unit(unit_id: int | None) -> Unit:
    """The chosen unit. Raises Refused if there is none with this id."""
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id else None
    if unit is None:
        raise Refused(_("Pilih unit kerja."), field="unit_id")
    return unit
