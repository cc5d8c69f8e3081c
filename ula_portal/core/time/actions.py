"""Verbs for working and service hours, holidays and exchanged working days.

Allowed: administrators and the set-up commands; the callers check this.
"""

import datetime
from collections.abc import Callable
from typing import Any, NotRequired, TypedDict, cast

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model

from ula_portal.core import workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb


class WeekdayHours(TypedDict):
    """The hours of one weekday (0 = Monday). ``kind``: ``working`` or ``service``.

    With dates (both included) they are an exception, such as Ramadan. ``last_ticket``: when the last queue number is
    issued.
    """

    kind: str
    weekday: int
    opens: datetime.time
    closes: datetime.time
    name: str
    from_date: NotRequired[datetime.date | None]
    to_date: NotRequired[datetime.date | None]
    break_from: NotRequired[datetime.time | None]
    break_to: NotRequired[datetime.time | None]
    last_ticket: NotRequired[datetime.time | None]


@verb
def set_hours(hours: WeekdayHours, *, by: Actor) -> HoursRule:
    """Set the hours of one weekday, replacing the rule of the same kind and dates.

    Effects: due dates of open requests are recalculated; journal.
    Raises: Refused if hours or dates are out of order.
    """
    rule = _write_hours(hours, by=by)
    calendar_changed()
    return rule


@verb
def set_week(rules: list[WeekdayHours], *, by: Actor) -> list[HoursRule]:
    """Set the hours of several weekdays; due dates are recalculated only once. Otherwise as ``set_hours``."""
    written = [_write_hours(rule, by=by) for rule in rules]
    calendar_changed()
    return written


@verb
def replace_week(rules: list[WeekdayHours], *, by: Actor) -> None:
    """Make the ordinary week exactly these rules: undated rules of their kinds on other weekdays are deleted.

    Rules that stay as they are change nothing.
    Effects: due dates of open requests are recalculated; journal.
    Raises: Refused if hours are out of order.
    """
    _wait_for_others()
    kinds, wanted = {rule["kind"] for rule in rules}, {(rule["kind"], rule["weekday"]) for rule in rules}
    known = {
        (row.kind, row.weekday): row
        for row in HoursRule.objects.filter(kind__in=kinds, from_date=None, to_date=None).order_by("pk")
    }
    changed = False
    for place, row in known.items():
        if place not in wanted:
            journal.record("remove_hours", "hours", row.pk, by)
            row.delete()
            changed = True
    unset: dict[str, Any] = dict.fromkeys(("break_from", "break_to", "last_ticket"))
    for given in rules:
        rule = cast(WeekdayHours, unset | given)
        stays = known.get((rule["kind"], rule["weekday"]))
        if stays is None or any(getattr(stays, field) != value for field, value in rule.items() if field != "name"):
            _write_hours(rule, by=by)
            changed = True
    if changed:
        calendar_changed()


def _write_hours(hours: WeekdayHours, by: Actor) -> HoursRule:
    _wait_for_others()
    place: dict[str, Any] = {"kind": hours["kind"], "weekday": hours["weekday"]}
    place |= {"from_date": hours.get("from_date"), "to_date": hours.get("to_date")}
    rule = HoursRule.objects.filter(**place).first() or HoursRule(**place)
    for field, value in hours.items():
        setattr(rule, field, value)
    _save_checked(rule)
    journal.record("set_hours", "hours", rule.pk, by)
    return rule


@verb
def remove_hours(rule: HoursRule, *, by: Actor) -> None:
    """Delete a rule; the undated rules, or else the ordinary week, apply again."""
    pk = rule.pk
    rule.delete()
    calendar_changed()
    journal.record("remove_hours", "hours", pk, by)


@verb
def set_calendar_day(*, by: Actor, date: datetime.date, kind: str, name: str) -> CalendarDay:
    """Make a day a holiday, joint leave or working day, overriding the national calendar.

    Effects: due dates of open requests are recalculated; journal.
    Raises: Refused for invalid values.
    """
    day = _write_day((date, kind, name), by=by)
    calendar_changed()
    return day


@verb
def set_calendar_days(days: list[tuple[datetime.date, str, str]], *, by: Actor) -> int:
    """Set several days (date, kind, name), recalculating due dates only once; returns how many were new or changed.

    Otherwise as ``set_calendar_day``. Days that stay as they are change nothing.
    """
    _wait_for_others()
    known = set(CalendarDay.objects.filter(date__in=[day[0] for day in days]).values_list("date", "kind", "name"))
    changed = [day for day in days if day not in known]
    for day in changed:
        _write_day(day, by=by)
    if changed:
        calendar_changed()
    return len(changed)


def _write_day(wanted: tuple[datetime.date, str, str], by: Actor) -> CalendarDay:
    _wait_for_others()
    date, kind, name = wanted
    day = CalendarDay.objects.filter(date=date).first() or CalendarDay(date=date)
    day.kind, day.name = kind, name
    _save_checked(day)
    journal.record("set_calendar_day", "calendar_day", day.pk, by)
    return day


@verb
def remove_calendar_day(day: CalendarDay, *, by: Actor) -> None:
    """Delete an exception; the national calendar applies to the day again."""
    pk = day.pk
    day.delete()
    calendar_changed()
    journal.record("remove_calendar_day", "calendar_day", pk, by)


def _wait_for_others() -> None:
    """Serialise writers with an advisory lock, since a row that does not exist yet cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-calendar'))")


def _save_checked(row: Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(" ".join(messages), field="" if field == "__all__" else field) from error
    # Other processes use the change within workdays.CACHE_SECONDS.
    row.save()


# Functions of higher apps that enqueue a task when hours or holidays change.
_calendar_followers: list[Callable[[], object]] = []


def on_calendar_change(enqueue: Callable[[], object]) -> None:
    """Register a function that enqueues a task in each transaction that changes hours or days."""
    if enqueue not in _calendar_followers:
        _calendar_followers.append(enqueue)


@part
def calendar_changed() -> None:
    """Clear the cached calendar and enqueue the registered tasks. Call it inside the verb's transaction."""
    transaction.on_commit(workdays.clear_cache)
    for enqueue in _calendar_followers:
        enqueue()
