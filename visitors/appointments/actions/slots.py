"""Closing slots when the office cannot receive visitors, and reopening them."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions
from visitors.models import Booking, Closure, Slot
from visitors.places.queries.closures import closure_at, slots_within
from visitors.states import SLOT

from . import plans, seats

State = Slot.State


@dataclass(frozen=True)
class ClosingResult:
    """How many slots were closed, and the bookings that need another time."""

    slots: int
    bookings: list[Booking]


@dataclass(frozen=True)
class ReopeningResult:
    """How many slots are open again, the bookings that got their seats back (``restored``), and those that did not."""

    slots: int
    restored: list[Booking]
    left: list[Booking]


@verb
def close_slots(
    location: Location,
    *,
    by: Actor,
    day: datetime.date,
    reason: str,
    from_time: datetime.time | None = None,
    to_time: datetime.time | None = None,
) -> ClosingResult:
    """Close the slots of a location on a day, all of them or those that touch the time ``from_time`` to ``to_time``.

    Closing them again does nothing. What a sudden closure has closed too stays closed when service goes on.

    Allowed: desk roles and administrators.
    Effects: booked visitors keep their address, are notified after ``seats.NOTICE_DELAY`` and offered other times; a
    journal entry.
    Raises: NotAllowed; Refused without a reason or when the times are out of order.
    """
    first, last = closing_period(day, from_time, to_time)
    return close_between(location, by=by, first=first, last=last, reason=reason)


@part
def close_between(
    location: Location,
    *,
    by: Actor,
    first: datetime.datetime,
    last: datetime.datetime,
    reason: str,
    closure: Closure | None = None,
) -> ClosingResult:
    """``close_slots`` for any period. ``closure``: the sudden closure whose end opens them again."""
    user = by.staff_member
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup waktu janji kedatangan."))
    reason = plain_line(reason)[:200]
    if not reason:
        raise Refused(_("Tulis alasannya. Tamu yang sudah berjanji akan membacanya."), field="reason")
    closed_already = Q(state=State.CLOSED) if closure else Q(state=State.CLOSED, closure__isnull=True)
    slots = list(slots_within(location, first, last).exclude(closed_already).select_for_update())
    for slot in slots:
        SLOT.make(slot, "close")
        slot.closed_reason, slot.closed_by, slot.closure = reason, user, closure
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by", "closure"])
    displaced = seats.displace_bookings(slots, reason, by=by)
    if slots:
        day = clock.local(first).date().isoformat()
        journal.record("close_slots", "location", location.pk, by, day=day, slots=len(slots))
    return ClosingResult(len(slots), displaced)


@verb
def reopen_slots(
    location: Location,
    *,
    by: Actor,
    day: datetime.date,
    from_time: datetime.time | None = None,
    to_time: datetime.time | None = None,
) -> ReopeningResult:
    """Open again the slots of a day that were closed by hand, if plans and service hours still want them.

    Slots within a sudden closure stay closed until service goes on.

    Allowed: desk roles and administrators.
    Effects: displaced bookings get their seats back (``seats.restore_bookings``); a journal entry.
    Raises: NotAllowed; Refused when the times are out of order.
    """
    _check_may_open(by.staff_member)
    first, last = closing_period(day, from_time, to_time)
    slots = _locked_closed(slots_within(location, first, last), location)
    # Read after the slots are locked: a sudden closure made meanwhile has closed them already or will do so.
    if (closure := closure_at(location.pk)) is not None:
        stopped = [slot for slot in slots if slot.starts_at < closure.until]
        for slot in stopped:
            slot.closure, slot.closed_reason = closure, closure.reason
        Slot.objects.bulk_update(stopped, ["closure", "closed_reason"])
        slots = [slot for slot in slots if slot.starts_at >= closure.until]
    return _open(slots, location, by, clock.local(first).date())


@part
def release(closure: Closure, *, by: Actor, first: datetime.datetime) -> ReopeningResult:
    """Open again the slots that a sudden closure closed, from the moment ``first`` on."""
    _check_may_open(by.staff_member)
    # A slot that has begun is opened too: it may have been closed by mistake a minute ago.
    later = Q(starts_at__gte=first) if first > clock.now() else Q(ends_at__gt=first)
    slots = _locked_closed(Slot.objects.filter(later, closure=closure), closure.location)
    return _open(slots, closure.location, by, clock.local(first).date())


def _check_may_open(user: User) -> None:
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka waktu janji kedatangan."))


def _locked_closed(slots: QuerySet[Slot], location: Location) -> list[Slot]:
    closed = slots.filter(state=State.CLOSED)
    for service_id in sorted(set(closed.values_list("service_id", flat=True))):
        plans.lock_plans_of(service_id, location.pk)
    return list(closed.order_by("pk").select_for_update(of=("self",)))


def _open(slots: list[Slot], location: Location, by: Actor, day: datetime.date) -> ReopeningResult:
    """Open locked slots again; seats are restored before the plans are followed, so that capacities keep them."""
    for slot in slots:
        SLOT.make(slot, "release")
        slot.closed_reason, slot.closed_by, slot.closure = "", None, None
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by", "closure"])
    restored, left = seats.restore_bookings(slots, by=by)
    for service_id in sorted({slot.service_id for slot in slots}):
        plans.follow_plans(service_id, location.pk)
    if slots:
        journal.record("reopen_slots", "location", location.pk, by, day=day.isoformat(), slots=len(slots))
    opened = Slot.objects.filter(pk__in=[slot.pk for slot in slots], state=State.OPEN).count()
    return ReopeningResult(opened, restored, left)


def closing_period(
    day: datetime.date, from_time: datetime.time | None, to_time: datetime.time | None
) -> tuple[datetime.datetime, datetime.datetime]:
    """Start and end as moments, of the whole day where a time is missing.

    Raises: Refused when they are out of order.
    """
    first = datetime.datetime.combine(day, from_time or datetime.time.min, clock.OFFICE_ZONE)
    if to_time is None:
        last = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, clock.OFFICE_ZONE)
    else:
        last = datetime.datetime.combine(day, to_time, clock.OFFICE_ZONE)
    if last <= first:
        raise Refused(_("Jam akhir harus sesudah jam mulai."), field="to_time")
    return first, last
