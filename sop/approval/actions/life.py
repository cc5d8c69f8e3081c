"""The life of a version: verify, return, approve, publish, withdraw. States: ``sop.states``; who: ``sop.permissions``.

Each verb is one transaction, locks the SOP first (two versions of it never move at once), raises NotAllowed for the
wrong person, Outdated when the version is no longer in the state it applies to, Refused for what bars it; then
nothing is changed. Each writes the version's journal. Nobody verifies or approves what they wrote or edited.
"""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sop.drafting.actions.content import hash_of
from sop.models import Sop, SopVersion
from sop.permissions import wrote
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role, User
from ula_portal.core.verbs.errors import Refused

from ..notices import tell_returned
from ..queries.panel import head_tenure_of
from .decree import clean_number, in_words, refuse_before_earlier, refuse_days
from .moving import moved, taken
from .review import close_rounds, open_round

State = SopVersion.State


@transaction.atomic
def verify_version(version_id: int, user: User) -> SopVersion:
    """A draft without errors becomes verified.

    Allowed: a section head of its unit or above, the head of office; the secretary where no section head is left who
    did not write it. Nobody who wrote or edited it.
    """
    version = taken(version_id, "verify", user)
    version.verified_by, version.verified_at = user, clock.now()
    version.content_hash = hash_of(version)
    close_rounds(version)
    return moved(version, "verify", user, ["verified_by", "verified_at", "content_hash"])


@transaction.atomic
def return_version(version_id: int, user: User, reason: str = "") -> SopVersion:
    """A verified or a proposed version is its drafter's again, who is told why; by whoever may verify it.

    ``reason``: at most 2000 letters, else Refused with that field; shown to the drafter until proposed again.
    """
    version = taken(version_id, "return", user)
    open_round(version, user, reason)
    drafter = version.proposed_by or version.edited_by or version.author
    version.verified_by = version.verified_at = version.proposed_by = version.proposed_at = None
    if drafter and drafter != user:
        tell_returned(version, drafter)
    return moved(version, "return", user, ["verified_by", "verified_at", "proposed_by", "proposed_at"])


@transaction.atomic
def approve_version(
    version_id: int, user: User, decree: str, effective_from: datetime.date, decree_date: datetime.date | None = None
) -> SopVersion:
    """The head of office approves a verified version; its content and its days are frozen from here.

    ``decree``, ``decree_date``: number and date of the decree (default: today); ``effective_from``: first day in force,
    once published.
    Allowed: the head of office, who neither wrote nor edited it.
    Raises: Refused while findings are errors, an actor is unconfirmed, a correction waits, or whoever verified it had
    a hand in it; with ``field`` when it would take effect before today, before the decree or before the version
    that is published.
    """
    version = taken(version_id, "approve", user)
    decree, decree_date = clean_number(decree), decree_date or clock.today()
    refuse_days(version, decree_date, effective_from)
    if effective_from < clock.today():
        sentence = _("Tanggal efektif tidak boleh sebelum hari pengesahan, %(day)s.")
        raise Refused(sentence % {"day": in_words(clock.today())}, field="effective_from")
    if version.verified_by and wrote(version.verified_by, version):
        raise Refused(_("Yang memverifikasi ikut menyunting SOP ini. Kembalikan agar orang lain memverifikasinya."))
    version.decree, version.decree_date, version.effective_from = decree, decree_date, effective_from
    # An empty span until it is published: approved alone it is not in force and overlaps with nothing.
    version.effective_to = effective_from
    version.approved_by, version.approved_at = user, clock.now()
    version.approved_as = _signature(user)
    version.created_on = version.created_on or clock.today()
    fields = ["decree", "decree_date", "effective_from", "effective_to", "approved_by", "approved_at", "approved_as"]
    return moved(version, "approve", user, [*fields, "created_on"])


@transaction.atomic
def publish_version(version_id: int, user: User) -> SopVersion:
    """An administrator publishes an approved version; in the same step the version before ends where it begins.

    Raises: Refused when a version that takes effect later was published meanwhile.
    """
    version = taken(version_id, "publish", user)
    begins = _first_day(version)
    refuse_before_earlier(version, begins)
    for earlier in _published(version, begins):
        earlier.effective_to = begins
        earlier.save(update_fields=["effective_to"])
        record("sop_superseded", "sop_version", earlier.pk, staff(user), by=version.pk)
    version.effective_to = None
    version.published_by, version.published_at = user, clock.now()
    Sop.objects.filter(pk=version.sop_id).update(name=version.title)
    return moved(version, "publish", user, ["effective_to", "published_by", "published_at"])


@transaction.atomic
def withdraw_version(version_id: int, user: User) -> SopVersion:
    """The head of office or an administrator takes a version out of force today; services on it become unpublished."""
    version = taken(version_id, "withdraw", user)
    last = max(_first_day(version), clock.today())
    version.effective_to = min(version.effective_to or last, last)
    version.withdrawn_at = clock.now()
    return moved(version, "withdraw", user, ["effective_to", "withdrawn_at"])


def _first_day(version: SopVersion) -> datetime.date:
    assert version.effective_from is not None, "nothing is approved without its first day in force"
    return version.effective_from


def _published(version: SopVersion, begins: datetime.date) -> list[SopVersion]:
    """Published versions of the same SOP whose time is not over when this one begins."""
    others = SopVersion.objects.select_for_update().filter(sop_id=version.sop_id, state=State.PUBLISHED)
    return [v for v in others.exclude(pk=version.pk) if v.effective_to is None or v.effective_to > begins]


def _signature(user: User) -> dict[str, str]:
    """How the identity block prints the approver; a snapshot, since positions and ranks change."""
    tenure = head_tenure_of(user)
    position = tenure.position.name if tenure else str(Role.HEAD.label)
    if tenure:
        position = f"{tenure.prefix}{position}"
    return {
        "position": position,
        "name": user.titled_name,
        "rank": user.rank,
        "nip": user.nip,
        "mandate": tenure.mandate if tenure else "",
    }
