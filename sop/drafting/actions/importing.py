"""Take an SOP file in as a draft version."""

from dataclasses import dataclass

from django.db import transaction
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
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import Unit, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated

from ..queries.intake import sop_of_content, unit_of_content
from .content import content_hash, fill, known_actors, propose_ends, read_times, write_flow
from .copies import keep_copy
from .editors import note_editor
from .naming import free_slug, next_free_number, one_at_a_time

State = SopVersion.State


@dataclass(frozen=True)
class ImportResult:
    """``state``: created, replaced (an open draft), new draft (after an approved version) or unchanged."""

    sop: Sop
    version: SopVersion
    state: str
    findings: list[Finding]


@transaction.atomic
def import_sop(
    data: Content,
    *,
    unit_code: str | None = None,
    actor: Actor = SYSTEM,
    user: User | None = None,
    seen_revision: int | None = None,
) -> ImportResult:
    """Take the content of an SOP file in as a draft.

    Identity is the number, else unit and name as the file gives them. The same content again changes nothing, an
    open draft is replaced (and is unverified again), after an approved version a new draft is made. A draft that was
    edited by hand is kept as a copy before; who edited it stays its editor. ``unit_code`` is used when the file's own
    unit is unknown. ``user`` becomes the author. ``seen_revision``: that of the draft which the person has agreed to
    replace. Raises ImportRefused naming every problem, NotAllowed when ``user`` may not, Outdated when somebody edited
    that draft meanwhile; then nothing is changed.
    """
    content = exchange.clean(data)
    found = _file_notes(data) + _unknown_keys(data) + _read_times(content)
    propose_ends(content)
    one_at_a_time()
    unit = _unit(content, unit_code)
    sop = _existing(content)
    _refuse_stranger(user, unit, sop)
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
        keep_copy(version, "import", user)
    _begin_again(version, digest, user)
    fill(version, content)
    version.save()
    if user:
        note_editor(version, user)
    write_flow(version, content, confirmed)
    record(f"sop_{state.replace(' ', '_')}", "sop_version", version.pk, actor, sop=sop.pk, content=digest)
    return ImportResult(sop, version, state, found + findings_of(version))


def _refuse_stranger(user: User | None, unit: Unit, sop: Sop | None) -> None:
    """Section heads and drafters take in SOPs of their own units only, neither new ones nor over those of others."""
    if user is None or all(may_import(user, pk) for pk in {unit.pk, sop.unit_id if sop else unit.pk}):
        return
    raise NotAllowed(
        _("SOP unit ini hanya dapat dimasukkan oleh administrator, kepala bidang/bagian, atau penyusun SOP unit itu.")
    )


def _file_notes(data: Content) -> list[Finding]:
    """What the reader of the file passed over or guessed."""
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
    """The unit of the SOP: the file's own by code or name, else ``unit_code``, else the office."""
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
    """The SOP that a content belongs to, locked as in every verb before its versions are."""
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


def _begin_again(version: SopVersion, digest: str, user: User | None) -> None:
    """A version whose content is a file's: a draft that nobody has edited, asked to verify or verified."""
    VERSION.make(version, "replace")
    version.revised_on = clock.today() if version.ordinal > 1 else None
    version.content_hash, version.revision = digest, 0
    version.author = user
    version.edited_by = version.edited_at = version.proposed_by = version.proposed_at = None
    version.verified_by = version.verified_at = None
