"""Opening slots from the weekly plans, closing them when the office cannot receive visitors, and reopening them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import permissions
from visitors.models import Booking, Closure, Slot, SlotPlan
from visitors.places.queries.closures import closure_at, slots_within
from visitors.states import SLOT

from .. import slot_times
from . import seats

# Pairs of a service and a location that one sweep follows.
BATCH_SIZE = 50

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
def add_slot_plan(plan: SlotPlan, *, by: Actor) -> SlotPlan:
    """Save a new plan of when a service receives booked visitors, and open its slots.

    Allowed: administrators (through the admin panel) and set-up scripts; the verb itself does not check this.
    Effects: a journal entry; slots as ``follow_plans`` says.
    Raises: Refused when another plan of the same service and location overlaps.
    """
    if (other := overlapping_plan(plan)) is not None:
        raise Refused(_("Bertumpang tindih dengan jadwal %(other)s.") % {"other": other}, field="from_time")
    plan.save()
    journal.record("add_slot_plan", "slot_plan", plan.pk, by)
    follow_plans(plan.service_id, plan.location_id)
    return plan


def overlapping_plan(plan: SlotPlan, *, edited_pk: int | None = None) -> SlotPlan | None:
    """An active plan of the same service and location that would hold slots at the same times.

    ``edited_pk``: of the stored plan that ``plan`` is to replace.
    """
    others = SlotPlan.objects.filter(service_id=plan.service_id, location_id=plan.location_id, active=True)
    if not plan.active:
        return None
    return next((other for other in others if other.pk != edited_pk and slot_times.overlap(plan, other)), None)


@part
def follow_plans(service_id: int, location_id: int) -> int:
    """Adapt the coming slots of a service at a location to its plans, the service hours and the holidays.

    New slots are opened. Slots outside service hours are switched off. Slots that no plan wants any more take no new
    bookings but keep the existing ones. Slots closed by a person stay closed. Calling it again changes nothing. Returns
    how many slots were opened or changed.

    Effects: visitors of a slot that is switched off are asked for another time; those of a slot that opens again get
    their seats back.
    """
    _lock_plans_of(service_id, location_id)
    now, until = clock.now(), clock.today() + datetime.timedelta(days=settings.APPOINTMENT_DAYS_AHEAD)
    plans = list(SlotPlan.objects.filter(service_id=service_id, location_id=location_id, active=True))
    days = [until - datetime.timedelta(days=ahead) for ahead in range(settings.APPOINTMENT_DAYS_AHEAD, -1, -1)]
    planned = slot_times.planned_slots(plans, days)
    existing = Slot.objects.select_for_update().filter(
        service_id=service_id, location_id=location_id, starts_at__gt=now
    )
    known = {slot.starts_at: slot for slot in existing.order_by("pk")}
    changed = sum(_update_slot(slot, planned.get(moment)) for moment, slot in known.items())
    new_slots = [
        Slot(
            service_id=service_id,
            location_id=location_id,
            starts_at=starts_at,
            ends_at=wanted.ends_at,
            capacity=wanted.capacity,
        )
        for starts_at, wanted in planned.items()
        if starts_at > now and starts_at not in known and _is_served(starts_at, wanted.ends_at)
    ]
    Slot.objects.bulk_create(new_slots, ignore_conflicts=True)
    SlotPlan.objects.filter(service_id=service_id, location_id=location_id).update(opened_until=until)
    return changed + len(new_slots)


def _lock_plans_of(service_id: int, location_id: int) -> None:
    """Let only one transaction at a time open slots of a service at a location; called before the slots are locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"slots:{service_id}:{location_id}"])


def _is_served(starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    return slot_times.is_served(workdays.service_hours(clock.local(starts_at).date()), starts_at, ends_at)


def _update_slot(slot: Slot, wanted: slot_times.PlannedSlot | None) -> bool:
    """Adapt one locked slot to its plan; returns whether anything changed."""
    if slot.state == State.CLOSED:
        return False
    before = (slot.state, slot.ends_at, slot.capacity)
    if wanted is not None:
        slot.ends_at = wanted.ends_at
        if wanted.capacity != slot.capacity:
            taken = Booking.objects.filter(slot=slot, seat__isnull=False).aggregate(last=Max("seat"))["last"] or 0
            slot.capacity = max(wanted.capacity, taken)
    if not _is_served(slot.starts_at, slot.ends_at):
        SLOT.make(slot, "switch_off")
    else:
        SLOT.make(slot, "open" if wanted is not None else "drop")
    if before == (slot.state, slot.ends_at, slot.capacity):
        return False
    slot.closed_reason = _off_reason(slot) if slot.state == State.OFF else ""
    slot.save(update_fields=["state", "ends_at", "capacity", "closed_reason"])
    if slot.state == State.OFF:
        seats.displace_bookings([slot], slot.closed_reason, by=SYSTEM)
    elif before[0] == State.OFF:
        seats.restore_bookings([slot], by=SYSTEM)
    return True


def _off_reason(slot: Slot) -> str:
    note = workdays.current_calendar().note(clock.local(slot.starts_at).date())
    return note.name if note.kind in ("holiday", "joint_leave") else _("Jam pelayanan pada hari itu berubah.")


def open_due_slots() -> int:
    """Open the slots of days that have come within reach. A chore of the worker.

    Each service and location in a transaction of its own; returns how many slots were opened or changed.
    """
    until = clock.today() + datetime.timedelta(days=settings.APPOINTMENT_DAYS_AHEAD)
    behind = SlotPlan.objects.filter(Q(opened_until__isnull=True) | Q(opened_until__lt=until), active=True)
    pairs = behind.order_by("service_id", "location_id").values_list("service_id", "location_id").distinct()
    return _follow_each(list(pairs[:BATCH_SIZE]))


def follow_all_plans() -> int:
    """Adapt all coming slots after service hours or holidays have changed. A chore of the worker.

    Each service and location in a transaction of its own; returns how many slots were opened or changed.
    """
    pairs = set(SlotPlan.objects.values_list("service_id", "location_id"))
    pairs |= set(Slot.objects.filter(starts_at__gt=clock.now()).values_list("service_id", "location_id").distinct())
    return _follow_each(sorted(pairs))


def _follow_each(pairs: Iterable[tuple[int, int]]) -> int:
    changed = 0
    for service_id, location_id in pairs:
        with transaction.atomic():
            changed += follow_plans(service_id, location_id)
    return changed


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
        raise NotAllowed(_("Anda tidak berwenang menutup waktu janji temu."))
    reason = plain_line(reason)[:200]
    if not reason:
        raise Refused(_("Tulis alasannya; tamu yang sudah berjanji akan membacanya."), field="reason")
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
        raise NotAllowed(_("Anda tidak berwenang membuka waktu janji temu."))


def _locked_closed(slots: QuerySet[Slot], location: Location) -> list[Slot]:
    closed = slots.filter(state=State.CLOSED)
    for service_id in sorted(set(closed.values_list("service_id", flat=True))):
        _lock_plans_of(service_id, location.pk)
    return list(closed.order_by("pk").select_for_update(of=("self",)))


def _open(slots: list[Slot], location: Location, by: Actor, day: datetime.date) -> ReopeningResult:
    """Open locked slots again; seats are restored before the plans are followed, so that capacities keep them."""
    for slot in slots:
        SLOT.make(slot, "release")
        slot.closed_reason, slot.closed_by, slot.closure = "", None, None
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by", "closure"])
    restored, left = seats.restore_bookings(slots, by=by)
    for service_id in sorted({slot.service_id for slot in slots}):
        follow_plans(service_id, location.pk)
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
