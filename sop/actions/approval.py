"""The life of a version: verify, return, approve, publish, withdraw. States: ``sop.states``; who: ``sop.permissions``.

Each verb is one transaction, locks the SOP first (two versions of it never move at once), raises NotAllowed for the
wrong person, Outdated when the version is no longer in the state it applies to, Refused for what bars it; then
nothing is changed. Each writes the version's journal.
"""

import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.actions.journal import record
from ula_portal.core.actors import staff
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.models import Role, Tenure

from ..models import Sop, SopVersion
from ..notices import tell_returned
from ..permissions import refusal
from ..queries import head_tenure_of, obstacles
from ..states import MOVES, applies
from .content import hash_of
from .review import close_rounds, open_round

State = SopVersion.State


@transaction.atomic
def verify_version(version_id, user) -> SopVersion:
    """A draft without errors becomes verified; by a section head of its unit or above."""
    version = _taken(version_id, "verify", user)
    version.verified_by, version.verified_at = user, clock.now()
    version.content_hash = hash_of(version)
    close_rounds(version)
    return _moved(version, "verify", user, ["verified_by", "verified_at", "content_hash"])


@transaction.atomic
def return_version(version_id, user, reason: str = "") -> SopVersion:
    """A verified or a proposed version is its drafter's again, who is told why; by whoever may verify it.

    ``reason``: at most 2000 letters, else Refused with that field; shown to the drafter until proposed again.
    """
    version = _taken(version_id, "return", user)
    open_round(version, user, reason)
    drafter = version.proposed_by or version.edited_by or version.author
    version.verified_by = version.verified_at = version.proposed_by = version.proposed_at = None
    if drafter and drafter != user:
        tell_returned(version, drafter)
    return _moved(version, "return", user, ["verified_by", "verified_at", "proposed_by", "proposed_at"])


@transaction.atomic
def approve_version(version_id, user, decree: str, effective_from: datetime.date) -> SopVersion:
    """The head of office approves a verified version, not being its author; its content is frozen from here.

    ``decree``: number of the decree; ``effective_from``: first day in force, once published. Refused while findings
    are errors or an actor is unconfirmed, and when a published version takes effect later than ``effective_from``.
    """
    version = _taken(version_id, "approve", user)
    decree = " ".join((decree or "").split())
    if not decree:
        raise Refused(_("Isi nomor keputusan pengesahan."), field="decree")
    if len(decree) > 120:
        raise Refused(_("Nomor keputusan paling panjang 120 huruf."), field="decree")
    if not isinstance(effective_from, datetime.date):
        raise Refused(_("Isi tanggal efektif."), field="effective_from")
    _refuse_before_earlier(version, effective_from)
    version.decree, version.effective_from = decree, effective_from
    # An empty span until it is published: approved alone it is not in force and overlaps with nothing.
    version.effective_to = effective_from
    version.approved_by, version.approved_at = user, clock.now()
    version.approved_as = _signature(user)
    version.created_on = version.created_on or clock.today()
    fields = ["decree", "effective_from", "effective_to", "approved_by", "approved_at", "approved_as", "created_on"]
    return _moved(version, "approve", user, fields)


@transaction.atomic
def publish_version(version_id, user) -> SopVersion:
    """An administrator publishes an approved version; in the same step the version before ends where it begins."""
    version = _taken(version_id, "publish", user)
    _refuse_before_earlier(version, version.effective_from)
    for earlier in _published(version):
        earlier.effective_to = version.effective_from
        earlier.save(update_fields=["effective_to"])
        record("sop_superseded", "sop_version", earlier.pk, staff(user), by=version.pk)
    version.effective_to = None
    version.published_by, version.published_at = user, clock.now()
    Sop.objects.filter(pk=version.sop_id).update(name=version.title)
    return _moved(version, "publish", user, ["effective_to", "published_by", "published_at"])


@transaction.atomic
def withdraw_version(version_id, user) -> SopVersion:
    """The head of office or an administrator takes a version out of force today; services on it become unpublished."""
    version = _taken(version_id, "withdraw", user)
    last = max(version.effective_from, clock.today())
    version.effective_to = min(version.effective_to or last, last)
    version.withdrawn_at = clock.now()
    return _moved(version, "withdraw", user, ["effective_to", "withdrawn_at"])


def _taken(version_id, verb, user):
    """The version, locked, when the verb applies to it and the person may."""
    sop_id = SopVersion.objects.values_list("sop_id", flat=True).get(pk=version_id)
    sop = Sop.objects.select_for_update().get(pk=sop_id)
    version = SopVersion.objects.select_for_update().get(pk=version_id)
    version.sop = sop
    reason = refusal(verb, user, version)
    if reason:
        raise NotAllowed(reason)
    if not applies(verb, version.state, version.proposed_at is not None):
        sentence = _("Versi ini sekarang berkeadaan “%(state)s”, sehingga tindakan “%(verb)s” tidak berlaku lagi.")
        raise Outdated(sentence % {"state": version.get_state_display(), "verb": MOVES[verb].label})
    refuse_obstacles(version, verb)
    return version


def refuse_obstacles(version, verb: str) -> None:
    """Raise Refused with every finding that bars the verb."""
    barring = obstacles(version, verb)
    if barring:
        raise Refused(_("Belum dapat dilanjutkan. ") + " ".join(finding.message for finding in barring))


def _moved(version, verb, user, fields):
    version.state = MOVES[verb].after
    version.save(update_fields=["state", *fields])
    record(f"sop_{version.state}" if verb != "return" else "sop_returned", "sop_version", version.pk, staff(user))
    return version


def _published(version):
    """Published versions of the same SOP whose time is not over when this one begins."""
    others = SopVersion.objects.select_for_update().filter(sop_id=version.sop_id, state=State.PUBLISHED)
    return [
        v for v in others.exclude(pk=version.pk) if v.effective_to is None or v.effective_to > version.effective_from
    ]


def _refuse_before_earlier(version, effective_from):
    starts = SopVersion.objects.filter(sop_id=version.sop_id, state=State.PUBLISHED).exclude(pk=version.pk)
    latest = max((v.effective_from for v in starts), default=None)
    if latest and effective_from < latest:
        sentence = _("Tanggal efektif tidak boleh sebelum %(day)s, hari mulai berlakunya versi sebelumnya.")
        raise Refused(sentence % {"day": date_format(latest, "j F Y")}, field="effective_from")


def _signature(user):
    """How the identity block prints the approver; a snapshot, since positions and ranks change."""
    tenure = head_tenure_of(user)
    position = tenure.position.name if tenure else str(Role.HEAD.label)
    if tenure and tenure.kind != Tenure.Kind.DEFINITIVE:
        position = f"{tenure.get_kind_display().rsplit('(', 1)[-1].rstrip(')')} {position}"
    return {
        "position": position,
        "name": user.titled_name,
        "rank": user.rank,
        "nip": user.nip,
        "mandate": tenure.mandate if tenure else "",
    }
