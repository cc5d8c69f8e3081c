"""The identity block of a draft with its six lists."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sop.exchange.json import SCHEMA
from sop.models import Sop, SopVersion
from sop.permissions import may_write_for
from ula_portal.core.models import Role, Unit, User
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Refused

from ..queries.editing import Values, identity_values
from .draft import changes, open_draft, touch
from .fields import box, date, text, whole
from .naming import free_slug, one_at_a_time

NAME_LENGTH: int = SCHEMA["properties"]["name"]["maxLength"]
NUMBER_LENGTH: int = SCHEMA["properties"]["number"]["maxLength"]


@transaction.atomic
def save_identity(version_id: int, user: User, fields: Values, was: Values) -> SopVersion:
    """Write what the person changed of the identity block; see ``drafting.queries.editing.identity_values``.

    Number and unit belong to the SOP: the number changes only in its first version, the unit later only by an
    administrator. Raises EditedMeanwhile, NotAllowed, Outdated, Refused with ``field``; then nothing is written.
    """
    if {"number", "name"} & fields.keys():
        one_at_a_time()
    version = open_draft(version_id, user)
    wanted = changes(version, identity_values(version), fields, was, _read, {})
    if not wanted:
        return version
    sop = version.sop
    if "number" in wanted:
        _renumber(version, wanted.pop("number"))
    if "unit_id" in wanted:
        _hand_over(version, user, wanted.pop("unit_id"))
    if wanted.get("name") == "":
        raise Refused(_("Isi nama SOP."), field="name")
    for name, value in wanted.items():
        is_date = name == "created_on" and value
        setattr(version, name, datetime.date.fromisoformat(value) if is_date else value)
    if version.ordinal == 1:
        # Nobody knows the address yet: it follows the name.
        sop.name = version.name
        sop.slug = free_slug(sop.name, sop) if "name" in wanted else sop.slug
    sop.save()
    if wanted:
        version.save(update_fields=list(wanted))
    return touch(version, user, "sop_identity_saved")


def _read(name: str, value: Any) -> Any:
    if name == "name":
        return text(name, value, NAME_LENGTH)
    if name == "number":
        return text(name, value, NUMBER_LENGTH)
    if name == "unit_id":
        return whole(name, value)
    return date(name, value) if name == "created_on" else box(name, value)


def _renumber(version: SopVersion, number: str) -> None:
    if version.ordinal > 1:
        raise Refused(_("Nomor SOP tidak berubah pada revisi. Nomor lama tetap dipakai."), field="number")
    refuse_number(number)
    version.sop.number, version.sop.number_is_generated = number, False


def refuse_number(number: str) -> None:
    """Raise Refused when a new number is empty or some SOP has it."""
    if not number:
        raise Refused(_("Isi nomor SOP."), field="number")
    if Sop.objects.filter(number=number).exists():
        raise Refused(_("Nomor ini sudah dipakai SOP lain. Periksa nomornya."), field="number")


def _hand_over(version: SopVersion, user: User, unit_id: int | None) -> None:
    unit = unit_of(unit_id)
    allowed = may_write_for(user, unit.pk) and (version.ordinal == 1 or has_role(user, Role.ADMINISTRATOR))
    if not allowed:
        raise NotAllowed(_("Anda tidak dapat memindahkan SOP ini ke unit itu. Hubungi administrator."), field="unit_id")
    version.sop.unit = unit


def unit_of(unit_id: int | None) -> Unit:
    """The unit chosen; raises Refused when there is none."""
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id else None
    if unit is None:
        raise Refused(_("Pilih unit kerja."), field="unit_id")
    return unit
