"""Handing the letter over to the applicant: at the desk, or by download."""

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.models import Letter
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor, staff
from ula_portal.core.models import User
from ula_portal.core.verbs.errors import NotAllowed, Outdated


@transaction.atomic
def hand_over_letter(letter_id: int, user: User) -> Letter:
    """Hand the letter over to the applicant at the desk.

    Allowed: whoever may serve the applicant.
    Effects: finishes an end step of the applicant and closes the case; timeline, journal.
    Raises: Outdated when the letter has been collected or is not valid, NotAllowed.
    """
    case, letter = _lock(letter_id)
    if not permissions.may_serve_applicant(user, case.unit_id):
        raise NotAllowed(_("Surat diserahkan oleh loket atau unit yang menangani permohonan ini."))
    if letter.state != Letter.State.ISSUED:
        raise Outdated(_("Surat ini belum terbit atau sudah dicabut."))
    if letter.collected_at:
        at = clock.local(letter.collected_at)
        words = {"date": date_format(at, "j F Y"), "time": date_format(at, "H.i")}
        raise Outdated(_("Surat ini sudah diambil pada %(date)s pukul %(time)s WIB.") % words)
    _collect(case, letter, staff(user), user, "handed_over")
    journal.record("hand_over_letter", "request", case.request.pk, staff(user), letter=letter.pk)
    return letter


@transaction.atomic
def letter_downloaded(letter: Letter, *, actor: Actor) -> Letter:
    """Record that the applicant downloaded the letter; only the first download counts.

    Effects: finishes an end step of the applicant and closes the case; timeline, journal.
    """
    case, letter = _lock(letter.pk)
    if letter.state != Letter.State.ISSUED or letter.collected_at:
        return letter
    _collect(case, letter, actor, None, "downloaded")
    journal.record("download_letter", "request", case.request.pk, actor, letter=letter.pk)
    return letter


def _lock(letter_id: int) -> tuple[Case, Letter]:
    request_id = Letter.objects.filter(pk=letter_id).values_list("request_id", flat=True).first()
    case = Case.lock(request_id)
    return case, Letter.objects.get(pk=letter_id)


def _collect(case: Case, letter: Letter, actor: Actor, user: User | None, how: str) -> None:
    letter.collected_at = case.at
    letter.save(update_fields=["collected_at"])
    timeline.note(case.request, f"letter_{how}", actor=actor, letter=letter.pk)
    step = case.step
    if step and step.lead_kind == "applicant" and step.shape == "end":
        run = flow.finish(case, "done", actor=actor, user=user)
        flow.follow(case, step, run, actor=actor)
        case.save()
