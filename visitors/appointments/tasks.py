"""Background tasks of the visitors floor, run by ``manage.py worker``."""

from django_tasks import task

from ula_portal.core import workdays
from visitors.models import Slot, SlotPlan

from .actions.slots import follow_all_plans


def enqueue_slot_update() -> None:
    """Enqueue the work within the transaction that changed hours or days, where there is any plan or slot."""
    if SlotPlan.objects.exists() or Slot.objects.exists():
        slots_follow_the_calendar.enqueue()


@task()
def slots_follow_the_calendar() -> int:
    """Open, close and displace what the calendar now says."""
    # This process may still keep the calendar of a minute ago.
    workdays.clear_cache()
    return follow_all_plans()
