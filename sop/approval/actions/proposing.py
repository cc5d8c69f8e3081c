"""Ask for the verification of a draft."""

from django.db import transaction

from sop.drafting.actions.draft import open_draft
from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User

from ..notices import tell_proposed
from ..queries.deciding import verifiers_of
from .moving import refuse_obstacles
from .review import close_rounds


@transaction.atomic
def propose_version(version_id: int, user: User) -> SopVersion:
    """Whoever may edit a draft without errors asks for its verification; who may verify is told.

    Asking again for the same content does nothing; a change of the content takes the proposal back. Raises
    NotAllowed, Outdated, Refused with the errors.
    """
    version = open_draft(version_id, user)
    if version.proposed_at:
        return version
    refuse_obstacles(version, "verify")
    version.proposed_by, version.proposed_at = user, clock.now()
    version.save(update_fields=["proposed_by", "proposed_at"])
    close_rounds(version)
    for person in verifiers_of(version, but=user):
        tell_proposed(version, person)
    record("sop_proposed", "sop_version", version.pk, staff(user))
    return version
