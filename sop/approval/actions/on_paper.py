"""Verbs for SOPs that were established on paper before the portal: they are recorded with their decree."""

import datetime
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sop.models import SopVersion
from sop.states import OPEN
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.files import uploads
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.deciding import started_on
from .decree import clean_number, refuse_days, written_date
from .life import publish_version
from .moving import locked, locked_for, moved

LENGTHS = {"position": 200, "name": 150, "rank": 80, "nip": 18}


@dataclass(frozen=True)
class PaperDecree:
    """A decree on paper with its ``scan`` (an upload). ``position`` to ``nip``: who signed it, as printed there."""

    decree: str
    decree_date: datetime.date
    effective_from: datetime.date
    position: str
    name: str
    scan: "UploadedFile[bytes] | None"
    rank: str = ""
    nip: str = ""


@verb
def record_paper_version(version: SopVersion, *, by: Actor, paper: PaperDecree, key: str = "") -> SopVersion:
    """Record that a draft was established on paper. It is then approved, without an approval in the portal.

    The same ``key`` again does nothing.
    Allowed: administrators and heads of office, even if they wrote the draft.
    Effects: content and dates are frozen; the identity block shows who signed the decree; journal.
    Raises: NotAllowed; Outdated; UploadRefused; Refused while a finding is an error, an actor is unconfirmed or a
    correction is open; Refused with ``field`` for invalid values or days, and for a decree younger than the draft.
    """
    version = locked(version)
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return version
    version = locked_for("record", version, by=by)
    fields = _take_decree(version, paper, by)
    if paper.scan is None:
        raise Refused(_("Pilih pindaian keputusannya."), field="scan")
    version.decree_scan = uploads.store_upload(paper.scan)
    moved(version, "record", [*fields, "decree_scan"], by=by, sha256=version.decree_scan.sha256)
    claimed.record("sop_version", version.pk)
    return version


@verb
def declare_in_force(version: SopVersion, *, by: Actor, paper: PaperDecree, key: str = "") -> SopVersion:
    """Declare by its decree that a draft is in force already, when the office begins with the portal.

    It is recorded and published at once; a scan is not needed. The same ``key`` again does nothing.
    Allowed: administrators, even if they wrote the draft; once for each SOP, so that all later versions are decided by
    two people.
    Effects: as ``record_paper_version`` and ``publish_version``; the journal names it as an opening entry.
    Raises: as ``record_paper_version``; Refused if a version of the SOP was approved before, or the decree is not in
    force yet.
    """
    version = locked(version)
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return version
    if not has_role(by.staff_member, Role.ADMINISTRATOR):
        raise NotAllowed(_("Saldo awal SOP dicatat oleh administrator."))
    version = locked_for("record", version, by=by)
    if version.sop.versions.exclude(pk=version.pk).exclude(state__in=OPEN).exists():
        raise Refused(_("SOP ini sudah pernah disahkan di portal. Sahkan versi ini dengan cara biasa."))
    fields = _take_decree(version, paper, by)
    if paper.effective_from > clock.today():
        raise Refused(_("Saldo awal hanya untuk SOP yang sudah berlaku hari ini."), field="effective_from")
    version.is_opening = True
    moved(version, "record", [*fields, "is_opening"], by=by)
    record("sop_declared_in_force", "sop_version", version.pk, by)
    claimed.record("sop_version", version.pk)
    return publish_version(version, by=by)


def _take_decree(version: SopVersion, paper: PaperDecree, by: Actor) -> list[str]:
    """Write the decree into the version, without saving; returns the names of the columns.

    Raises: Refused with ``field`` for invalid values or days, and for a decree younger than the draft.
    """
    decree, signed = clean_number(paper.decree), _signed(paper)
    refuse_days(version, paper.decree_date, paper.effective_from)
    begun = started_on(version)
    if begun and paper.decree_date > begun:
        sentence = _("Keputusan ini lebih baru daripada drafnya, %(day)s. Kepala dinas mengesahkannya di portal.")
        raise Refused(sentence % {"day": written_date(begun)}, field="decree_date")
    version.on_paper = True
    version.decree, version.decree_date = decree, paper.decree_date
    version.effective_from = version.effective_to = paper.effective_from
    version.approved_as = signed
    version.recorded_by, version.recorded_at = by.staff_member, clock.now()
    version.created_on = version.created_on or paper.decree_date
    version.proposed_by = version.proposed_at = None
    fields = ["on_paper", "decree", "decree_date", "effective_from", "effective_to", "approved_as"]
    return [*fields, "recorded_by", "recorded_at", "created_on", "proposed_by", "proposed_at"]


def _signed(paper: PaperDecree) -> dict[str, str]:
    """Who signed, as printed in the identity block. Raises Refused for values that are missing or invalid."""
    signed = {name: " ".join((getattr(paper, name) or "").split()) for name in LENGTHS}
    signed["nip"] = signed["nip"].replace(" ", "")
    if not signed["position"]:
        raise Refused(_("Isi jabatan yang menandatangani."), field="position")
    if not signed["name"]:
        raise Refused(_("Isi nama yang menandatangani."), field="name")
    for name, limit in LENGTHS.items():
        if len(signed[name]) > limit:
            raise Refused(_("Isian ini paling panjang %(limit)s huruf.") % {"limit": limit}, field=name)
    if signed["nip"] and not (signed["nip"].isascii() and signed["nip"].isdigit()):
        raise Refused(_("NIP hanya berisi angka."), field="nip")
    return signed | {"mandate": ""}
