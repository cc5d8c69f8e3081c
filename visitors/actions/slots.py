"""Opening slots from the weekly plans, and closing them when the office cannot keep its word."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from ula_portal.core import actors, clock, workdays
from ula_portal.core.actions import journal
from ula_portal.core.actors import SYSTEM
from ula_portal.core.errors import NotAllowed, Refused
from ula_portal.core.typed import plain_line

from .. import permissions, slot_times
from ..models import Booking, Slot, SlotPlan
from . import seats

# So many days ahead may be booked.
DAYS_AHEAD = getattr(settings, "APPOINTMENT_DAYS_AHEAD", 28)
# What one sweep opens at most: pairs of a service and a location.
AT_ONCE = 50

State = Slot.State


@dataclass(frozen=True)
class Closing:
    """What a closure did: how many slots it closed, and the bookings that need another time."""

    slots: int
    bookings: list[Booking]


@transaction.atomic
def add_slot_plan(service, location, *, actor=SYSTEM, **plan) -> SlotPlan:
    """Plan when a service receives booked visitors, and open the slots. Administrators and set-up only.

    ``plan``: fields of SlotPlan. Raises Refused when another plan of the same service and location is in the way.
    """
    made = SlotPlan(service=service, location=location, **plan)
    if (other := rival_of(made)) is not None:
        raise Refused(_("Bertumpang tindih dengan jadwal %(other)s.") % {"other": other}, field="from_time")
    made.save()
    journal.record("add_slot_plan", "slot_plan", made.pk, actor)
    follow_plans(service.pk, location.pk)
    return made


def rival_of(plan: SlotPlan) -> SlotPlan | None:
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"slots:{service_id}:{location_id}"])
    now, until = clock.now(), clock.today() + datetime.timedelta(days=DAYS_AHEAD)
    plans = list(SlotPlan.objects.filter(service_id=service_id, location_id=location_id, active=True))
    days = [until - datetime.timedelta(days=ahead) for ahead in range(DAYS_AHEAD, -1, -1)]
    planned = slot_times.wanted(plans, days)
    existing = Slot.objects.select_for_update().filter(
        service_id=service_id, location_id=location_id, starts_at__gt=now
    )
    known = {slot.starts_at: slot for slot in existing.order_by("pk")}
    changed = sum(_follow(slot, planned.get(moment)) for moment, slot in known.items())
    fresh = [
        Slot(service_id=service_id, location_id=location_id, starts_at=at, ends_at=span.ends_at, capacity=span.capacity)
        for at, span in planned.items()
        if at > now and at not in known and _is_served(at, span.ends_at)
    ]
    Slot.objects.bulk_create(fresh, ignore_conflicts=True)
    SlotPlan.objects.filter(service_id=service_id, location_id=location_id).update(opened_until=until)
    return changed + len(fresh)


def _is_served(starts_at, ends_at):
    return slot_times.is_served(workdays.service_hours(clock.local(starts_at).date()), starts_at, ends_at)


def _follow(slot, span):
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
        slot.state = State.OFF
    else:
        slot.state = State.OPEN if span is not None else State.DROPPED
    if before == (slot.state, slot.ends_at, slot.capacity):
        return False
    slot.closed_reason = _why_off(slot) if slot.state == State.OFF else ""
    slot.save(update_fields=["state", "ends_at", "capacity", "closed_reason"])
    if slot.state == State.OFF:
        seats.displace(Booking.objects.filter(slot=slot), slot.closed_reason, SYSTEM)
    return True


def _why_off(slot):
    note = workdays.current_calendar().note(clock.local(slot.starts_at).date())
    return note.name if note.kind in ("holiday", "joint_leave") else _("Jam pelayanan pada hari itu berubah.")


def open_due_slots() -> int:
    """Open the slots of days that have come within reach; how many were opened or changed. The worker's chore."""
    until = clock.today() + datetime.timedelta(days=DAYS_AHEAD)
    behind = SlotPlan.objects.filter(Q(opened_until__isnull=True) | Q(opened_until__lt=until), active=True)
    pairs = behind.order_by("service_id", "location_id").values_list("service_id", "location_id").distinct()
    return sum(follow_plans(*pair) for pair in pairs[:AT_ONCE])


def follow_all_plans() -> int:
    """Hours or holidays changed: all coming slots follow, each service's in a transaction of its own; how many did."""
    pairs = set(SlotPlan.objects.values_list("service_id", "location_id"))
    pairs |= set(Slot.objects.filter(starts_at__gt=clock.now()).values_list("service_id", "location_id").distinct())
    return sum(follow_plans(*pair) for pair in sorted(pairs))


def close_slots(*, user, location, day, reason: str, from_time=None, to_time=None) -> Closing:
    """Close the slots of a location on a day, in whole or where they touch the time ``from_time`` to ``to_time``.

    For a sudden closure: whoever is booked keeps their link, is told, and is offered another time. Desk and
    administrators. What is closed already stays as it is, so calling it twice does no harm. Raises NotAllowed, Refused
    without a reason or when the times are out of order.
    """
    return close_between(location, *_moments(day, from_time, to_time), user=user, reason=reason)


@transaction.atomic
def close_between(location, first, last, *, user, reason: str) -> Closing:
    """``close_slots`` from one moment to another, of whatever days."""
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang menutup waktu janji temu."))
    reason = plain_line(reason)[:200]
    if not reason:
        raise Refused(_("Tulis alasannya; tamu yang sudah berjanji akan membacanya."), field="reason")
    wanted = Slot.objects.select_for_update().filter(
        location=location, starts_at__lt=last, ends_at__gt=max(first, clock.now())
    )
    slots = list(wanted.exclude(state=State.CLOSED).order_by("pk"))
    actor = actors.staff(user)
    for slot in slots:
        slot.state, slot.closed_reason, slot.closed_by = State.CLOSED, reason, user
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by"])
    displaced = seats.displace(Booking.objects.filter(slot__in=slots), reason, actor)
    if slots:
        day = clock.local(first).date().isoformat()
        journal.record("close_slots", "location", location.pk, actor, day=day, slots=len(slots))
    return Closing(len(slots), displaced)


def reopen_slots(*, user, location, day, from_time=None, to_time=None) -> int:
    """Open again what was closed by hand, as far as plans and service hours still want it; returns how many.

    Desk and administrators. Who was told meanwhile stays told: their link lets them choose the time again.
    """
    return reopen_between(location, *_moments(day, from_time, to_time), user=user)


@transaction.atomic
def reopen_between(location, first, last, *, user, reason: str = "") -> int:
    """``reopen_slots`` from one moment to another; with ``reason`` only what was closed for it."""
    if not permissions.may_close(user):
        raise NotAllowed(_("Anda tidak berwenang membuka waktu janji temu."))
    wanted = Slot.objects.select_for_update().filter(
        location=location, starts_at__lt=last, ends_at__gt=first, starts_at__gt=clock.now(), state=State.CLOSED
    )
    slots = list((wanted.filter(closed_reason=reason) if reason else wanted).order_by("pk"))
    for slot in slots:
        slot.state, slot.closed_reason, slot.closed_by = State.DROPPED, "", None
    Slot.objects.bulk_update(slots, ["state", "closed_reason", "closed_by"])
    for service_id in sorted({slot.service_id for slot in slots}):
        follow_plans(service_id, location.pk)
    if slots:
        day = clock.local(first).date().isoformat()
        journal.record("reopen_slots", "location", location.pk, actors.staff(user), day=day, slots=len(slots))
    return Slot.objects.filter(pk__in=[slot.pk for slot in slots], state=State.OPEN).count()


def _moments(day, from_time, to_time):
    """From and to as moments; the whole day where a time is not given. Raises Refused when they are out of order."""
    first = datetime.datetime.combine(day, from_time or datetime.time.min, clock.OFFICE_ZONE)
    if to_time is None:
        last = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, clock.OFFICE_ZONE)
    else:
        last = datetime.datetime.combine(day, to_time, clock.OFFICE_ZONE)
    if last <= first:
        raise Refused(_("Jam akhir harus sesudah jam mulai."), field="to_time")
    return first, last
