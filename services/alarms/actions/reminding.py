"""Reminding the people who have a step, at most once an hour."""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services import permissions
from services.deadlines.urgency import place_of
from services.engine.actions import flow, timeline
from services.engine.actions.flow import Case
from services.engine.queries.cases import candidates_for, visible_to
from services.models import CasePlace, Request, StepRun, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.notices import mail
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

REMINDER_INTERVAL = timedelta(hours=1)


@verb
def remind_step(run: StepRun, *, by: Actor, key: str = "") -> list[User]:
    """Remind the assignee of the open step, or everybody who may take it if they cannot work it. Returns who was told.

    Calling it again with the same key changes nothing and returns an empty list.

    Allowed: whoever may read the case.
    Effects: a notice to each of them, timeline (internal), journal.
    Raises: NotAllowed; Outdated when the step is no longer open; Refused when it waits for the applicant, is the
    caller's own, has nobody to remind, was reminded within the last hour, or the portal sends no mail.
    """
    user = by.staff_member
    if not mail.is_sent():
        raise Refused(_("Portal ini tidak mengirim surel. Ingatkan petugasnya secara langsung."))
    case = Case.lock_of_run(run)
    if not Request.objects.filter(visible_to(user), pk=case.request.pk).exists():
        raise NotAllowed(_("Permohonan ini bukan untuk Anda."))
    claimed = idempotency.claim(by.key, key)
    if claimed.earlier_id:
        return []
    flow.must_be_current(case, run)
    case.must_be_open()
    people = _people_to_remind(case, user)
    _must_not_be_too_soon(case)
    users = sorted(person.pk for person in people)
    run, step = case.open_run, case.open_step.no
    timeline.add_entry(case.request, "step_reminded", by=by, audience="internal", run=run, step=step, users=users)
    for person in people:
        flow.notify_official(case.request, "step_reminder", person)
    claimed.record("step_run", run.pk)
    journal.record("remind_step", "request", case.request.pk, by, run=run.pk, step=step, users=users)
    return people


def _people_to_remind(case: Case, user: User) -> list[User]:
    run = case.open_run
    if place_of(run, case.request) not in (CasePlace.OFFICE, CasePlace.AGENCY):
        raise Refused(_("Menunggu pemohon. Tulis pesan kepada pemohon dari halaman permohonan ini."))
    if run.assignee_id == user.pk:
        raise Refused(_("Langkah ini tugas Anda sendiri."))
    people = [run.assignee] if run.assignee and permissions.is_assignee_entitled(run) else candidates_for(run)
    people = [person for person in people if person.pk != user.pk]
    if not people:
        raise Refused(_("Belum ada petugas lain yang dapat diingatkan."))
    return people


def _must_not_be_too_soon(case: Case) -> None:
    entries = TimelineEntry.objects.filter(request=case.request, run=case.run, verb="step_reminded")
    last = entries.order_by("-pk").first()
    if last and last.at > case.at - REMINDER_INTERVAL:
        at = date_format(clock.local(last.at), "H.i")
        sentence = _("Sudah diingatkan pukul %(at)s WIB. Dapat diulang setelah %(time)s.")
        raise Refused(sentence % {"at": at, "time": duration_text(REMINDER_INTERVAL)})
