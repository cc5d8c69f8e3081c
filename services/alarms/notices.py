"""The mail about the alarms that rang for a person in one sweep, the most urgent first."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.deadlines.urgency import next_due, urgency_of
from services.models import Alarm, AlarmCall
from services.models.inbox import CLOCK_RUNS
from ula_portal.core import clock
from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText

SHOWN = 20


def register_notices() -> None:
    """Register the kind of notice. Called once from ``AppConfig.ready``."""
    kinds.register_kind("alarms_rang", gettext_lazy("Peringatan jatuh tempo"), compose)


def compose(notice: Notice) -> NoticeText | None:
    """One mail for all alarms of a notice; None if none of them still waits or the account is closed.

    It contains number, service, step and time, but no data of the applicant.
    """
    if notice.user is None or not notice.user.is_active:
        return None
    calls = _still_waiting(notice)
    if not calls:
        return None
    lines = [_entry(call.alarm) for call in calls[:SHOWN]]
    if len(calls) > SHOWN:
        more = len(calls) - SHOWN
        lines.append(ngettext("Dan %(n)d permohonan lain.", "Dan %(n)d permohonan lain.", more) % {"n": more})
    lines.append(f"{_('Semuanya ada di daftar pekerjaan Anda:')}\n{settings.PORTAL_URL}{notice.path}")
    return NoticeText(notice.user.email, _subject(calls), "\n\n".join(lines))


def _still_waiting(notice: Notice) -> list[AlarmCall]:
    """The calls that still wait, by due date, and only the latest alarm of each request."""
    calls = (
        AlarmCall.objects.filter(notice=notice)
        .filter(alarm__request__entry__place__in=CLOCK_RUNS, alarm__run__finished_at__isnull=True)
        .select_related("alarm__request__service", "alarm__run__step", "alarm__step")
        .order_by("alarm__due_at", "alarm__step__offset", "alarm_id")
    )
    by_request = {}
    for call in calls:
        by_request[call.alarm.request_id] = call
    return sorted(by_request.values(), key=lambda call: call.alarm.due_at)


def _subject(calls: Sequence[AlarmCall]) -> str:
    if len(calls) == 1:
        return _("Jatuh tempo permohonan %(number)s") % {"number": calls[0].alarm.request.number}
    return ngettext("Jatuh tempo %(n)d permohonan", "Jatuh tempo %(n)d permohonan", len(calls)) % {"n": len(calls)}


def _entry(alarm: Alarm) -> str:
    request, run = alarm.request, alarm.run
    urgency = urgency_of(run, request, clock.now())
    due_at, _whose = next_due(run, request)
    lines = [f"{request.number}: {request.service.name}"]
    if run is not None:
        lines.append(_("Langkah %(no)d: %(activity)s") % {"no": run.step.no, "activity": run.step.activity})
    if due_at is not None:
        local = clock.local(due_at)
        words = {"word": urgency.word, "day": date_format(local, "l, j F Y"), "time": date_format(local, "H.i")}
        lines.append(_("Jatuh tempo %(day)s pukul %(time)s WIB (%(word)s)") % words)
    lines += [alarm.step.text, f"{settings.PORTAL_URL}/petugas/kasus/{request.number}/"]
    return "\n".join(lines)
