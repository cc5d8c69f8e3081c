"""Which version is in force on a day."""

import datetime
from collections.abc import Iterable

from django.db.models import Q

from sop.models import Sop, SopVersion
from ula_portal.core import clock

State = SopVersion.State


def in_force(day: datetime.date | None = None) -> Q:
    """Condition on SopVersion: it is published and in force on ``day`` (default today).

    A version is no longer in force on the day of its ``effective_to``.
    """
    day = day or clock.today()
    return Q(state=State.PUBLISHED, effective_from__lte=day) & (Q(effective_to__isnull=True) | Q(effective_to__gt=day))


def version_in_force(sop: Sop | int, day: datetime.date | None = None) -> SopVersion | None:
    """The version of an SOP (object or id) that is in force on ``day`` (default today), or None."""
    return SopVersion.objects.filter(in_force(day), sop=sop).select_related("sop", "sop__unit").first()


def versions_in_force(sop_ids: Iterable[int], day: datetime.date | None = None) -> dict[int, SopVersion]:
    """The versions in force on ``day`` (default today) by SOP id; SOPs without one are left out. Takes one query."""
    found = SopVersion.objects.filter(in_force(day), sop_id__in=set(sop_ids)).select_related("sop", "sop__unit")
    return {version.sop_id: version for version in found}


def sop_by_number(number: str) -> Sop | None:
    return Sop.objects.filter(number=number).select_related("unit").first()


def version_to_export(sop: Sop) -> SopVersion | None:
    """The version in force, else the newest one, or None if the SOP has no versions."""
    return version_in_force(sop) or sop.versions.order_by("-ordinal").first()


def is_in_force(version: SopVersion, day: datetime.date | None = None) -> bool:
    day = day or clock.today()
    begun = version.effective_from is not None and version.effective_from <= day
    return version.state == State.PUBLISHED and begun and (version.effective_to is None or day < version.effective_to)
