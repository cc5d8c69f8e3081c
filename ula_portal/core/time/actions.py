"""Verbs for working and service hours, holidays and exchanged working days.

Allowed: administrators and the set-up commands; the callers check this.
"""

import datetime
from collections.abc import Callable
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model

from ula_portal.core import workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.verbs.errors import Refused


class MoreHours(TypedDict, total=False):
    """``last_ticket``: when the last queue number is issued."""

    break_from: datetime.time | None
    break_to: datetime.time | None
    last_ticket: datetime.time | None


class WeekdayHours(MoreHours):
    """The arguments of ``set_hours`` for one weekday of ``set_week``."""

    kind: str
    weekday: int
    opens: datetime.time
    closes: datetime.time
    name: str
    from_date: NotRequired[datetime.date | None]
    to_date: NotRequired[datetime.date | None]


@transaction.atomic
def set_hours(
    kind: str,
    weekday: int,
    opens: datetime.time,
    closes: datetime.time,
    *,
    name: str,
    from_date: datetime.date | None = None,
    to_date: datetime.date | None = None,
    actor: Actor = SYSTEM,
    **more: Unpack[MoreHours],
) -> HoursRule:
    """Set the hours of one weekday (0 = Monday), replacing the rule of the same kind and dates.

    ``kind``: ``working`` or ``service``; ``more``: ``break_from``, ``break_to``, ``last_ticket``. With dates (both
    included) it is an exception, such as Ramadan.
    Effects: due dates of open requests are recalculated; journal.
    Raises: Refused if hours or dates are out of order.
    """
    rule = _write_hours(
        {
            "kind": kind,
            "weekday": weekday,
            "from_date": from_date,
            "to_date": to_date,
            "name": name,
            "opens": opens,
            "closes": closes,
            **more,
        },
        actor,
    )
    calendar_changed()
    return rule


@transaction.atomic
def set_week(rules: list[WeekdayHours], *, actor: Actor = SYSTEM) -> list[HoursRule]:
    """Set the hours of several weekdays; due dates are recalculated only once. Otherwise as ``set_hours``."""
    written = [_write_hours(rule, actor) for rule in rules]
    calendar_changed()
    return written


def _write_hours(hours: WeekdayHours, actor: Actor) -> HoursRule:
    _wait_for_others()
    place: dict[str, Any] = {"kind": hours["kind"], "weekday": hours["weekday"]}
    place |= {"from_date": hours.get("from_date"), "to_date": hours.get("to_date")}
    rule = HoursRule.objects.filter(**place).first() or HoursRule(**place)
    for field, value in hours.items():
        setattr(rule, field, value)
    _save_checked(rule)
    journal.record("set_hours", "hours", rule.pk, actor)
    return rule


@transaction.atomic
def remove_hours(rule: HoursRule, *, actor: Actor = SYSTEM) -> None:
    """Delete a rule; the undated rules, or else the ordinary week, apply again."""
    pk = rule.pk
    rule.delete()
    calendar_changed()
    journal.record("remove_hours", "hours", pk, actor)


@transaction.atomic
def set_calendar_day(date: datetime.date, kind: str, name: str, *, actor: Actor = SYSTEM) -> CalendarDay:
    """Make a day a holiday, joint leave or working day, overriding the national calendar.

    Effects: due dates of open requests are recalculated; journal.
    Raises: Refused for invalid values.
    """
    _wait_for_others()
    day = CalendarDay.objects.filter(date=date).first() or CalendarDay(date=date)
    day.kind, day.name = kind, name
    _save_checked(day)
    calendar_changed()
    journal.record("set_calendar_day", "calendar_day", day.pk, actor)
    return day


@transaction.atomic
def remove_calendar_day(day: CalendarDay, *, actor: Actor = SYSTEM) -> None:
    """Delete an exception; the national calendar applies to the day again."""
    pk = day.pk
    day.delete()
    calendar_changed()
    journal.record("remove_calendar_day", "calendar_day", pk, actor)


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


def at_calendar_change(enqueue: Callable[[], object]) -> None:
    """Register a function that enqueues a task in each transaction that changes hours or days."""
    if enqueue not in _calendar_followers:
        _calendar_followers.append(enqueue)


def calendar_changed() -> None:
    """Clear the cached calendar and enqueue the registered tasks. Call it inside the verb's transaction."""
    transaction.on_commit(workdays.clear_cache)
    for enqueue in _calendar_followers:
        enqueue()
