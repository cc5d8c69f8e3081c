"""One listener and one reader per process, and all the streams whose feeds they keep going."""

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

# The feeds read this often even when no NOTIFY was heard.
READ_EVERY = 1.0
BEAT_EVERY = 15.0
# The reader stops when nobody has listened for so long.
IDLE_AFTER = 30.0
# Of all streams of a process, as many as one client may hold: nobody alone shuts out the waiting room.
SHARE_OF_ONE = 4


class Full(Exception):
    """As many streams are open as this process allows, in all or for one client."""


class Hub:
    """Keeps streams and their feeds; lives in one event loop and is only touched there."""

    def __init__(self, *, limit: int):
        self.limit = limit
        # Every channel's feed reads, whoever listens: one feed may tell the topics that another one's streams hear.
        self._feeds: dict[type[Feed], Feed] = {kind: kind() for kind in channels.feeds()}
        self._feed_of: dict[Stream, Feed] = {}
        # Topics that changed and were not told yet.
        self._topics: set[str] = set()
        self._ready = asyncio.Event()
        self._news = asyncio.Event()
        self._listening: tuple | None = None
        self._reader: asyncio.Task | None = None
        self._used_at = self._beat_at = 0.0

    def join(self, stream: Stream, channel: Channel) -> None:
        """Take a stream in; raises Full."""
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
        """First words of a stream that has joined (``Feed.opening``).

        Raises DatabaseError when the database does not answer.
        """
        try:
            await asyncio.wait_for(self._ready.wait(), 10)
        except TimeoutError:
            raise DatabaseError("the reader of the live streams did not start") from None
        return await self._feed_of[stream].opening(stream, last_id)

    async def _read(self):
        """Keep the feeds reading until nobody has listened for a while."""
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
            # Clients come back, and the reader starts again with the next of them.
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
        """Say that what is shown is fresh: sent only by a reader whose feeds have just read."""
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
            # The table is read each second all the same; the next step listens anew.
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
