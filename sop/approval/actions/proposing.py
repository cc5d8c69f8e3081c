"""The verb that requests the verification of a draft."""

from sop.drafting.actions.draft import open_draft
from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.transactions import verb

from ..notices import tell_proposed
from ..queries.deciding import verifiers_of
from .moving import refuse_obstacles
from .review import close_rounds


@verb
def propose_version(version: SopVersion, *, by: Actor) -> SopVersion:
    """Request the verification of a draft. Calling it again does nothing until the content changes.

    Allowed: users who may write for the SOP's unit.
    Effects: the verifiers are notified; journal.
    Raises: NotAllowed; Outdated; Refused while a finding is an error or a correction is open.
    """
    user = by.staff_member
    version = open_draft(version, by=by)
    if version.proposed_at:
        return version
    refuse_obstacles(version, "verify")
    version.proposed_by, version.proposed_at = user, clock.now()
    version.save(update_fields=["proposed_by", "proposed_at"])
    close_rounds(version)
    for person in verifiers_of(version, but=user):
        tell_proposed(version, person)
    record("sop_proposed", "sop_version", version.pk, by)
    return version
