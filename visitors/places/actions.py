"""Adding counters and officials' rooms to a location, and what counters serve."""

from collections.abc import Iterable

from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, Position
from ula_portal.core.office.actions.office import add_location
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import verb
from visitors.models import Counter


@verb
def add_counter(
    location: Location,
    *,
    by: Actor,
    name: str,
    kind: str = Counter.Kind.COUNTER,
    number: int | None = None,
    position: Position | None = None,
    services: Iterable[Service] = (),
) -> Counter:
    """Add a counter with the services it serves, or the room of an official.

    Allowed: administrators (through the admin panel) and set-up scripts; the verb itself does not check this.
    Effects: a journal entry.
    Raises: Refused when the location already has a counter of that name, or when a room has no position.
    """
    if Counter.objects.filter(location=location, name=name).exists():
        raise Refused(_("Nama loket ini sudah dipakai di lokasi yang sama."), field="name")
    if kind == Counter.Kind.ROOM and position is None:
        raise Refused(_("Ruang pejabat memerlukan jabatan."), field="position")
    counter = Counter.objects.create(location=location, name=name, kind=kind, number=number, position=position)
    counter.services.set(services)
    journal.record("add_counter", "counter", counter.pk, by)
    return counter


@verb
def open_counters(place: Location | None, *, by: Actor, name: str, count: int, key: str = "") -> Location:
    """Add so many numbered counters to a waiting room; without one, a room of this name is made first.

    The counters serve all services that are offered at the office today. The same key again returns the earlier room.
    Allowed: administrators; the callers check this.
    Effects: as ``add_location`` and ``add_counter``.
    Raises: Refused when a counter of that name exists; Outdated if the earlier room was removed since.
    """
    claimed = idempotency.claim(by.key, key)
    if earlier := claimed.earlier(Location.objects):
        return earlier
    place = place or add_location(by=by, code=slugify(name)[:40] or "ruang", name=name)
    # Locked, so that concurrent calls do not give the same numbers.
    Location.objects.select_for_update().get(pk=place.pk)
    last = Counter.objects.filter(location=place).aggregate(last=Max("number"))["last"] or 0
    offered = list(_offered())
    for number in range(last + 1, last + 1 + count):
        # A name of the office's, so it is Indonesian in every language of the page.
        add_counter(place, by=by, name=f"Loket {number}", number=number, services=offered)
    claimed.record("location", place.pk)
    return place


@verb
def serve_everywhere(*, by: Actor) -> int:
    """Let every counter in use also serve all services offered at the office; returns how many counters changed.

    Allowed: administrators; the callers check this.
    Effects: a journal entry of each counter that changes.
    """
    changed, offered = 0, {service.pk for service in _offered()}
    used = Counter.objects.filter(active=True, kind=Counter.Kind.COUNTER)
    for counter in used.select_for_update().prefetch_related("services"):
        missing = offered - {service.pk for service in counter.services.all()}
        if missing:
            counter.services.add(*missing)
            journal.record("serve_services", "counter", counter.pk, by)
            changed += 1
    return changed


def _offered() -> QuerySet[Service]:
    return Service.objects.exclude(kind=Service.Kind.ELSEWHERE).exclude(state=Service.State.WITHDRAWN)
