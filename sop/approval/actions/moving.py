"""What the verbs of a version's life share: the version locked for its verb, what bars it, its new state."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sop.models import Sop, SopVersion
from sop.permissions import refusal
from sop.states import VERSION, applies
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..queries.obstacles import obstacles

JOURNAL = {"return": "sop_returned", "record": "sop_recorded"}


def taken(version_id: int, verb: str, user: User) -> SopVersion:
    """The version, locked, when the verb applies to it and the person may."""
    version = locked(version_id)
    reason = refusal(verb, user, version)
    if reason:
        raise NotAllowed(reason)
    if not applies(verb, version.state, version.proposed_at is not None):
        sentence = _("Versi ini sekarang berkeadaan “%(state)s”, sehingga tindakan “%(verb)s” tidak berlaku lagi.")
        raise Outdated(sentence % {"state": version.get_state_display(), "verb": VERSION[verb].label})
    refuse_obstacles(version, verb)
    return version


def locked(version_id: int) -> SopVersion:
    """The version with its SOP, both locked, the SOP first: two versions of it never move at once."""
    sop_id = SopVersion.objects.values_list("sop_id", flat=True).get(pk=version_id)
    sop = Sop.objects.select_for_update().get(pk=sop_id)
    version = SopVersion.objects.select_for_update().get(pk=version_id)
    version.sop = sop
    return version


def refuse_obstacles(version: SopVersion, verb: str) -> None:
    """Raise Refused with every finding that bars the verb."""
    barring = obstacles(version, verb)
    if barring:
        raise Refused(_("Belum dapat dilanjutkan. ") + " ".join(finding.message for finding in barring))


def moved(version: SopVersion, verb: str, user: User, fields: Iterable[str], **data: object) -> SopVersion:
    """Write the state that the verb leads to with these fields, and the journal with ``data``."""
    if VERSION.applies(verb, version.state):
        VERSION.make(version, verb)
    version.save(update_fields=["state", *fields])
    record(JOURNAL.get(verb, f"sop_{version.state}"), "sop_version", version.pk, staff(user), **data)
    return version
