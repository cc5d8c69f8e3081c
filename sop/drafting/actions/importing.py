"""The verb that imports an SOP file as a draft."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sop.exchange import json as exchange
from sop.exchange.json import Content
from sop.models import Sop, SopVersion
from sop.permissions import may_import
from sop.rules.finding import WARNING, Finding
from sop.rules.queries.flows import findings_of
from sop.states import VERSION
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated
from ula_portal.core.verbs.transactions import verb

from ..queries.intake import sop_of_content, unit_of_content
from .content import content_hash, fill_identity, known_actors, propose_ends, read_times, write_flow
from .copies import keep_copy
from .editors import note_editor
from .naming import free_slug, lock_naming, next_free_number

State = SopVersion.State


@dataclass(frozen=True)
class ImportResult:
    """The imported version. ``state``: created, replaced (an open draft), new draft (a further version), unchanged."""

    sop: Sop
    version: SopVersion
    state: str
    findings: list[Finding]


@verb
def import_sop(
    data: Content, *, by: Actor, unit_code: str | None = None, seen_revision: int | None = None
) -> ImportResult:
    """Import the content of an SOP file as a draft.

    The SOP is identified by its number, or else by unit and name as written in the file. The same content again
    changes nothing. An open draft is replaced and loses its verification; after an approved version, a new draft is
    created. ``unit_code``: used if the file's own unit is unknown. ``seen_revision``: revision of the draft that the
    user has agreed to replace.
    Allowed: the system, administrators, and users who may write for the unit of the file and of the SOP.
    Effects: the user becomes the author; a draft that was edited by hand is kept as a copy, and its editors remain
    recorded; journal.
    Raises: ImportRefused with every problem; NotAllowed; Outdated if the draft has another revision by now.
    """
    user = by.user
    content = exchange.clean(data)
    found = _file_notes(data) + _unknown_keys(data) + _read_times(content)
    propose_ends(content)
    lock_naming()
    unit = _unit(content, unit_code)
    sop = _existing(content)
    _refuse_other_units(user, unit, sop)
    newest = sop.versions.select_for_update().order_by("-ordinal").first() if sop else None
    digest = content_hash(content)
    draft = newest if newest and newest.state in (State.DRAFT, State.VERIFIED) else None
    if draft and seen_revision not in (None, draft.revision):
        raise Outdated(
            _("Draf ini baru saja diubah lagi di editor. Periksa siapa yang mengubahnya, lalu putuskan lagi.")
        )
    moved = draft and sop and draft.ordinal == 1 and sop.unit_id != unit.pk
    if sop and newest and newest.content_hash == digest and newest.state != State.WITHDRAWN and not moved:
        return ImportResult(sop, newest, "unchanged", found + findings_of(newest))
    if sop is None:
        sop = _new_sop(content, unit)
    elif newest is None or (draft and draft.ordinal == 1):
        Sop.objects.filter(pk=sop.pk).update(name=content["name"], unit=unit)
        sop.refresh_from_db()
    confirmed = known_actors(newest, confirmed_only=True)
    version = draft or SopVersion(sop=sop, ordinal=newest.ordinal + 1 if newest else 1)
    state = "replaced" if draft else "new draft" if newest else "created"
    if version.revision:
        keep_copy(version, "import", by=by)
    _reset(version, digest, user)
    fill_identity(version, content)
    version.save()
    if user:
        note_editor(version, by=by)
    write_flow(version, content, confirmed)
    record(f"sop_{state.replace(' ', '_')}", "sop_version", version.pk, by, sop=sop.pk, content=digest)
    return ImportResult(sop, version, state, found + findings_of(version))


def _refuse_other_units(user: User | None, unit: Unit, sop: Sop | None) -> None:
    """Raise NotAllowed if a user may not import for the unit of the file or for the present unit of the SOP."""
    if user is None or all(may_import(user, pk) for pk in {unit.pk, sop.unit_id if sop else unit.pk}):
        return
    raise NotAllowed(
        _("SOP unit ini hanya dapat dimasukkan oleh administrator, kepala bidang/bagian, atau penyusun SOP unit itu.")
    )


def _file_notes(data: Content) -> list[Finding]:
    """Findings on what the file's reader ignored or guessed."""
    return [Finding(WARNING, None, "file_note", note) for note in getattr(data, "notes", ())]


def _unknown_keys(data: Content) -> list[Finding]:
    found = []
    for no, key in exchange.unknown_keys(data):
        where = _("Langkah %(no)s: ") % {"no": no} if no else ""
        message = where + _("isian “%(key)s” tidak dikenal dan diabaikan.") % {"key": key[:60]}
        found.append(Finding(WARNING, no, "unknown_key", message))
    return found


def _read_times(content: Content) -> list[Finding]:
    message = _("Langkah %(no)s: waktu dibaca dari teks “%(text)s”. Periksa apakah benar.")
    return [
        Finding(WARNING, step["no"], "time_from_text", message % {"no": step["no"], "text": step["time_text"]})
        for step in read_times(content)
    ]


def _unit(content: Content, unit_code: str | None) -> Unit:
    """The unit of the SOP: the one in the file, by code or name, else that of ``unit_code``, else the whole office."""
    fallback = None
    if unit_code:
        fallback = Unit.objects.filter(code__iexact=unit_code).first()
        if fallback is None:
            raise exchange.ImportRefused([_("Unit dengan kode “%(code)s” tidak ada.") % {"code": unit_code}])
    unit = unit_of_content(content) or fallback or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise exchange.ImportRefused(
            [_("Belum ada unit kerja. Siapkan kantor dan unitnya lebih dahulu, lalu masukkan SOP lagi.")]
        )
    return unit


def _existing(content: Content) -> Sop | None:
    """The SOP that a content belongs to, or None. It is locked before its versions, as in every verb."""
    return sop_of_content(content).select_for_update(of=("self",)).first()


def _new_sop(content: Content, unit: Unit) -> Sop:
    return Sop.objects.create(
        number=content["number"] or next_free_number(unit),
        name=content["name"],
        slug=free_slug(content["name"]),
        unit=unit,
        number_is_generated=not content["number"],
        source_unit=content["unit"],
    )


def _reset(version: SopVersion, digest: str, user: User | None) -> None:
    """Make a version a draft with the content of a file, which nobody has edited, proposed or verified."""
    VERSION.make(version, "replace")
    version.revised_on = clock.today() if version.ordinal > 1 else None
    version.content_hash, version.revision = digest, 0
    version.author = user
    version.edited_by = version.edited_at = version.proposed_by = version.proposed_at = None
    version.verified_by = version.verified_at = None
