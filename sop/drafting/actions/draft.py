"""What all editing verbs share: the draft locked for its editor, the note of a change, fields compared with ``was``.

Lock order in all verbs: (where an SOP is made or named, the lock of ``naming``), the SOP, its version, the idempotency
key, the number, the journal's chain. So edits of one draft stand in a row and two people never wait crosswise.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sop.models import RemovedStep, Sop, SopActor, SopVersion, Step
from sop.permissions import may_write_for
from sop.states import EDITABLE, OPEN
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..queries.editing import Values
from .editors import note_editor
from .fields import Reader

Row = TypeVar("Row", SopActor, Step)


class EditedMeanwhile(Outdated):
    """Somebody else changed a field after the form was opened.

    ``fields``: name → value as it stands now; ``by``: the person who edited last (or None), ``at``: when.
    """

    def __init__(self, fields: Values, by: User | None, at: datetime.datetime | None) -> None:
        self.fields, self.by, self.at = fields, by, at
        sentence = _(
            "Isian ini sudah diubah oleh %(name)s pada %(at)s. Tulisan Anda belum disimpan dan tidak hilang: "
            "bandingkan keduanya, lalu simpan lagi yang benar."
        )
        shown = date_format(clock.local(at), "j F Y, H.i") if at else "–"
        super().__init__(sentence % {"name": by.full_name if by else _("orang lain"), "at": shown})


class StepGone(Outdated):
    """The step is no longer in the draft; ``removed``: the RemovedStep that can be put back, or None."""

    def __init__(self, removed: RemovedStep | None = None) -> None:
        self.removed = removed
        if removed:
            sentence = _("Langkah ini sudah dihapus oleh %(name)s. Pulihkan langkahnya bila masih diperlukan.")
            super().__init__(sentence % {"name": removed.removed_by.full_name})
        else:
            super().__init__(_("Langkah ini sudah tidak ada karena isi draf diganti. Muat ulang halaman."))


def open_draft(version_id: int, user: User) -> SopVersion:
    """The version, locked, when it is a draft that the person may edit; raises NotAllowed or Outdated."""
    sop_id = SopVersion.objects.filter(pk=version_id).values_list("sop_id", flat=True).first()
    if sop_id is None:
        raise Outdated(_("Draf SOP ini tidak ada lagi. Muat ulang daftar SOP."))
    sop = Sop.objects.select_for_update().get(pk=sop_id)
    version = SopVersion.objects.select_for_update().get(pk=version_id)
    version.sop = sop
    if not may_write_for(user, sop.unit_id):
        raise NotAllowed(_("SOP unit ini hanya dapat disunting oleh penyusun SOP, pimpinan unit, atau administrator."))
    if version.state not in EDITABLE:
        raise Outdated(_closed(version))
    return version


def _closed(version: SopVersion) -> str:
    state = version.get_state_display().lower()
    if version.state in OPEN:
        sentence = _("SOP ini sudah %(state)s. Kembalikan menjadi draf lebih dahulu bila isinya perlu diubah.")
    else:
        sentence = _("Versi ini sudah %(state)s dan isinya tetap. Buat revisi untuk mengubahnya.")
    return sentence % {"state": state}


def open_step(step_id: int, user: User) -> tuple[SopVersion, Step]:
    """A step and its draft, locked; raises StepGone when somebody removed it meanwhile."""
    version_id = Step.objects.filter(pk=step_id).values_list("version_id", flat=True).first()
    if version_id is None:
        removed = RemovedStep.objects.filter(step_id=step_id).select_related("removed_by").first()
        if removed:
            open_draft(removed.version_id, user)
        raise StepGone(removed)
    version = open_draft(version_id, user)
    step = version.steps.filter(pk=step_id).first()
    if step is None:
        raise StepGone(version.removed_steps.filter(step_id=step_id).select_related("removed_by").first())
    step.version = version
    return version, step


def add_once(
    user: User, key: str, kind: str, find: Callable[[int, User], tuple[SopVersion, Row]], add: Callable[[], Row]
) -> Row:
    """What ``add()`` makes, or what an earlier call of this person with the same key made.

    ``find(id, user)``: the draft and the thing of an earlier call; ``kind``: its name among the results of keys. The
    draft is locked already.
    """
    claimed = claim(staff(user).key, key)
    if claimed.earlier_id:
        return find(int(claimed.earlier_id), user)[1]
    made = add()
    claimed.record(kind, made.pk)
    return made


def touch(version: SopVersion, user: User, verb: str, **data: object) -> SopVersion:
    """Note a change of the content by hand and who made it; whoever was asked to verify is no longer.

    Last in every verb.
    """
    version.revision += 1
    version.edited_by, version.edited_at = user, clock.now()
    version.proposed_by = version.proposed_at = None
    version.content_hash = ""
    noted = ["revision", "edited_by", "edited_at", "proposed_by", "proposed_at", "content_hash"]
    version.save(update_fields=noted)
    note_editor(version, user)
    record(verb, "sop_version", version.pk, staff(user), **data)
    return version


def changes(
    version: SopVersion, stored: Values, fields: Values, was: Values, read: Reader, about: Mapping[str, int]
) -> Values:
    """Those of ``fields`` to write, by name: what the person changed since the form was opened.

    ``stored``: values as they stand; ``read(name, value)`` brings a value of the form into their shape and raises
    Refused; ``about``: key and id by which the journal names the thing. A field missing in ``was`` counts as opened
    now. Raises EditedMeanwhile when a field was changed to something else meanwhile, ValueError for unknown fields.
    """
    unknown = sorted(set(fields) - set(stored))
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(unknown)}")
    wanted: Values = {}
    conflicts: Values = {}
    for name, given in fields.items():
        if name in was and _alike(given, was[name]):
            continue
        value = read(name, given)
        opened = _as_opened(read, name, was[name]) if name in was else stored[name]
        if value in (opened, stored[name]):
            continue
        if opened != stored[name] and not _alike(was[name], stored[name]):
            conflicts[name] = stored[name]
        wanted[name] = value
    if conflicts:
        raise EditedMeanwhile(conflicts, *_last_editor(version, about))
    return wanted


def _alike(given: Any, opened: Any) -> bool:
    """Whether two values of a form say the same, be they numbers or written numbers."""
    if isinstance(given, list | tuple) and isinstance(opened, list | tuple):
        return len(given) == len(opened) and all(map(_alike, given, opened))
    return str("" if given is None else given) == str("" if opened is None else opened)


def _as_opened(read: Reader, name: str, value: Any) -> Any:
    try:
        return read(name, value)
    except Refused:
        # What nobody could have stored differs from everything.
        return object()


def _last_editor(version: SopVersion, about: Mapping[str, int]) -> tuple[User | None, datetime.datetime | None]:
    """Who last changed the thing, as the journal knows, else whoever changed the draft last."""
    own = {f"data__{key}": pk for key, pk in about.items()}
    entries = JournalEntry.objects.filter(subject_kind="sop_version", subject_id=str(version.pk), actor_kind="staff")
    entry = entries.filter(**own).order_by("-sequence").first() if own else None
    if entry:
        return User.objects.filter(pk=entry.actor_id).first(), entry.at
    return version.edited_by, version.edited_at
