"""Opening slots from the weekly plans, and closing them when the office cannot keep its word."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import Location, User
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.models import Booking, Closure, Slot, SlotPlan
from visitors.places.queries.closures import closure_at, slots_within
from visitors.states import SLOT

from .. import slot_times
from . import seats

# What one sweep opens at most: pairs of a service and a location.
BATCH_SIZE = 50

State = Slot.State


@dataclass(frozen=True)
class ClosingResult:
    """What closing did: how many slots it closed, and the bookings that need another time."""

    slots: int
    bookings: list[Booking]


@dataclass(frozen=True)
class ReopeningResult:
    """What opening again did: how many slots are open, bookings that stand again, and those that still do not."""

    slots: int
    restored: list[Booking]
    left: list[Booking]


@transaction.atomic
def add_slot_plan(service: Service, location: Location, *, actor: Actor = SYSTEM, **plan: Any) -> SlotPlan:
    """Plan when a service receives booked visitors, and open the slots. Administrators and set-up only.

    ``plan``: fields of SlotPlan. Raises Refused when another plan of the same service and location is in the way.
    """
    made = SlotPlan(service=service, location=location, **plan)
    if (other := overlapping_plan(made)) is not None:
        raise Refused(_("Bertumpang tindih dengan jadwal %(other)s.") % {"other": other}, field="from_time")
    made.save()
    journal.record("add_slot_plan", "slot_plan", made.pk, actor)
    follow_plans(service.pk, location.pk)
    return made


def overlapping_plan(plan: SlotPlan) -> SlotPlan | None:
    """Another plan in use of the same service and location that would hold slots at the same times."""
    others = SlotPlan.objects.filter(service_id=plan.service_id, location_id=plan.location_id, active=True)
    if not plan.active:
        return None
    return next((other for other in others.exclude(pk=plan.pk) if slot_times.overlap(plan, other)), None)


@transaction.atomic
def follow_plans(service_id: int, location_id: int) -> int:
    """Make the coming slots of a service at a location what its plans, the service hours and the holidays say.

    New ones are opened; those outside service hours close and their visitors are asked for another time; those that no
    plan wants any more take no new booking but keep what they promised; those closed by a person stay closed. Called
    again it changes nothing. Returns how many slots were opened or changed.
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
    fresh = [
        Slot(service_id=service_id, location_id=location_id, starts_at=at, ends_at=span.ends_at, capacity=span.capacity)
        for at, span in planned.items()
        if at > now and at not in known and _is_served(at, span.ends_at)
    ]
    Slot.objects.bulk_create(fresh, ignore_conflicts=True)
    SlotPlan.objects.filter(service_id=service_id, location_id=location_id).update(opened_until=until)
    return changed + len(fresh)


def _lock_plans_of(service_id: int, location_id: int) -> None:
    """Whoever opens slots of a service at a location waits for whoever does; always before the slots are locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"slots:{service_id}:{location_id}"])


def _is_served(starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    return slot_times.is_served(workdays.service_hours(clock.local(starts_at).date()), starts_at, ends_at)


def _update_slot(slot: Slot, span: slot_times.PlannedSlot | None) -> bool:
    """Bring one slot, locked, to what is wanted of it; whether anything changed."""
    if slot.state == State.CLOSED:
        return False
    before = (slot.state, slot.ends_at, slot.capacity)
    if span is not None:
        slot.ends_at = span.ends_at
        if span.capacity != slot.capacity:
            taken = Booking.objects.filter(slot=slot, seat__isnull=False).aggregate(last=Max("seat"))["last"] or 0
            slot.capacity = max(span.capacity, taken)
    if not _is_served(slot.starts_at, slot.ends_at):
        SLOT.make(slot, "switch_off")
    else:
        SLOT.make(slot, "open" if span is not None else "drop")
    if before == (slot.state, slot.ends_at, slot.capacity):
        return False
    slot.closed_reason = _off_reason(slot) if slot.state == State.OFF else ""
    slot.save(update_fields=["state", "ends_at", "capacity", "closed_reason"])
    if slot.state == State.OFF:
        seats.displace_bookings([slot], slot.closed_reason, SYSTEM)
    elif before[0] == State.OFF:
        seats.restore_bookings([slot], SYSTEM)
    return True


def _off_reason(slot: Slot) -> str:
    note = workdays.current_calendar().note(clock.local(slot.starts_at).date())
    return note.name if note.kind in ("holiday", "joint_leave") else _("Jam pelayanan pada hari itu berubah.")


def open_due_slots() -> int:
    """Open the slots of days that have come within reach; how many were opened or changed. The worker's chore."""
    until = clock.today() + datetime.timedelta(days=settings.APPOINTMENT_DAYS_AHEAD)
    behind = SlotPlan.objects.filter(Q(opened_until__isnull=True) | Q(opened_until__lt=until), active=True)
    pairs = behind.order_by("service_id", "location_id").values_list("service_id", "location_id").distinct()
    return sum(follow_plans(*pair) for pair in pairs[:BATCH_SIZE])


def follow_all_plans() -> int:
    """Hours or holidays changed: all coming slots follow, each service's in a transaction of its own; how many did."""
    pairs = set(SlotPlan.objects.values_list("service_id", "location_id"))
    pairs |= set(Slot.objects.filter(starts_at__gt=clock.now()).values_list("service_id", "location_id").distinct())
    return sum(follow_plans(*pair) for pair in sorted(pairs))


def close_slots(
    *,
    user: User,
    location: Location,
    day: datetime.date,
    reason: str,
    from_time: datetime.time | None = None,
    to_time: datetime.time | None = None,
) -> ClosingResult:
    """Close the slots of a location on a day, in whole or where they touch the time ``from_time`` to ``to_time``.

    Whoever is booked keeps their link, and is told after ``seats.NOTICE_DELAY`` and offered another time. What a sudden
    closure has closed stays closed when service goes on. Calling it twice does no harm. Desk and administrators. Raises
    NotAllowed, Refused without a reason or when the times are out of order.
    """
    return close_between(location, *closing_period(day, from_time, to_time), user=user, reason=reason)


@transaction.atomic
def close_between(
    location: Location,
    first: datetime.datetime,
    last: datetime.datetime,
    *,
    user: User,
    reason: str,
    closure: Closure | None = None,
) -> ClosingResult:
    """``close_slots`` from one moment to another, of whatever days; ``closure``: the one that opens them again."""
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup waktu janji temu."))
    reason = plain_line(reason)[:200]
    if not reason:
        raise Refused(_("Tulis alasannya; tamu yang sudah berjanji akan membacanya."), field="reason")
    done = Q(state=State.CLOSED) if closure else Q(state=State.CLOSED, closure__isnull=True)
    slots = list(slots_within(location, first, last).exclude(done).select_for_update())
    for slot in slots:
        SLOT.make(slot, "close")
        slot.closed_reason, slot.closed_by, slot.closure = reason, user, closure
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by", "closure"])
    actor = actors.staff(user)
    displaced = seats.displace_bookings(slots, reason, actor)
    if slots:
        day = clock.local(first).date().isoformat()
        journal.record("close_slots", "location", location.pk, actor, day=day, slots=len(slots))
    return ClosingResult(len(slots), displaced)


@transaction.atomic
def reopen_slots(
    *,
    user: User,
    location: Location,
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
    _check_may_open(user)
    first, last = closing_period(day, from_time, to_time)
    slots = _locked_closed(slots_within(location, first, last), location)
    # Asked once the slots are locked: who closes suddenly meanwhile has either closed them or will.
    if (standing := closure_at(location.pk)) is not None:
        stopped = [slot for slot in slots if slot.starts_at < standing.until]
        for slot in stopped:
            slot.closure, slot.closed_reason = standing, standing.reason
        Slot.objects.bulk_update(stopped, ["closure", "closed_reason"])
        slots = [slot for slot in slots if slot.starts_at >= standing.until]
    return _open(slots, location, user, clock.local(first).date())


@transaction.atomic
def release(closure: Closure, first: datetime.datetime, *, user: User) -> ReopeningResult:
    """Open again what a sudden closure closed from a moment on. Part of ``closing.reopen`` and ``closing.move_end``."""
    _check_may_open(user)
    # One that has begun is given back too: it may have been closed a minute ago by mistake.
    later = Q(starts_at__gte=first) if first > clock.now() else Q(ends_at__gt=first)
    slots = _locked_closed(Slot.objects.filter(later, closure=closure), closure.location)
    return _open(slots, closure.location, user, clock.local(first).date())


def _check_may_open(user: User) -> None:
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka waktu janji temu."))


def _locked_closed(slots: QuerySet[Slot], location: Location) -> list[Slot]:
    closed = slots.filter(state=State.CLOSED)
    for service_id in sorted(set(closed.values_list("service_id", flat=True))):
        _lock_plans_of(service_id, location.pk)
    return list(closed.order_by("pk").select_for_update(of=("self",)))


def _open(slots: list[Slot], location: Location, user: User, day: datetime.date) -> ReopeningResult:
    """Open locked slots again; seats are given back before the plans are asked, so that they hold what is taken."""
    for slot in slots:
        SLOT.make(slot, "release")
        slot.closed_reason, slot.closed_by, slot.closure = "", None, None
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by", "closure"])
    actor = actors.staff(user)
    restored, left = seats.restore_bookings(slots, actor)
    for service_id in sorted({slot.service_id for slot in slots}):
        follow_plans(service_id, location.pk)
    if slots:
        journal.record("reopen_slots", "location", location.pk, actor, day=day.isoformat(), slots=len(slots))
    opened = Slot.objects.filter(pk__in=[slot.pk for slot in slots], state=State.OPEN).count()
    return ReopeningResult(opened, restored, left)


def closing_period(
    day: datetime.date, from_time: datetime.time | None, to_time: datetime.time | None
) -> tuple[datetime.datetime, datetime.datetime]:
    """Start and end as moments; the whole day where a time is not given. Raises Refused when they are out of order."""
    first = datetime.datetime.combine(day, from_time or datetime.time.min, clock.OFFICE_ZONE)
    if to_time is None:
        last = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, clock.OFFICE_ZONE)
    else:
        last = datetime.datetime.combine(day, to_time, clock.OFFICE_ZONE)
    if last <= first:
        raise Refused(_("Jam akhir harus sesudah jam mulai."), field="to_time")
    return first, last
