"""Maintenance verbs of the core app: calendar, notices, journal."""

import datetime

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import CalendarDay, HoursRule, Notice
from ula_portal.core.notices import delivery, outbox
from ula_portal.core.notices import tasks as notices
from ula_portal.core.time import actions as calendar

from .office import admin, day
from .rows import ONCE, SAME, Row, on

EIGHT, FOUR = datetime.time(8), datetime.time(16)
DAY = {"kind": "working", "opens": EIGHT, "closes": FOUR, "name": "Biasa"}


def waiting_notice(w, state="waiting", **more):
    notice = outbox.tell("absence_recorded", "absence", w.absence.pk, user=w.cast.official)
    Notice.objects.filter(pk=notice.pk).update(state=state, **more)
    return notice


def broken_mail(w):
    """A notice that cannot be composed, so that it is retried."""
    notice = waiting_notice(w)
    Notice.objects.filter(pk=notice.pk).update(subject_id="no number")
    return on(notice)


ROWS = [
    Row(
        calendar.set_hours,
        "admin",
        lambda w: on({"kind": "working", "weekday": 1, "opens": EIGHT, "closes": FOUR, "name": "Selasa"}, **admin(w)),
        wrote=("journal hours: set_hours", "task follow_the_calendar", "task slots_follow_the_calendar"),
        again=SAME,
    ),
    Row(
        calendar.set_week,
        "admin",
        lambda w: on(
            [{"kind": "working", "weekday": n, "opens": EIGHT, "closes": FOUR, "name": "Biasa"} for n in (0, 1)],
            **admin(w),
        ),
        wrote=(
            "journal hours: set_hours",
            "journal hours: set_hours",
            "task follow_the_calendar",
            "task slots_follow_the_calendar",
        ),
        again=SAME,
    ),
    Row(
        calendar.remove_hours,
        "admin",
        lambda w: on(HoursRule.objects.first(), **admin(w)),
        again=ONCE,
        wrote=("journal hours: remove_hours", "task follow_the_calendar", "task slots_follow_the_calendar"),
    ),
    Row(
        calendar.replace_week,
        "admin",
        lambda w: calendar.set_week([{**DAY, "weekday": 5}], by=SYSTEM) and on([{**DAY, "weekday": 0}], **admin(w)),
        wrote=(
            "journal hours: remove_hours",
            "journal hours: set_hours",
            "task follow_the_calendar",
            "task slots_follow_the_calendar",
        ),
    ),
    Row(
        calendar.set_calendar_days,
        "admin",
        lambda w: on([(day(7), "holiday", "Libur contoh"), (day(8), "working", "Masuk")], **admin(w)),
        wrote=(
            "journal calendar_day: set_calendar_day",
            "journal calendar_day: set_calendar_day",
            "task follow_the_calendar",
            "task slots_follow_the_calendar",
        ),
    ),
    Row(
        calendar.set_calendar_day,
        "admin",
        lambda w: on(date=day(7), kind="holiday", name="Libur contoh", **admin(w)),
        wrote=("journal calendar_day: set_calendar_day", "task follow_the_calendar", "task slots_follow_the_calendar"),
        again=SAME,
    ),
    Row(
        calendar.remove_calendar_day,
        "admin",
        lambda w: on(CalendarDay.objects.first(), **admin(w)),
        again=ONCE,
        wrote=(
            "journal calendar_day: remove_calendar_day",
            "task follow_the_calendar",
            "task slots_follow_the_calendar",
        ),
    ),
    Row(delivery.deliver, "system", lambda w: on(waiting_notice(w)), wrote=("notice absence_recorded now sent",)),
    Row(delivery.deliver, "system", broken_mail, case="tried again"),
    Row(delivery.deliver, "system", lambda w: on(waiting_notice(w, "suppressed")), case="dropped"),
    Row(
        outbox.retry,
        "admin",
        lambda w: on([waiting_notice(w, "failed")], **admin(w)),
        wrote=("notice absence_recorded now waiting", "task deliver_notice"),
    ),
    Row(
        notices.enqueue_stale,
        "system",
        lambda w: waiting_notice(w, next_try_at=clock.now() - datetime.timedelta(days=1)) and on(),
        wrote=("task deliver_notice",),
        again=SAME,
    ),
    Row(notices.schedule_sweep, "system", lambda w: on(), wrote=("task sweep",)),
    Row(journal.seal_day, "system", lambda w: on(day(-1)), later=datetime.timedelta(days=1)),
]
