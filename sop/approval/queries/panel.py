"""Reads for the pages of versions in the admin panel."""

import datetime

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Case, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from sop.models import SopActor, SopVersion
from sop.states import OPEN
from ula_portal.core import clock
from ula_portal.core.models import Position, Role, Tenure, User
from ula_portal.core.office.permissions import is_secretary
from ula_portal.core.permissions import AnyUser, has_role, unit_ids_led_by

from .deciding import left_to_secretary

# Minimum similarity of whole names, and of one name within the other for positions of the SOP's own unit.
ALIKE, ALIKE_IN_UNIT = 0.6, 0.8


def head_tenure_of(user: User, day: datetime.date | None = None) -> Tenure | None:
    """The tenure in which a user heads the office, or else a unit, on ``day`` (default today); None without any."""
    day = day or clock.today()
    current = Tenure.objects.filter(user=user, from_date__lte=day, position__heads_unit=True)
    current = current.filter(Q(to_date__isnull=True) | Q(to_date__gte=day)).select_related("position__unit")
    return min(current, key=lambda tenure: (tenure.position.unit.parent_id is not None, tenure.pk), default=None)


def versions_for(user: AnyUser) -> QuerySet[SopVersion]:
    """The versions that a user may read in the admin panel.

    Administrators and heads of office read all of them, section heads those of the units they lead. The secretary
    also reads those that they verify in place of a section head.
    """
    versions = SopVersion.objects.select_related("sop", "sop__unit")
    if has_role(user, Role.ADMINISTRATOR, Role.HEAD):
        return versions
    mine = Q(sop__unit_id__in=unit_ids_led_by(user))
    if isinstance(user, User) and is_secretary(user):
        mine |= Q(state__in=OPEN) & left_to_secretary() | Q(verified_by=user)
    return versions.filter(mine)


def waiting_at(station: str) -> Q | None:
    """Condition on SopVersion: it waits for "verifikasi", "pengesahan" or "penerbitan"; None for other words."""
    state = SopVersion.State
    return {
        "verifikasi": Q(state=state.DRAFT, proposed_at__isnull=False),
        "pengesahan": Q(state=state.VERIFIED),
        "penerbitan": Q(state=state.APPROVED),
    }.get(station)


def version_for(user: AnyUser, version_id: int) -> SopVersion | None:
    """One of the versions of ``versions_for``, with the users who moved it, or None."""
    people = ("author", "edited_by", "proposed_by", "verified_by", "approved_by", "published_by", "recorded_by")
    return versions_for(user).select_related("sop__unit", "decree_scan", *people).filter(pk=version_id).first()


def actors_of(version: SopVersion) -> list[SopActor]:
    """The actors of a version in the order of their columns, with their positions."""
    return list(version.actors.select_related("position").order_by("order"))


def near_positions(version: SopVersion) -> dict[int, int]:
    """The ids of positions with names similar to those of unmatched actors, by actor id.

    For example "Kasi Kurikulum" is matched with "Kepala Seksi Kurikulum", and "Kepala Bidang" with that of the unit.
    """
    # Django also accepts an expression as the text, but the type stubs do not.
    whole = TrigramSimilarity("name", OuterRef("name"))  # type: ignore[arg-type]
    within = TrigramWordSimilarity(OuterRef("name"), "name")  # type: ignore[arg-type]
    own = Case(When(unit_id=version.sop.unit_id, then=within), default=Value(0.0), output_field=FloatField())
    near = Position.objects.annotate(whole=whole, own=own)
    near = near.filter(Q(whole__gte=ALIKE) | Q(own__gte=ALIKE_IN_UNIT))
    nearest = near.annotate(near=Greatest(F("whole"), F("own"))).order_by("-near", "-whole", "pk").values("pk")[:1]
    actors = version.actors.filter(confirmed=False, position__isnull=True).exclude(kind=SopActor.Kind.APPLICANT)
    actors = actors.annotate(near=Subquery(nearest)).filter(near__isnull=False)
    return dict(actors.values_list("pk", "near"))


def other_versions(version: SopVersion) -> list[SopVersion]:
    """All versions of the same SOP, newest first."""
    return list(SopVersion.objects.filter(sop_id=version.sop_id).order_by("-ordinal"))


def milestones_of(version: SopVersion) -> list[tuple[str, User | None, datetime.datetime]]:
    """The milestones of a version as (words, user or None, time), oldest first."""
    rows = [
        (_("Terakhir diubah"), version.edited_by, version.edited_at),
        (_("Diajukan untuk diverifikasi"), version.proposed_by, version.proposed_at),
        (_("Diverifikasi"), version.verified_by, version.verified_at),
        (_("Disahkan"), version.approved_by, version.approved_at),
        (_("Pengesahan di kertas dicatat"), version.recorded_by, version.recorded_at),
        (_("Diterbitkan"), version.published_by, version.published_at),
        (_("Dicabut"), None, version.withdrawn_at),
    ]
    return [(words, person, at) for words, person, at in rows if at]
