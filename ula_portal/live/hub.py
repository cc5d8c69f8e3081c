"""The streams of a process, their feeds, and the one listener and one reader that drive them."""

import asyncio
import contextlib
import logging
import time

import psycopg2
from django.db import DatabaseError

from ula_portal.core.live import channels
from ula_portal.core.live import waking as live
from ula_portal.core.live.channels import Channel, Feed, Stream

logger = logging.getLogger(__name__)

# Seconds between two reads without a NOTIFY.
READ_EVERY = 1.0
BEAT_EVERY = 15.0
# The reader stops after so many seconds without streams.
IDLE_AFTER = 30.0
# One client may hold a quarter of a process's streams, so that nobody can lock out the waiting room.
SHARE_OF_ONE = 4


class Full(Exception):
    """The limit of open streams is reached, in total or for one client."""


class Hub:
    """The open streams and their feeds. Used only in one event loop."""

    def __init__(self, *, limit: int):
        self.limit = limit
        # All feeds read, even without streams, since one feed may report topics to the streams of another.
        self._feeds: dict[type[Feed], Feed] = {kind: kind() for kind in channels.feeds()}
        self._feed_of: dict[Stream, Feed] = {}
        # Changed topics that were not reported yet.
        self._topics: set[str] = set()
        self._ready = asyncio.Event()
        self._news = asyncio.Event()
        self._listening: tuple | None = None
        self._reader: asyncio.Task | None = None
        self._used_at = self._beat_at = 0.0

    def join(self, stream: Stream, channel: Channel) -> None:
        """Add a stream.

        Raises: Full.
        """
        own = stream.client and sum(each.client == stream.client for each in self._feed_of)
        if len(self._feed_of) >= self.limit or (own and own >= max(self.limit // SHARE_OF_ONE, 1)):
            raise Full
        feed = self._feed_of[stream] = self._feeds[channel.feed]
        feed.join(stream)
        self._used_at = time.monotonic()
        if self._reader is None or self._reader.done():
            self._ready.clear()
            self._reader = asyncio.ensure_future(self._read())

    def leave(self, stream: Stream) -> None:
        stream.close()
        if feed := self._feed_of.pop(stream, None):
            feed.leave(stream)
        self._used_at = time.monotonic()

    async def opening(self, stream: Stream, last_id: str) -> bytes:
        """The first pieces of a stream that has joined (``Feed.opening``).

        Raises: DatabaseError if the database does not answer.
        """
        try:
            await asyncio.wait_for(self._ready.wait(), 10)
        except TimeoutError:
            raise DatabaseError("the reader of the live streams did not start") from None
        return await self._feed_of[stream].opening(stream, last_id)

    async def _read(self):
        """Let the feeds read until there have been no streams for a while."""
        try:
            while self._feed_of or time.monotonic() - self._used_at < IDLE_AFTER:
                try:
                    await self._step()
                except DatabaseError as error:
                    logger.warning("live: news could not be read: %s", str(error).splitlines()[0])
                    self._stop_listening()
                    await asyncio.sleep(READ_EVERY)
                    continue
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), READ_EVERY)
        except Exception:
            # Clients reconnect, and the first one starts the reader again.
            logger.exception("live: the reader stopped")
            for stream in list(self._feed_of):
                stream.close()
        finally:
            self._stop_listening()
            for feed in self._feeds.values():
                feed.forget()
            self._ready.clear()

    async def _step(self):
        self._news.clear()
        if self._listening is None:
            await self._listen()
        for feed in self._feeds.values():
            self._topics |= await feed.read()
        self._ready.set()
        for feed in self._feeds.values():
            await feed.show()
        for feed in self._feeds.values():
            await feed.hear(self._topics)
        self._topics = set()
        if time.monotonic() - self._beat_at >= BEAT_EVERY:
            await self._beat()

    async def _beat(self):
        """Tell all clients that their content is current; only called when all feeds have just read."""
        self._beat_at = time.monotonic()
        for feed in self._feeds.values():
            await feed.refresh()
        beat = channels.signal("beat")
        for stream in list(self._feed_of):
            stream.push(beat)

    async def _listen(self):
        try:
            connection = await asyncio.get_running_loop().run_in_executor(None, live.listen)
        except psycopg2.Error as error:
            raise DatabaseError(str(error)) from error
        self._listening = connection, connection.fileno()
        asyncio.get_running_loop().add_reader(connection.fileno(), self._heard)

    def _heard(self):
        connection, _number = self._listening
        try:
            connection.poll()
        except psycopg2.Error:
            # The tables are still read every second; the next step listens again.
            self._stop_listening()
            return
        if connection.notifies:
            connection.notifies.clear()
            self._news.set()

    def _stop_listening(self):
        if self._listening is not None:
            connection, number = self._listening
            self._listening = None
            asyncio.get_running_loop().remove_reader(number)
            connection.close()
