"""What the editor's pages offer for selection: units, SOPs to revise, positions."""

from typing import TypedDict

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django_stubs_ext import WithAnnotations

from sop.models import Sop, SopVersion, StepActor
from sop.permissions import unit_ids_written_by, writes_everywhere
from sop.rules.queries.validity import in_force
from sop.states import OPEN
from ula_portal.core.models import Position, Unit
from ula_portal.core.permissions import AnyUser


class OpenDraft(TypedDict):
    open_id: int | None
    open_state: str | None


def _writable(user: AnyUser, path: str = "sop__unit_id") -> Q:
    """Condition: the unit at ``path`` is one that a user may write for."""
    return Q() if writes_everywhere(user) else Q(**{f"{path}__in": unit_ids_written_by(user)})


def units_to_draft_for(user: AnyUser) -> list[Unit]:
    """The units for which a user may write SOPs, by name."""
    return list(Unit.objects.filter(_writable(user, "pk")).order_by("name"))


def revisable_for(user: AnyUser) -> "QuerySet[WithAnnotations[SopVersion, OpenDraft]]":
    """Versions in force of the units a user may write for. ``open_id`` and ``open_state``: the SOP's open draft."""
    under_way = SopVersion.objects.filter(sop_id=OuterRef("sop_id"), state__in=OPEN)
    versions = SopVersion.objects.filter(in_force()).filter(_writable(user)).select_related("sop", "sop__unit")
    return versions.annotate(
        open_id=Subquery(under_way.values("pk")[:1]), open_state=Subquery(under_way.values("state")[:1])
    )


def written_for(user: AnyUser, version_id: int) -> SopVersion | None:
    """A version in any state if it belongs to a unit that a user may write for, or None."""
    return SopVersion.objects.filter(_writable(user), pk=version_id).select_related("sop", "sop__unit").first()


def sop_to_revise(sop_id: int) -> Sop | None:
    """An SOP by its id. The verb that starts the revision checks who may revise it."""
    return Sop.objects.filter(pk=sop_id).first()


def positions_to_choose() -> list[tuple[int, str]]:
    """The positions of the office as (id, name), by name."""
    return list(Position.objects.order_by("name").values_list("pk", "name"))


def acting_counts(version: SopVersion) -> dict[int, int]:
    """The number of steps in which each actor of a version acts, by the actor's id."""
    rows = StepActor.objects.filter(actor__version=version).values_list("actor_id").annotate(n=Count("pk"))
    return dict(rows)


def has_steps(version: SopVersion) -> bool:
    return version.steps.exists()
