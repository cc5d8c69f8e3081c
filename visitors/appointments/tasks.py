"""Background tasks of the visitors floor, run by ``manage.py worker``."""

from django_tasks import task

from ula_portal.core import workdays
from visitors.models import Slot, SlotPlan

from .actions.plans import follow_all_plans


def enqueue_slot_update() -> None:
    """Enqueue ``slots_follow_the_calendar``, within the transaction that changed hours or days, if any plan or slot
    exists.
    """
    if SlotPlan.objects.exists() or Slot.objects.exists():
        slots_follow_the_calendar.enqueue()


@task()
def slots_follow_the_calendar() -> int:
    """Adapt all coming slots to the changed calendar; returns how many changed."""
    # The cache of this process may still hold the former calendar.
    workdays.clear_cache()
    return follow_all_plans()
