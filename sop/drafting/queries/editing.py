"""Reads for the editor: the drafts a user may write, and their parts."""

from django.db.models import F, QuerySet

from sop.exchange.json import BOXES
from sop.models import DraftCopy, RemovedStep, SopActor, SopVersion, Step
from sop.permissions import unit_ids_written_by, writes_everywhere
from sop.states import OPEN
from ula_portal.core.data.field_changes import Values
from ula_portal.core.permissions import AnyUser


def drafts_for(user: AnyUser) -> QuerySet[SopVersion]:
    """Draft and verified versions of the units that a user may write for, the most recently edited first."""
    versions = SopVersion.objects.filter(state__in=OPEN)
    if not writes_everywhere(user):
        versions = versions.filter(sop__unit_id__in=unit_ids_written_by(user))
    versions = versions.select_related("sop", "sop__unit", "edited_by", "author", "proposed_by", "verified_by")
    return versions.order_by(F("edited_at").desc(nulls_last=True), "-pk")


def draft_for(user: AnyUser, version_id: int) -> SopVersion | None:
    """One of the versions of ``drafts_for``, or None."""
    return drafts_for(user).filter(pk=version_id).first()


def steps_of(version: SopVersion) -> list[Step]:
    """The steps in order, with their ``step_actors`` and the actors prefetched."""
    return list(version.steps.order_by("no").prefetch_related("step_actors__actor"))


def removed_steps(version: SopVersion) -> list[RemovedStep]:
    """The removed steps of a draft, the most recently removed first."""
    return list(version.removed_steps.select_related("removed_by"))


def copies_of(version: SopVersion) -> list[DraftCopy]:
    """The copies of a draft, newest first. Their contents are deferred, because they are large."""
    return list(version.copies.select_related("made_by").defer("content"))


def step_values(step: Step) -> Values:
    """The values of a step as ``save_step`` expects them in ``fields`` and ``was``; serialisable as JSON."""
    links = sorted(step.step_actors.all(), key=lambda link: link.order)
    plain = ["activity", "shape", "inputs", "seconds", "time_text", "per_item", "output", "note"]
    plain += ["next_id", "if_yes_id", "if_no_id", "yes_label", "no_label", "end_kind", "issues_letter"]
    return {"actor_ids": [link.actor_id for link in links], **{name: getattr(step, name) for name in plain}}


def actor_values(actor: SopActor) -> Values:
    """The values of an actor as ``save_actor`` expects them; serialisable as JSON."""
    return {"name": actor.name, "kind": actor.kind, "position_id": actor.position_id}


def identity_values(version: SopVersion) -> Values:
    """The values of the identity block as ``save_identity`` expects them; serialisable as JSON.

    ``created_on``: ISO date or None.
    """
    return {
        "name": version.title,
        "number": version.sop.number,
        "unit_id": version.sop.unit_id,
        "created_on": version.created_on.isoformat() if version.created_on else None,
        **{box: getattr(version, box) for box in BOXES},
    }
