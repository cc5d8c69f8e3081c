"""Adding counters and officials' rooms to a location."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Location, Position
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
