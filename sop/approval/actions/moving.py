"""Parts that the verbs on a version share: locking it, checking for obstacles, writing its new state."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sop.models import Sop, SopVersion
from sop.permissions import refusal
from sop.states import VERSION, applies
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import part

from ..queries.obstacles import obstacles_to

JOURNAL = {"return": "sop_returned", "record": "sop_recorded"}


@part
def locked_for(verb: str, version: SopVersion, *, by: Actor) -> SopVersion:
    """Lock a version for a verb and return it as it is now.

    Raises: NotAllowed; Outdated if the verb is not possible in the version's state; Refused with the obstacles.
    """
    version = locked(version)
    reason = refusal(verb, by.staff_member, version)
    if reason:
        raise NotAllowed(reason)
    if not applies(verb, version.state, version.proposed_at is not None):
        sentence = _("Versi ini sekarang berkeadaan “%(state)s”, sehingga tindakan “%(verb)s” tidak berlaku lagi.")
        raise Outdated(sentence % {"state": version.get_state_display(), "verb": VERSION[verb].label})
    refuse_obstacles(version, verb)
    return version


@part
def locked(version: SopVersion) -> SopVersion:
    """Lock a version and return it as it is now. Its SOP is locked first, so two of its versions never move at once."""
    sop = Sop.objects.select_for_update().get(pk=version.sop_id)
    version = SopVersion.objects.select_for_update().get(pk=version.pk)
    version.sop = sop
    return version


def refuse_obstacles(version: SopVersion, verb: str) -> None:
    """Raise Refused with every obstacle to the verb."""
    found = obstacles_to(version, verb)
    if found:
        raise Refused(_("Belum dapat dilanjutkan. ") + " ".join(finding.message for finding in found))


@part
def moved(version: SopVersion, verb: str, fields: Iterable[str], *, by: Actor, **data: object) -> SopVersion:
    """Save these fields of a version and the state that the verb leads to; write the journal with ``data``."""
    if VERSION.applies(verb, version.state):
        VERSION.make(version, verb)
    version.save(update_fields=["state", *fields])
    record(JOURNAL.get(verb, f"sop_{version.state}"), "sop_version", version.pk, by, **data)
    return version
