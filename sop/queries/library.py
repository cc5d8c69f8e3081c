"""What the public library shows: versions that anyone may read."""

from django.db.models import Exists, OuterRef, Q

from ula_portal.core.models import Unit

from ..models import SopVersion
from .validity import in_force


def public_versions(q: str = "", unit_code: str = "", day=None):
    """Versions that anyone may read: in force, by words of name or number and by unit."""
    versions = SopVersion.objects.filter(in_force(day)).select_related("sop", "sop__unit")
    for word in q.split()[:8]:
        versions = versions.filter(Q(sop__name__icontains=word) | Q(sop__number__icontains=word))
    return versions.filter(sop__unit__code=unit_code) if unit_code else versions


def public_version(slug: str, day=None) -> SopVersion | None:
    """The version in force of the SOP with this address."""
    return public_versions(day=day).filter(sop__slug=slug).first()


def units_with_public_sops(day=None) -> list[Unit]:
    """Units that have at least one SOP in force, by name."""
    return list(Unit.objects.filter(Exists(public_versions(day=day).filter(sop__unit=OuterRef("pk")))))
