"""Working and service hours, holidays and exchanged working days. Administrators and set-up only."""

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
    """``last_ticket``: when the last number is given out."""

    break_from: datetime.time | None
    break_to: datetime.time | None
    last_ticket: datetime.time | None


class WeekdayHours(MoreHours):
    """What ``set_hours`` takes, of one weekday among several."""

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
    """Write the hours of one weekday (0 Monday), replacing those of the same kind and dates.

    ``kind``: ``working`` or ``service``; ``more``: ``break_from``, ``break_to``, ``last_ticket``. Dates, both included,
    make it an exception such as Ramadan. Raises Refused when hours or dates are out of order.
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
    """Write the hours of several weekdays, each a dict of what ``set_hours`` takes; what follows of it follows once."""
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
    """Take a rule away; the undated ones, or the standard's hours, apply again."""
    pk = rule.pk
    rule.delete()
    calendar_changed()
    journal.record("remove_hours", "hours", pk, actor)


@transaction.atomic
def set_calendar_day(date: datetime.date, kind: str, name: str, *, actor: Actor = SYSTEM) -> CalendarDay:
    """Make a day a holiday, joint leave or working day, whatever the national calendar says."""
    _wait_for_others()
    day = CalendarDay.objects.filter(date=date).first() or CalendarDay(date=date)
    day.kind, day.name = kind, name
    _save_checked(day)
    calendar_changed()
    journal.record("set_calendar_day", "calendar_day", day.pk, actor)
    return day


@transaction.atomic
def remove_calendar_day(day: CalendarDay, *, actor: Actor = SYSTEM) -> None:
    """Let the national calendar speak for the day again."""
    pk = day.pk
    day.delete()
    calendar_changed()
    journal.record("remove_calendar_day", "calendar_day", pk, actor)


def _wait_for_others() -> None:
    """Two who write the same day or hours at once make one row; a row that is not there yet cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core-calendar'))")


def _save_checked(row: Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(" ".join(messages), field="" if field == "__all__" else field) from error
    # Every process of the server follows within workdays.CACHE_SECONDS.
    row.save()


# What the apps above enqueue when hours or holidays change.
_calendar_followers: list[Callable[[], object]] = []


def at_calendar_change(enqueue: Callable[[], object]) -> None:
    """Let a function enqueue a task within each transaction that changes hours or days."""
    if enqueue not in _calendar_followers:
        _calendar_followers.append(enqueue)


def calendar_changed() -> None:
    """Hours or days were changed: call it inside the verb's transaction."""
    transaction.on_commit(workdays.clear_cache)
    for enqueue in _calendar_followers:
        enqueue()
