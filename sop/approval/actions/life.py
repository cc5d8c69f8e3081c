"""Verbs that move a version from state to state: verify, return, approve, publish, withdraw.

``sop.states`` has the moves, ``sop.permissions`` who may make them. Each verb locks the SOP first, so that two of its
versions never move at the same time. All of them write the version's journal and raise NotAllowed, Outdated if the
version is not in a suitable state, and Refused with the obstacles. Nobody verifies or approves what they wrote.
"""

import datetime

from django.utils.translation import gettext as _

from sop.drafting.actions.content import hash_of
from sop.models import Sop, SopVersion
from sop.permissions import wrote
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role, User
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..notices import tell_returned
from ..queries.panel import head_tenure_of
from .decree import clean_number, refuse_before_earlier, refuse_days, written_date
from .moving import locked_for, moved
from .review import close_rounds, open_round

State = SopVersion.State


@verb
def verify_version(version: SopVersion, *, by: Actor) -> SopVersion:
    """Verify a draft.

    Allowed: section heads of its unit and of the units above, heads of office, and the secretary if all of these
    section heads wrote it; but nobody who wrote or edited it.
    Effects: journal; the remarks of an earlier return count as resolved.
    Raises: NotAllowed; Outdated; Refused while a finding is an error or a correction is open.
    """
    version = locked_for("verify", version, by=by)
    version.verified_by, version.verified_at = by.staff_member, clock.now()
    version.content_hash = hash_of(version)
    close_rounds(version)
    return moved(version, "verify", ["verified_by", "verified_at", "content_hash"], by=by)


@verb
def return_version(version: SopVersion, *, by: Actor, reason: str = "") -> SopVersion:
    """Return a verified version or a proposed draft to its drafter.

    ``reason``: shown to the drafter until they propose the version again.
    Allowed: section heads of its unit and of the units above, heads of office, and the secretary if all of these
    section heads wrote it.
    Effects: the drafter is notified; journal.
    Raises: NotAllowed; Outdated; Refused with the field ``reason`` if that is longer than 2000 characters.
    """
    user = by.staff_member
    version = locked_for("return", version, by=by)
    open_round(version, by=by, reason=reason)
    drafter = version.proposed_by or version.edited_by or version.author
    version.verified_by = version.verified_at = version.proposed_by = version.proposed_at = None
    if drafter and drafter != user:
        tell_returned(version, drafter)
    return moved(version, "return", ["verified_by", "verified_at", "proposed_by", "proposed_at"], by=by)


@verb
def approve_version(
    version: SopVersion,
    *,
    by: Actor,
    decree: str,
    effective_from: datetime.date,
    decree_date: datetime.date | None = None,
) -> SopVersion:
    """Approve a verified version.

    ``decree`` and ``decree_date``: number and date (default today) of the decree. ``effective_from``: first day in
    force, provided that the version is published.
    Allowed: heads of office who neither wrote nor edited it.
    Effects: content and dates are frozen; journal.
    Raises: NotAllowed; Outdated; Refused while a finding is an error, an actor is unconfirmed or a correction is
    open, or if the user who verified it took part in writing it; Refused with ``field`` if it would be in force before
    today, before its decree or before the version that is published.
    """
    user = by.staff_member
    version = locked_for("approve", version, by=by)
    decree, decree_date = clean_number(decree), decree_date or clock.today()
    refuse_days(version, decree_date, effective_from)
    if effective_from < clock.today():
        sentence = _("Tanggal efektif tidak boleh sebelum hari pengesahan, %(day)s.")
        raise Refused(sentence % {"day": written_date(clock.today())}, field="effective_from")
    if version.verified_by and wrote(version.verified_by, version):
        raise Refused(_("Yang memverifikasi ikut menyunting SOP ini. Kembalikan agar orang lain memverifikasinya."))
    version.decree, version.decree_date, version.effective_from = decree, decree_date, effective_from
    # An approved version is not in force until it is published. An empty period overlaps with no other version.
    version.effective_to = effective_from
    version.approved_by, version.approved_at = user, clock.now()
    version.approved_as = _signature(user)
    version.created_on = version.created_on or clock.today()
    fields = ["decree", "decree_date", "effective_from", "effective_to", "approved_by", "approved_at", "approved_as"]
    return moved(version, "approve", [*fields, "created_on"], by=by)


@verb
def publish_version(version: SopVersion, *, by: Actor) -> SopVersion:
    """Publish an approved version, which is in force from its ``effective_from`` on.

    Allowed: administrators.
    Effects: the version before it ends on the day this one begins; the SOP takes over this version's name; journal of
    both versions.
    Raises: NotAllowed; Outdated; Refused if a version that takes effect later was published since.
    """
    version = locked_for("publish", version, by=by)
    begins = _first_day(version)
    refuse_before_earlier(version, begins)
    for earlier in _published(version, begins):
        earlier.effective_to = begins
        earlier.save(update_fields=["effective_to"])
        record("sop_superseded", "sop_version", earlier.pk, by, by=version.pk)
    version.effective_to = None
    version.published_by, version.published_at = by.staff_member, clock.now()
    Sop.objects.filter(pk=version.sop_id).update(name=version.title)
    return moved(version, "publish", ["effective_to", "published_by", "published_at"], by=by)


@verb
def withdraw_version(version: SopVersion, *, by: Actor) -> SopVersion:
    """Withdraw an approved or published version, which is no longer in force from today on.

    Allowed: heads of office and administrators.
    Effects: services that use the SOP are no longer published; journal.
    Raises: NotAllowed; Outdated.
    """
    version = locked_for("withdraw", version, by=by)
    last = max(_first_day(version), clock.today())
    version.effective_to = min(version.effective_to or last, last)
    version.withdrawn_at = clock.now()
    return moved(version, "withdraw", ["effective_to", "withdrawn_at"], by=by)


def _first_day(version: SopVersion) -> datetime.date:
    assert version.effective_from is not None, "an approved version has a first day in force"
    return version.effective_from


def _published(version: SopVersion, begins: datetime.date) -> list[SopVersion]:
    """Published versions of the same SOP that would still be in force on the day ``begins``; locked."""
    others = SopVersion.objects.select_for_update().filter(sop_id=version.sop_id, state=State.PUBLISHED)
    return [v for v in others.exclude(pk=version.pk) if v.effective_to is None or v.effective_to > begins]


def _signature(user: User) -> dict[str, str]:
    """The approver as printed in the identity block; a snapshot, because positions and ranks change."""
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
