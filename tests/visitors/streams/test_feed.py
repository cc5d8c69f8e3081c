"""The queue's feed needs as many queries for one stream as for many."""

import asyncio
from collections import Counter

import pytest

from tests.factories import visitors as make
from ula_portal.core.journal.actors import staff
from ula_portal.core.live.channels import in_database
from ula_portal.core.models import Role
from visitors.counter.actions import calling, sessions
from visitors.streams import channels, feed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("each", [1, 4])
def test_an_event_is_read_once_and_its_board_once_for_all(monkeypatch, each):
    service, clerk, asked = make.service("A"), make.person(Role.COUNTER), Counter()
    counter = make.counter(service, name="Loket 2")
    session, place = sessions.open_session(counter, by=staff(clerk)), counter.location_id
    tickets = [make.ticket(service=service, user=clerk).pk for _n in range(each)]

    async def counted(function, *arguments):
        asked[function.__name__] += 1
        return await in_database(function, *arguments)

    for module in (feed, channels):
        monkeypatch.setattr(module, "in_database", counted)

    async def play():
        queue = feed.QueueFeed()
        displays = [channels.DisplayStream(place) for _n in range(each)]
        streams = [*displays, *(channels.TicketStream(ticket, place) for ticket in tickets)]
        listeners = [channels.StaffStream(place) for _n in range(each)]
        for stream in [*streams, *listeners]:
            queue.join(stream)
        await queue.read()
        await asyncio.gather(*(queue.opening(stream, "") for stream in [*streams, *listeners]))
        assert asked == {"current_cursor": 1, "events_after": 1, "read_board": 1}
        await asyncio.to_thread(calling.call_next, session, by=staff(clerk))
        await queue.read()
        # The call is sent before the board is built, and every stream gets its own board message.
        assert [b"event: queue" in await stream.next() for stream in displays] == [True] * each
        assert [b"event: changed" in await stream.next() for stream in listeners] == [True] * each
        await queue.show()
        assert [b"event: state" in await stream.next() for stream in displays] == [True] * each
        assert b'"called":true' in await streams[each].next()
        assert asked == {"current_cursor": 1, "events_after": 2, "read_board": 2}
        # Nothing has happened, so nothing is built.
        assert await queue.read() == set()
        await queue.show()
        assert asked == {"current_cursor": 1, "events_after": 3, "read_board": 2}

    asyncio.run(play())


def test_who_resumes_before_anything_was_read_is_told_the_state_alone():
    place = make.counter(make.service("A")).location_id

    async def play():
        queue, display = feed.QueueFeed(), channels.DisplayStream(place)
        queue.join(display)
        return await queue.opening(display, "1")

    told = asyncio.run(play())
    assert b"event: state" in told and b"id: " not in told
