"""Reads for the public library: the versions that anyone may read."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sop.models import Sop, SopVersion
from sop.rules.queries.validity import in_force, is_in_force
from ula_portal.core import clock
from ula_portal.core.models import Unit
from ula_portal.core.text.badges import Badge

State = SopVersion.State
IN_FORCE, LATER, REPLACED, WITHDRAWN = "in_force", "later", "replaced", "withdrawn"
BADGES = {
    IN_FORCE: Badge("good", _("Berlaku")),
    LATER: Badge("info", _("Belum berlaku")),
    REPLACED: Badge("neutral", _("Tidak berlaku")),
    WITHDRAWN: Badge("bad", _("Dicabut")),
}


@dataclass(frozen=True)
class VersionStanding:
    """The standing of a version that was once published, on a day.

    ``kind``: in_force, later, replaced or withdrawn. ``since``: the first day of that, or for "later" the day it will
    be in force. ``never_held``: it ended before its first day in force.
    """

    kind: str
    since: datetime.date
    never_held: bool = False

    @property
    def badge(self) -> Badge:
        return BADGES[self.kind]


@dataclass(frozen=True)
class PublicLife:
    """An SOP with all versions that were ever published, newest first. ``standings``: by version id."""

    sop: Sop
    versions: list[SopVersion]
    standings: dict[int, VersionStanding]

    @property
    def current(self) -> SopVersion | None:
        return self._first(IN_FORCE)

    @property
    def coming(self) -> SopVersion | None:
        """The next version that is published but not yet in force, or None."""
        later = [version for version, standing in self.rows if standing.kind == LATER]
        return min(later, key=lambda version: self.standing(version).since, default=None)

    @property
    def rows(self) -> list[tuple[SopVersion, VersionStanding]]:
        """The versions with their standings."""
        return [(version, self.standing(version)) for version in self.versions]

    def standing(self, version: SopVersion) -> VersionStanding:
        """The standing of one of the versions."""
        return self.standings[version.pk]

    def version(self, ordinal: int) -> SopVersion | None:
        return next((version for version in self.versions if version.ordinal == ordinal), None)

    def _first(self, kind: str) -> SopVersion | None:
        return next((version for version, standing in self.rows if standing.kind == kind), None)


def once_published() -> Q:
    """Condition on SopVersion: it was published at some time, even if it is not in force yet or was withdrawn."""
    return Q(state=State.PUBLISHED) | Q(state=State.WITHDRAWN, published_at__isnull=False)


def version_standing(version: SopVersion, day: datetime.date | None = None) -> VersionStanding:
    """The standing on ``day`` (default today) of a version that was once published."""
    day = day or clock.today()
    begins, ends = version.effective_from, version.effective_to
    assert begins is not None, "a published version has a first day in force"
    never = ends is not None and ends <= begins
    if version.state == State.WITHDRAWN:
        assert version.withdrawn_at is not None, "a withdrawn version has the time of its withdrawal"
        withdrawn = clock.local(version.withdrawn_at).date()
        return VersionStanding(WITHDRAWN, min(withdrawn, ends or withdrawn), never)
    if is_in_force(version, day):
        return VersionStanding(IN_FORCE, begins)
    if ends is None or (begins > day and not never):
        return VersionStanding(LATER, begins)
    return VersionStanding(REPLACED, ends, never)


def public_versions(
    unit_code: str = "", sop_id: int | None = None, day: datetime.date | None = None
) -> QuerySet[SopVersion]:
    """The versions in force on ``day`` (default today), limited to a unit and an SOP if these are given."""
    versions = SopVersion.objects.filter(in_force(day)).select_related("sop", "sop__unit")
    if unit_code:
        versions = versions.filter(sop__unit__code=unit_code)
    return versions.filter(sop_id=sop_id) if sop_id is not None else versions


def public_life(slug: str, day: datetime.date | None = None) -> PublicLife | None:
    """The SOP with this address and its published versions; None if there are none. Takes one query."""
    found = SopVersion.objects.filter(once_published(), sop__slug=slug).select_related("sop", "sop__unit")
    versions = list(found.order_by("-ordinal"))
    standings = {version.pk: version_standing(version, day) for version in versions}
    return PublicLife(versions[0].sop, versions, standings) if versions else None


def units_with_public_sops(day: datetime.date | None = None) -> list[Unit]:
    """The units with at least one SOP in force, by name."""
    return list(Unit.objects.filter(Exists(public_versions(day=day).filter(sop__unit=OuterRef("pk")))))
