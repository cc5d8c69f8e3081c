"""Counters and rooms: one of each name per location, a room only with a position."""

import pytest

from tests.factories import visitors as make
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.verbs.errors import Refused
from visitors.models import Counter
from visitors.places.actions import add_counter

pytestmark = pytest.mark.django_db


def test_a_counter_serves_what_was_said_and_its_name_is_taken():
    place, service = make.location(), make.service()
    counter = add_counter(place, by=SYSTEM, name="Loket 7", number=7, services=[service])
    assert counter == Counter.objects.get(location=place, name="Loket 7", number=7, kind="counter")
    assert list(counter.services.all()) == [service]
    with pytest.raises(Refused, match="sudah dipakai") as refused:
        add_counter(place, by=SYSTEM, name="Loket 7")
    assert refused.value.field == "name"
    assert add_counter(make.location("cabang"), by=SYSTEM, name="Loket 7").services.count() == 0


def test_a_room_is_a_positions():
    place, position = make.location(), make.position()
    with pytest.raises(Refused, match="jabatan") as refused:
        add_counter(place, by=SYSTEM, name="Ruang Kabid", kind="room")
    assert refused.value.field == "position"
    assert add_counter(place, by=SYSTEM, name="Ruang Kabid", kind="room", position=position).position == position
