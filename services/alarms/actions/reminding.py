"""Reminding whoever has a step: a notice, not more than once an hour."""

from datetime import timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.deadlines.urgency import place_of
from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.engine.queries.cases import people_for, visible_to
from services.models import Place, Request, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.notices import mail
from ula_portal.core.text.words import lasting
from ula_portal.core.verbs.errors import NotAllowed, Refused

NOT_AGAIN_FOR = timedelta(hours=1)


@transaction.atomic
def remind(run_id: int, by: User, *, idempotency_key: str = "") -> list[User]:
    """Remind the person who has the open step, else those who may take it; returns them.

    Whoever may read the case. Raises NotAllowed, Outdated; Refused when the step waits for the applicant, is the
    person's own, has nobody to remind, was reminded of within the hour, or the portal sends no mail. The same key
    again changes nothing.
    """
    if not mail.is_sent():
        raise Refused(_("Portal ini tidak mengirim surel. Ingatkan petugasnya secara langsung."))
    case = Case.lock_of_run(run_id)
    if not Request.objects.filter(visible_to(by), pk=case.request.pk).exists():
        raise NotAllowed(_("Permohonan ini bukan untuk Anda."))
    claimed = idempotency.claim(staff(by).key, idempotency_key)
    if claimed.earlier_id:
        return []
    flow.must_be_current(case, run_id)
    case.must_be_open()
    people = _who_has_it(case, by)
    _must_not_be_too_soon(case)
    users = sorted(user.pk for user in people)
    run, step = case.open_run, case.open_step.no
    timeline.note(case.request, "step_reminded", actor=staff(by), audience="internal", run=run, step=step, users=users)
    for user in people:
        flow.tell_official(case.request, "step_reminder", user)
    claimed.record("step_run", run_id)
    journal.record("remind_step", "request", case.request.pk, staff(by), run=run.pk, step=step, users=users)
    return people


def _who_has_it(case: Case, by: User) -> list[User]:
    run = case.open_run
    if place_of(run, case.request) not in (Place.OFFICE, Place.AGENCY):
        raise Refused(_("Menunggu pemohon. Tulis pesan kepada pemohon dari halaman permohonan ini."))
    if run.assignee_id == by.pk:
        raise Refused(_("Langkah ini tugas Anda sendiri."))
    people = [run.assignee] if run.assignee and permissions.still_has_it(run) else people_for(run)
    people = [user for user in people if user.pk != by.pk]
    if not people:
        raise Refused(_("Belum ada petugas lain yang dapat diingatkan."))
    return people


def _must_not_be_too_soon(case: Case) -> None:
    entries = TimelineEntry.objects.filter(request=case.request, run=case.run, verb="step_reminded")
    last = entries.order_by("-pk").first()
    if last and last.at > case.at - NOT_AGAIN_FOR:
        at = date_format(clock.local(last.at), "H.i")
        sentence = _("Sudah diingatkan pukul %(at)s WIB. Dapat diulang setelah %(time)s.")
        raise Refused(sentence % {"at": at, "time": lasting(NOT_AGAIN_FOR)})
