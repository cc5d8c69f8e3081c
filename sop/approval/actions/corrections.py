"""Corrections of whoever verifies or approves: proposed to the drafter, who takes them over or declines.

So the words that go into the draft are the drafter's, and whoever proposed them may still decide on it.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from sop.drafting.actions.draft import open_draft, open_step
from sop.drafting.actions.fields import box, read_step_field
from sop.drafting.actions.identity import NAME_LENGTH, save_identity
from sop.drafting.actions.naming import one_at_a_time
from sop.drafting.actions.steps import save_step
from sop.exchange.texts import one_line, plain
from sop.models import Correction, SopVersion
from sop.permissions import may_correct
from sop.states import CORRECTION, OPEN
from ula_portal.core import clock
from ula_portal.core.data.idempotency import claim
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..notices import tell_answered, tell_correction
from ..queries.corrections import Place, places_of, version_of_correction
from .moving import locked

State = Correction.State
MAX_ANSWER = 1000


@transaction.atomic
def propose_correction(version_id: int, user: User, *, place: str, text: str, key: str = "") -> Correction:
    """Propose other words for one field of a draft or of a verified version.

    ``place``: key of one of ``queries.corrections.places_of``; ``text``: a list of the identity block has an item per
    line. Again at the same place while it waits, the new words replace the old ones; the same key gives the same
    correction.
    Allowed: whoever may verify or approve the version and has not edited it.
    Effects: the drafter is told once, until all are answered. Neither verified nor approved while it waits.
    Raises: NotAllowed, Outdated for a place that is gone or a version that is approved, Refused (``text``).
    """
    version = locked(version_id)
    claimed = claim(staff(user).key, key)
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
    waiting = version.corrections.filter(state=State.OPEN, proposed_by=user)
    told = waiting.exists()
    said = {"before": found.text, "text": text, "proposed_at": clock.now()}
    correction, _made = Correction.objects.update_or_create(
        version=version, proposed_by=user, step_id=found.step_id, field=found.field, state=State.OPEN, defaults=said
    )
    drafter = version.edited_by or version.author
    if drafter and drafter != user and not told:
        tell_correction(version, drafter)
    claimed.record("sop_correction", correction.pk)
    record("sop_correction_proposed", "sop_version", version.pk, staff(user), correction=correction.pk)
    return correction


def _fit(version: SopVersion, place: Place, text: str) -> str:
    """The words as the editor would keep them. Raises Refused with the field ``text``."""
    try:
        if place.step_id:
            fitted: str = read_step_field(version)(place.field, text)
            return fitted
        if place.field == "name":
            return _name(text)
        return "\n".join(box(place.field, plain(text)))
    except Refused as error:
        raise Refused(str(error), field="text") from error


def _name(text: str) -> str:
    name = one_line(text)
    if not name or len(name) > NAME_LENGTH:
        raise Refused(_("Nama SOP diisi, paling panjang %(limit)s huruf.") % {"limit": NAME_LENGTH})
    return name


@transaction.atomic
def withdraw_correction(correction_id: int, user: User) -> Correction:
    """Take one's own correction back while it waits. Raises NotAllowed, Outdated once it is answered."""
    version, correction = _waiting(correction_id)
    if correction.proposed_by_id != user.pk:
        raise NotAllowed(_("Usulan ini hanya dapat ditarik oleh pengusulnya."))
    return _answered(version, correction, user, "withdraw")


@transaction.atomic
def take_over_correction(correction_id: int, user: User, seen: str) -> Correction:
    """Write a correction into the draft: whoever takes it over becomes its editor, whoever proposed it does not.

    ``seen``: what the person saw standing in the field.
    Allowed: who writes for the unit, but not who proposed it.
    Effects: as editing the field by hand; who proposed is told when all are answered.
    Raises: NotAllowed; Outdated once it is answered, when the field or its step was changed since, and once the
    version is verified; Refused as in editing.
    """
    if Correction.objects.filter(pk=correction_id, field="name").exists():
        # A name is looked up before it is taken, in the order in which every verb locks.
        one_at_a_time()
    version, correction = _waiting(correction_id)
    open_draft(version.pk, user)
    _refuse_own(correction, user)
    place = next(
        (each for each in places_of(version) if (each.step_id, each.field) == (correction.step_id, correction.field)),
        None,
    )
    if place is None:
        raise Outdated(_("Langkah ini tidak ada lagi dalam draf. Tolak usulan ini dengan alasannya."))
    if plain(seen) != plain(place.text):
        raise Outdated(_("Isian ini baru saja berubah. Bandingkan lagi, lalu putuskan."))
    # As it stands, so that nothing counts as changed by others in between.
    if correction.step_id:
        _version, step = open_step(correction.step_id, user)
        save_step(step.pk, user, {correction.field: correction.text}, {})
    else:
        save_identity(version.pk, user, {correction.field: correction.text}, {})
    return _answered(version, correction, user, "take")


@transaction.atomic
def decline_correction(correction_id: int, user: User, reason: str) -> Correction:
    """Leave the draft as it is and say why.

    Allowed: who writes for the unit, but not who proposed it.
    Raises: NotAllowed, Outdated, Refused (``reason``) without a reason or beyond 1000 letters.
    """
    version, correction = _waiting(correction_id)
    open_draft(version.pk, user)
    _refuse_own(correction, user)
    reason = plain(reason)
    if not reason:
        raise Refused(_("Tulis alasannya, supaya pengusul tahu."), field="reason")
    if len(reason) > MAX_ANSWER:
        sentence = _("Alasan ini terlalu panjang: paling banyak %(limit)s huruf, sekarang %(count)s.")
        raise Refused(sentence % {"limit": MAX_ANSWER, "count": len(reason)}, field="reason")
    return _answered(version, correction, user, "decline", reason)


def _waiting(correction_id: int) -> tuple[SopVersion, Correction]:
    """The version, locked, and the correction that still waits. Raises Outdated."""
    version_id = version_of_correction(correction_id)
    gone = Outdated(_("Usulan ini sudah dijawab. Muat ulang halaman."))
    if version_id is None:
        raise gone
    version = locked(version_id)
    correction = version.corrections.get(pk=correction_id)
    if correction.state != State.OPEN:
        raise gone
    return version, correction


def _refuse_own(correction: Correction, user: User) -> None:
    if correction.proposed_by_id == user.pk:
        raise NotAllowed(_("Usulan Anda dijawab oleh penyusun. Anda dapat menariknya."))


def _answered(version: SopVersion, correction: Correction, user: User, verb: str, answer: str = "") -> Correction:
    CORRECTION.make(correction, verb)
    correction.answer = answer
    correction.answered_by, correction.answered_at = user, clock.now()
    correction.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(f"sop_correction_{correction.state}", "sop_version", version.pk, staff(user), correction=correction.pk)
    left = version.corrections.filter(state=State.OPEN, proposed_by=correction.proposed_by)
    if correction.state != State.WITHDRAWN and not left.exists():
        tell_answered(version, correction.proposed_by)
    return correction
