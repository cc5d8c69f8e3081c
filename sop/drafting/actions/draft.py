"""Parts that all editing verbs share: locking the draft, recording a change, comparing fields with ``was``.

Lock order in all verbs: the lock of ``naming`` if an SOP is created or renamed, the SOP, its version, the idempotency
key, the number, the journal's chain. Edits of one draft therefore run one after another and never deadlock.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from sop.models import RemovedStep, Sop, SopActor, SopVersion, Step
from sop.permissions import may_write_for
from sop.states import EDITABLE, OPEN
from ula_portal.core import clock
from ula_portal.core.data.field_changes import LastEdit, Reader, Values, changed_fields
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import JournalEntry, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated
from ula_portal.core.verbs.transactions import part

from .editors import note_editor

Row = TypeVar("Row", SopActor, Step)


class StepGone(Outdated):
    """The step is no longer in the draft. ``removed``: the RemovedStep that can be restored, or None."""

    def __init__(self, removed: RemovedStep | None = None) -> None:
        self.removed = removed
        if removed:
            sentence = _("Langkah ini sudah dihapus oleh %(name)s. Pulihkan langkahnya bila masih diperlukan.")
            super().__init__(sentence % {"name": removed.removed_by.full_name})
        else:
            super().__init__(_("Langkah ini sudah tidak ada karena isi draf diganti. Muat ulang halaman."))


@part
def open_draft(version: SopVersion, *, by: Actor) -> SopVersion:
    """Lock a draft for editing and return it as it is now, with its SOP.

    Allowed: users who may write for the SOP's unit.
    Raises: NotAllowed; Outdated if the version is gone or not a draft.
    """
    user = by.staff_member
    sop = Sop.objects.select_for_update().filter(pk=version.sop_id).first()
    locked = SopVersion.objects.select_for_update().filter(pk=version.pk).first()
    if sop is None or locked is None:
        raise Outdated(_("Draf SOP ini tidak ada lagi. Muat ulang daftar SOP."))
    version = locked
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


@part
def open_step(step: Step, *, by: Actor) -> tuple[SopVersion, Step]:
    """Lock the draft of a step and return both as they are now.

    Raises: as ``open_draft``; StepGone if the step was removed.
    """
    version = open_draft(step.version, by=by)
    return version, step_of(version, step.pk)


def step_of(version: SopVersion, step_id: int) -> Step:
    """A step of a draft by its id. Raises StepGone if it was removed."""
    step = version.steps.filter(pk=step_id).first()
    if step is None:
        raise StepGone(version.removed_steps.filter(step_id=step_id).select_related("removed_by").first())
    return step


@part
def add_once(by: Actor, key: str, kind: str, find: Callable[[int], Row], add: Callable[[], Row]) -> Row:
    """The row that ``add()`` creates, or the one that an earlier call with the same key created.

    ``find(id)``: fetches the row of an earlier call. ``kind``: the name under which the key's result is stored. The
    draft has to be locked.
    """
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return find(int(claimed.earlier_id))
    made = add()
    claimed.record(kind, made.pk)
    return made


@part
def touch(version: SopVersion, verb: str, *, by: Actor, **data: object) -> SopVersion:
    """Record a change of a draft's content by hand. Every editing verb calls this last.

    Effects: the version gets a new revision and its editor; a pending verification request is cancelled; the user
    may neither verify nor approve the version from now on; journal entry ``verb`` with ``data``.
    """
    version.revision += 1
    version.edited_by, version.edited_at = by.staff_member, clock.now()
    version.proposed_by = version.proposed_at = None
    version.content_hash = ""
    fields = ["revision", "edited_by", "edited_at", "proposed_by", "proposed_at", "content_hash"]
    version.save(update_fields=fields)
    note_editor(version, by=by)
    record(verb, "sop_version", version.pk, by, **data)
    return version


def changes(
    version: SopVersion, stored: Values, fields: Values, was: Values, read: Reader, about: Mapping[str, int]
) -> Values:
    """The values to write, by field, as ``core.data.field_changes.changed_fields`` finds them.

    ``about``: key and id of the edited row in the journal's data, to find out who changed it last.
    """
    return changed_fields(stored, fields, was, read, lambda _conflicts: _last_editor(version, about))


def _last_editor(version: SopVersion, about: Mapping[str, int]) -> LastEdit:
    """The user who last changed the row according to the journal, else the draft's last editor, and when."""
    own = {f"data__{key}": pk for key, pk in about.items()}
    entries = JournalEntry.objects.filter(subject_kind="sop_version", subject_id=str(version.pk), actor_kind="staff")
    entry = entries.filter(**own).order_by("-sequence").first() if own else None
    if entry:
        return User.objects.filter(pk=entry.actor_id).first(), entry.at
    return version.edited_by, version.edited_at
