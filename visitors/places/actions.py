"""Counters and officials' rooms of a location. Administrators and set-up only."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from services.models import Service
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor
from ula_portal.core.models import Location, Position
from ula_portal.core.verbs.errors import Refused
from visitors.models import Counter


@transaction.atomic
def add_counter(
    location: Location,
    name: str,
    *,
    kind: str = Counter.Kind.COUNTER,
    number: int | None = None,
    position: Position | None = None,
    services: Iterable[Service] = (),
    actor: Actor = SYSTEM,
) -> Counter:
    """Add a counter with the services it serves, or the room of a position; returns the Counter.

    Raises Refused when the location has one of that name, and for a room without position.
    """
    if Counter.objects.filter(location=location, name=name).exists():
        raise Refused(_("Nama loket ini sudah dipakai di lokasi yang sama."), field="name")
    if kind == Counter.Kind.ROOM and position is None:
        raise Refused(_("Ruang pejabat memerlukan jabatan."), field="position")
    counter = Counter.objects.create(location=location, name=name, kind=kind, number=number, position=position)
    counter.services.set(services)
    journal.record("add_counter", "counter", counter.pk, actor)
    return counter
