"""Which slots the weekly plans want: arithmetic over plans and service hours, without queries."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from ula_portal.core import clock
from ula_portal.core.workdays import ServiceHours
from visitors.models import SlotPlan


@dataclass(frozen=True)
class PlannedSlot:
    """A slot that a plan wants; both moments are aware, in Asia/Jakarta."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    capacity: int


def slots_of_plan(plan: SlotPlan, day: datetime.date) -> list[PlannedSlot]:
    """The slots of a plan on a day, one after the other, whatever the service hours; [] on other days."""
    if not plan.active or day.weekday() not in plan.weekdays:
        return []
    if (plan.from_date and day < plan.from_date) or (plan.to_date and day > plan.to_date):
        return []
    length = datetime.timedelta(minutes=plan.minutes)
    start = datetime.datetime.combine(day, plan.from_time, clock.OFFICE_ZONE)
    end = datetime.datetime.combine(day, plan.to_time, clock.OFFICE_ZONE)
    planned = []
    while start + length <= end:
        planned.append(PlannedSlot(start, start + length, plan.capacity))
        start += length
    return planned


def is_served(hours: ServiceHours | None, starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    """Whether service covers the whole slot and numbers are still issued when it begins."""
    if hours is None or starts_at < hours.opens or ends_at > hours.closes or starts_at > hours.last_ticket:
        return False
    return all(ends_at <= begins or starts_at >= ends for begins, ends in hours.breaks)


def planned_slots(plans: Iterable[SlotPlan], days: Iterable[datetime.date]) -> dict[datetime.datetime, PlannedSlot]:
    """The slots that plans of one service and location want, by their start; of two at the same time, the larger."""
    found: dict[datetime.datetime, PlannedSlot] = {}
    for day in days:
        for plan in plans:
            for span in slots_of_plan(plan, day):
                known = found.get(span.starts_at)
                if known is None or known.capacity < span.capacity:
                    found[span.starts_at] = span
    return found


def overlap(one: SlotPlan, other: SlotPlan) -> bool:
    """Whether two plans of the same service and location would ever hold slots at the same time."""
    if not set(one.weekdays) & set(other.weekdays):
        return False
    if not (one.from_time < other.to_time and other.from_time < one.to_time):
        return False
    return _before_end(one, other) and _before_end(other, one)


def _before_end(one: SlotPlan, other: SlotPlan) -> bool:
    return one.from_date is None or other.to_date is None or one.from_date <= other.to_date
