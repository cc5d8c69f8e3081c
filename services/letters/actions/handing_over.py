"""Handing the letter over to the applicant: at the desk, or by download."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.models import Letter
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated
from ula_portal.core.verbs.transactions import verb


@verb
def hand_over_letter(letter: Letter, *, by: Actor) -> Letter:
    """Hand the letter over to the applicant at the desk.

    Allowed: whoever may serve the applicant.
    Effects: finishes an end step of the applicant and closes the case; timeline, journal.
    Raises: Outdated when the letter has been collected or is not valid, NotAllowed.
    """
    case, letter = _lock_letter(letter)
    if not permissions.may_serve_applicant(by.staff_member, case.unit_id):
        raise NotAllowed(_("Surat diserahkan oleh loket atau unit yang menangani permohonan ini."))
    if letter.state != Letter.State.ISSUED:
        raise Outdated(_("Surat ini belum terbit atau sudah dicabut."))
    if letter.collected_at:
        at = clock.local(letter.collected_at)
        words = {"date": date_format(at, "j F Y"), "time": date_format(at, "H.i")}
        raise Outdated(_("Surat ini sudah diambil pada %(date)s pukul %(time)s WIB.") % words)
    _mark_collected(case, letter, by, "handed_over")
    journal.record("hand_over_letter", "request", case.request.pk, by, letter=letter.pk)
    return letter


@verb
def letter_downloaded(letter: Letter, *, by: Actor) -> Letter:
    """Record that the applicant downloaded the letter; only the first download counts.

    Effects: finishes an end step of the applicant and closes the case; timeline, journal.
    """
    case, letter = _lock_letter(letter)
    if letter.state != Letter.State.ISSUED or letter.collected_at:
        return letter
    _mark_collected(case, letter, by, "downloaded")
    journal.record("download_letter", "request", case.request.pk, by, letter=letter.pk)
    return letter


def _lock_letter(letter: Letter) -> tuple[Case, Letter]:
    case = Case.lock(letter.request_id)
    locked = Letter.objects.filter(pk=letter.pk).first()
    if locked is None:
        raise Outdated(_("Surat ini belum terbit atau sudah dicabut."))
    return case, locked


def _mark_collected(case: Case, letter: Letter, by: Actor, how: str) -> None:
    letter.collected_at = case.at
    letter.save(update_fields=["collected_at"])
    timeline.add_entry(case.request, f"letter_{how}", by=by, letter=letter.pk)
    step = case.step
    if step and step.lead_kind == "applicant" and step.shape == "end":
        run = flow.finish_run(case, "done", by=by)
        flow.go_on(case, step, run, by=by)
        case.save()
