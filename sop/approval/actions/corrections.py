"""Verbs on corrections, which verifiers and approvers propose and drafters accept or decline.

The drafter decides on the words of the draft, so the user who proposed a correction may still verify or approve it.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sop.drafting.actions.draft import open_draft, step_of
from sop.drafting.actions.fields import box_lines, read_step_field
from sop.drafting.actions.identity import NAME_LENGTH, save_identity
from sop.drafting.actions.naming import lock_naming
from sop.drafting.actions.steps import save_step
from sop.exchange.texts import one_line, plain
from sop.models import Correction, SopVersion
from sop.permissions import may_correct
from sop.states import CORRECTION, OPEN
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..notices import tell_answered, tell_correction
from ..queries.corrections import CorrectionPlace, places_of
from .moving import locked

State = Correction.State
MAX_ANSWER = 1000
ANSWERED = gettext_lazy("Usulan ini sudah dijawab. Muat ulang halaman.")


@verb
def propose_correction(version: SopVersion, *, by: Actor, place: str, text: str, key: str = "") -> Correction:
    """Propose new words for one field of a draft or of a verified version.

    ``place``: key of one of ``queries.corrections.places_of``. ``text``: the new words, with one line per item for a
    list of the identity block. If the user's correction of the same place is still open, its words are replaced. The
    same ``key`` returns the same correction.
    Allowed: users who may verify or approve the version and have not edited it.
    Effects: the drafter is notified, unless another correction of this user is open; the version can be neither
    verified nor approved while the correction is open; journal.
    Raises: NotAllowed; Outdated if the place is gone or the version is approved; Refused with the field ``text``.
    """
    user = by.staff_member
    version = locked(version)
    claimed = claim(by.key, key)
    if claimed.earlier_id:
        return Correction.objects.get(pk=claimed.earlier_id)
    if version.state not in OPEN:
        raise Outdated(_("Versi ini sudah disahkan, sehingga isinya tetap."))
    if not may_correct(user, version):
        raise NotAllowed(_("Usulan perbaikan ditulis oleh yang memverifikasi atau mengesahkan SOP ini."))
    found = next((each for each in places_of(version) if each.key == place), None)
    if found is None:
        raise Outdated(_("Bagian ini tidak ada lagi dalam draf. Pilih bagian lain."))
    text = _fit(version, found, text)
    if text == found.text:
        raise Refused(_("Usulan ini sama dengan isi sekarang. Tulis perbaikannya."), field="text")
    is_notified = version.corrections.filter(state=State.OPEN, proposed_by=user).exists()
    values = {"before": found.text, "text": text, "proposed_at": clock.now()}
    correction, _made = Correction.objects.update_or_create(
        version=version, proposed_by=user, step_id=found.step_id, field=found.field, state=State.OPEN, defaults=values
    )
    drafter = version.edited_by or version.author
    if drafter and drafter != user and not is_notified:
        tell_correction(version, drafter)
    claimed.record("sop_correction", correction.pk)
    record("sop_correction_proposed", "sop_version", version.pk, by, correction=correction.pk)
    return correction


def _fit(version: SopVersion, place: CorrectionPlace, text: str) -> str:
    """The words as the editor would store them. Raises Refused with the field ``text``."""
    try:
        if place.step_id:
            fitted: str = read_step_field(version)(place.field, text)
            return fitted
        if place.field == "name":
            return _name(text)
        return "\n".join(box_lines(place.field, plain(text)))
    except Refused as error:
        raise Refused(str(error), field="text") from error


def _name(text: str) -> str:
    name = one_line(text)
    if not name or len(name) > NAME_LENGTH:
        raise Refused(_("Nama SOP diisi, paling panjang %(limit)s huruf.") % {"limit": NAME_LENGTH})
    return name


@verb
def withdraw_correction(correction: Correction, *, by: Actor) -> Correction:
    """Withdraw an open correction.

    Allowed: the user who proposed it.
    Effects: journal.
    Raises: NotAllowed; Outdated if it is answered already.
    """
    version, correction = _open_correction(correction)
    if correction.proposed_by_id != by.staff_member.pk:
        raise NotAllowed(_("Usulan ini hanya dapat ditarik oleh pengusulnya."))
    return _answered(version, by=by, correction=correction, move="withdraw")


@verb
def take_over_correction(correction: Correction, *, by: Actor, seen: str) -> Correction:
    """Write a correction into the draft. Its editor is the user who accepts it, not the one who proposed it.

    ``seen``: the content of the field that the user saw.
    Allowed: users who may write for the SOP's unit, except the one who proposed it.
    Effects: as editing the field by hand; the user who proposed it is notified once all of theirs are answered;
    journal.
    Raises: NotAllowed; Outdated if it is answered already, if the field or its step was changed since, or if the
    version is verified; Refused as in editing.
    """
    if correction.field == "name":
        # Naming is locked before the version, in the order in which every verb locks.
        lock_naming()
    version, correction = _open_correction(correction)
    open_draft(version, by=by)
    _refuse_own(correction, by.staff_member)
    place = next(
        (each for each in places_of(version) if (each.step_id, each.field) == (correction.step_id, correction.field)),
        None,
    )
    if place is None:
        raise Outdated(_("Langkah ini tidak ada lagi dalam draf. Tolak usulan ini dengan alasannya."))
    if plain(seen) != plain(place.text):
        raise Outdated(_("Isian ini baru saja berubah. Bandingkan lagi, lalu putuskan."))
    # Without ``was``, the field counts as opened just now, so it cannot clash with edits by others.
    fields = {correction.field: correction.text}
    if correction.step_id:
        save_step(step_of(version, correction.step_id), by=by, fields=fields, was={})
    else:
        save_identity(version, by=by, fields=fields, was={})
    return _answered(version, by=by, correction=correction, move="take")


@verb
def decline_correction(correction: Correction, *, by: Actor, reason: str) -> Correction:
    """Decline a correction with a reason; the draft stays as it is.

    Allowed: users who may write for the SOP's unit, except the one who proposed it.
    Effects: the user who proposed it is notified once all of theirs are answered; journal.
    Raises: NotAllowed; Outdated; Refused with the field ``reason`` if that is missing or longer than 1000 characters.
    """
    version, correction = _open_correction(correction)
    open_draft(version, by=by)
    _refuse_own(correction, by.staff_member)
    reason = plain(reason)
    if not reason:
        raise Refused(_("Tulis alasannya, supaya pengusul tahu."), field="reason")
    if len(reason) > MAX_ANSWER:
        sentence = _("Alasan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": MAX_ANSWER, "count": len(reason)}, field="reason")
    return _answered(version, by=by, correction=correction, move="decline", answer=reason)


def _open_correction(correction: Correction) -> tuple[SopVersion, Correction]:
    """The version, locked, and the correction as it is now. Raises Outdated unless the correction is open."""
    version = locked(correction.version)
    found = version.corrections.filter(pk=correction.pk, state=State.OPEN).first()
    if found is None:
        raise Outdated(str(ANSWERED))
    return version, found


def _refuse_own(correction: Correction, user: User) -> None:
    if correction.proposed_by_id == user.pk:
        raise NotAllowed(_("Usulan Anda dijawab oleh penyusun. Anda dapat menariknya."))


def _answered(version: SopVersion, correction: Correction, by: Actor, move: str, answer: str = "") -> Correction:
    CORRECTION.make(correction, move)
    correction.answer = answer
    correction.answered_by, correction.answered_at = by.staff_member, clock.now()
    correction.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(f"sop_correction_{correction.state}", "sop_version", version.pk, by, correction=correction.pk)
    left = version.corrections.filter(state=State.OPEN, proposed_by=correction.proposed_by)
    if correction.state != State.WITHDRAWN and not left.exists():
        tell_answered(version, correction.proposed_by)
    return correction
