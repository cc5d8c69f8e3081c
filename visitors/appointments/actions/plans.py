"""Opening slots from the weekly plans, and adapting them to plans, service hours and holidays."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from ula_portal.core import clock, workdays
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors.models import Booking, Slot, SlotPlan
from visitors.states import SLOT

from .. import slot_times
from . import seats

# Pairs of a service and a location that one sweep follows.
BATCH_SIZE = 50

State = Slot.State


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
    lock_plans_of(service_id, location_id)
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


@part
def lock_plans_of(service_id: int, location_id: int) -> None:
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
