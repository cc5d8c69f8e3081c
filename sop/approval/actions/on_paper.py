"""The verb for SOPs that were established on paper before the portal: they are recorded with their decree."""

import datetime
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.files import uploads
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.deciding import started_on
from .decree import clean_number, refuse_days, written_date
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
    decree, signed = clean_number(paper.decree), _signed(paper)
    refuse_days(version, paper.decree_date, paper.effective_from)
    begun = started_on(version)
    if begun and paper.decree_date > begun:
        sentence = _("Keputusan ini lebih baru daripada drafnya, %(day)s. Kepala dinas mengesahkannya di portal.")
        raise Refused(sentence % {"day": written_date(begun)}, field="decree_date")
    if paper.scan is None:
        raise Refused(_("Pilih pindaian keputusannya."), field="scan")
    version.decree_scan = uploads.store_upload(paper.scan)
    version.on_paper = True
    version.decree, version.decree_date = decree, paper.decree_date
    version.effective_from = version.effective_to = paper.effective_from
    version.approved_as = signed
    version.recorded_by, version.recorded_at = by.staff_member, clock.now()
    version.created_on = version.created_on or paper.decree_date
    version.proposed_by = version.proposed_at = None
    fields = ["decree_scan", "on_paper", "decree", "decree_date", "effective_from", "effective_to", "approved_as"]
    fields += ["recorded_by", "recorded_at", "created_on", "proposed_by", "proposed_at"]
    moved(version, "record", fields, by=by, sha256=version.decree_scan.sha256)
    claimed.record("sop_version", version.pk)
    return version


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
