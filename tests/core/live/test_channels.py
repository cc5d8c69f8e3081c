"""Channels and their feeds: each is registered once, and "changed" reaches those whom it concerns."""

import asyncio

import pytest
from django.db import DatabaseError

from ula_portal.core.live import changes, channels
from ula_portal.core.live.channels import Channel, Feed, Stream, signal
from ula_portal.live.hub import Full, Hub


async def nobody(_name):
    return None


@pytest.fixture(autouse=True)
def no_other_channels(monkeypatch):
    monkeypatch.setattr(channels, "_channels", {})
    monkeypatch.setattr(changes, "_sources", [])


def test_a_name_belongs_to_one_channel_and_a_feed_is_made_once():
    first, second = Channel("layar", nobody, Feed), Channel("nomor", nobody, Feed)
    channels.register_channels(first, second, changes.CHANNEL)
    channels.register_channels(first)
    with pytest.raises(RuntimeError, match="layar"):
        channels.register_channels(Channel("layar", nobody, changes.TopicFeed))
    assert channels.channel_named("layar") is first and channels.channel_named("siaran") is None
    assert channels.feeds() == [Feed, changes.TopicFeed]
    assert first.address("ula") == "/live/layar/ula"


def test_a_client_that_takes_nothing_is_cut_off():
    async def play():
        stream = Stream()
        for _n in range(200):
            stream.push(b"x")
        assert await stream.next() == b"x" * 200
        for _n in range(201):
            stream.push(b"x")
        assert stream.closed and await stream.next() is None

    asyncio.run(play())


class Table:
    """A source of topics: those written since the mark, which is a number of rows."""

    def __init__(self):
        self.rows, self.read = [], 0

    def mark_of_now(self):
        return len(self.rows)

    def topics_since(self, mark):
        self.read += 1
        return set(self.rows[mark:]), len(self.rows)


def test_topics_are_read_while_somebody_listens_and_told_once_to_those_whom_they_concern():
    tables = Table(), Table()
    for table in tables:
        changes.add_source(table.mark_of_now, table.topics_since)

    async def play():
        feed = changes.TopicFeed()
        await feed.hear({"u1"})
        mine, other = (changes.TopicStream(frozenset(topics)) for topics in (("u1", "n2"), ("u3",)))
        tables[0].rows.append("u1")
        for stream in (mine, other):
            feed.join(stream)
        # A new reader knows nothing yet; what others heard before is not news.
        await feed.hear({"u1"})
        assert [table.read for table in tables] == [0, 0]
        assert b"event: hello" in await feed.opening(mine, "")
        await feed.hear(set())
        assert not mine._pieces
        for table in tables:
            table.rows.append("u1")
        await feed.hear({"n2"})
        assert (len(mine._pieces), len(other._pieces)) == (1, 0)
        assert b"event: changed" in await mine.next()
        await feed.hear({"u3"})
        assert (len(mine._pieces), len(other._pieces)) == (0, 1)
        for stream in (mine, other):
            feed.leave(stream)
        await feed.hear(set())
        assert [table.read for table in tables] == [3, 3]

    asyncio.run(play())


class Hall(Feed):
    """Hears of ``u1`` in each reading; its first reading of the board fails."""

    def __init__(self):
        self.left = 1

    async def opening(self, stream, last_id):
        return signal("hello")

    async def read(self):
        return {"u1"} if self.left == 1 else set()

    async def show(self):
        if self.left:
            self.left -= 1
            raise DatabaseError("the board")


@pytest.mark.django_db(transaction=True)
def test_what_one_feed_heard_reaches_the_streams_of_another_though_something_failed_between():
    hall = Channel("layar", nobody, Hall)
    channels.register_channels(changes.CHANNEL, hall)

    async def play():
        hub = Hub(limit=2)
        rail = changes.TopicStream(frozenset({"u1"}))
        hub.join(rail, changes.CHANNEL)
        hub.join(Stream(), hall)
        with pytest.raises(Full):
            hub.join(Stream(), hall)
        assert b"event: hello" in await hub.opening(rail, "")
        told = b""
        while b"event: changed" not in told:
            told += await asyncio.wait_for(rail.next(), 10)
        hub._reader.cancel()
        await asyncio.wait([hub._reader])
        assert told.count(b"event: changed") == 1 and hub._listening is None

    asyncio.run(play())
