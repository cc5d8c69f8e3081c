"""One reader per process of the queue's events and of the inbox's arrivals, and all the streams it feeds."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict

import psycopg2
from django.db import DatabaseError

from services.queries import arrivals
from ula_portal.core import clock

from .. import queries
from . import reading
from .stream import Stream, message

logger = logging.getLogger(__name__)

# The table is read this often even when no NOTIFY was heard.
READ_EVERY = 1.0
BEAT_EVERY = 15.0
# Without an event a display is drawn anew after this time: hours and breaks begin without one.
BOARD_LASTS = 30.0
# The reader stops when nobody has listened for so long.
IDLE_AFTER = 30.0


# Of all streams of a process, as many as one source may hold: nobody alone shuts out the waiting room.
SHARE_OF_ONE = 4


class Full(Exception):
    """As many streams are open as this process allows, in all or for one source."""


class Hub:
    """Feeds streams; lives in one event loop and is only touched there."""

    def __init__(self, *, limit: int):
        self.limit = limit
        self.streams: set[Stream] = set()
        self._by_location: dict[int, set[Stream]] = defaultdict(set)
        self._boards: dict[int, tuple[float, asyncio.Future]] = {}
        self._cursor: queries.Cursor | None = None
        # How far the inbox was read; None while nobody listens for it.
        self._mark: arrivals.Mark | None = None
        self._ready = asyncio.Event()
        self._news = asyncio.Event()
        self._listening: tuple | None = None
        # Locations with news that could not be shown yet.
        self._due: set[int] = set()
        self._reader: asyncio.Task | None = None
        self._used_at = self._beat_at = 0.0

    def join(self, stream: Stream) -> None:
        """Take a stream in; raises Full."""
        own = stream.source and sum(each.source == stream.source for each in self.streams)
        if len(self.streams) >= self.limit or (own and own >= max(self.limit // SHARE_OF_ONE, 1)):
            raise Full
        self.streams.add(stream)
        if stream.kind != "work":
            self._by_location[stream.location_id].add(stream)
        self._used_at = time.monotonic()
        if self._reader is None or self._reader.done():
            self._ready.clear()
            self._reader = asyncio.ensure_future(self._read())

    def leave(self, stream: Stream) -> None:
        stream.close()
        self.streams.discard(stream)
        left = self._by_location.get(stream.location_id, set())
        left.discard(stream)
        if not left:
            self._by_location.pop(stream.location_id, None)
            self._boards.pop(stream.location_id, None)
        self._used_at = time.monotonic()

    async def opening(self, stream: Stream, last_id: str) -> bytes:
        """First words of a stream that has joined: what was missed since ``last_id``, and the state of now.

        Raises DatabaseError when the database does not answer.
        """
        try:
            await asyncio.wait_for(self._ready.wait(), 10)
        except TimeoutError:
            raise DatabaseError("the reader of the queue's events did not start") from None
        cursor, missed = self._cursor, b""
        resumed = queries.Cursor.parse(last_id) if stream.kind == "display" else None
        if resumed is not None and resumed.xid <= cursor.xid:
            events = await reading.in_database(queries.events_missed, resumed, stream.location_id)
            missed = b"".join(_told(event, cursor) for event in events)
        if stream.kind == "work" and self._mark is None:
            self._mark = await reading.in_database(arrivals.mark_of_now)
        if stream.kind in ("staff", "work"):
            return message("hello", {"at": _milliseconds()})
        board, page = await self._board(stream.location_id)
        if stream.last is not None:
            # The reader was faster: what is newer waits in the stream.
            return missed
        if stream.kind == "display":
            stream.last = page
            return missed + _state(board, page, cursor)
        return self._place(stream, board) or await self._ended(stream)

    async def _ended(self, stream):
        """A ticket that no longer lives stands on no board that was drawn before it was asked for."""
        board, _page = await reading.in_database(reading.board, stream.location_id, (stream.ticket_id,), False)
        return self._place(stream, board) or message("place", {"ended": True})

    def _place(self, stream, board) -> bytes:
        """News for a ticket's page; empty when it knows already."""
        place = board.places.get(stream.ticket_id)
        if place is None or place == stream.last:
            return b""
        stream.last = place
        return message("place", {"at": _milliseconds(board.at), **queries.words_of(place, stream.language)})

    async def _board(self, location_id):
        """The board of now, read once for all who ask at the same time."""
        since, kept = self._boards.get(location_id, (0.0, None))
        if kept is None or time.monotonic() - since > BOARD_LASTS:
            own = self._by_location.get(location_id, ())
            tickets = tuple(s.ticket_id for s in own if s.kind == "ticket")
            displays = any(s.kind == "display" for s in own)
            kept = asyncio.ensure_future(reading.in_database(reading.board, location_id, tickets, displays))
            kept.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._boards[location_id] = (time.monotonic(), kept)
        try:
            board, page = await asyncio.shield(kept)
        except DatabaseError:
            self._boards.pop(location_id, None)
            raise
        if not page and any(s.kind == "display" for s in self._by_location.get(location_id, ())):
            # It was read for tickets only.
            self._boards.pop(location_id, None)
            return await self._board(location_id)
        return board, page

    async def _read(self):
        """Follow the events until nobody has listened for a while."""
        self._cursor = None
        try:
            while self.streams or time.monotonic() - self._used_at < IDLE_AFTER:
                try:
                    await self._step()
                except DatabaseError as error:
                    logger.warning("live: events could not be read: %s", str(error).splitlines()[0])
                    self._stop_listening()
                    await asyncio.sleep(READ_EVERY)
                    continue
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), READ_EVERY)
        except Exception:
            # Clients come back, and the reader starts again with the next of them.
            logger.exception("live: the reader stopped")
            for stream in list(self.streams):
                stream.close()
        finally:
            self._stop_listening()
            self._boards.clear()
            self._ready.clear()

    async def _step(self):
        self._news.clear()
        if self._listening is None:
            await self._listen()
        if self._cursor is None:
            self._cursor = await reading.in_database(queries.current_cursor)
        events, self._cursor = await reading.in_database(queries.events_after, self._cursor)
        self._ready.set()
        by_location = defaultdict(list)
        for event in events:
            by_location[event.location_id].append(event)
        for location_id, some in by_location.items():
            self._tell(location_id, some)
        for location_id in list(self._due):
            await self._show(location_id)
            self._due.discard(location_id)
        await self._tell_work(events)
        if time.monotonic() - self._beat_at >= BEAT_EVERY:
            await self._beat()

    def _tell(self, location_id, events):
        self._boards.pop(location_id, None)
        self._due.add(location_id)
        listeners = self._by_location.get(location_id)
        if not listeners:
            return
        calls = b"".join(_told(event, self._cursor) for event in events)
        changed = message("changed", {"at": _milliseconds()})
        for stream in list(listeners):
            if stream.kind == "display":
                stream.push(calls)
            elif stream.kind == "staff":
                stream.push(changed)

    async def _tell_work(self, events):
        """Tell each inbox that one of its topics changed, and each official that somebody came for them."""
        listeners = [stream for stream in self.streams if stream.kind == "work"]
        if not listeners:
            self._mark = None
            return
        if self._mark is None:
            # Who has just joined sets it, and is told the state of now.
            return
        topics, self._mark = await reading.in_database(arrivals.topics_since, self._mark)
        topics |= queries.host_topics_of(events)
        changed = message("changed", {"at": _milliseconds()})
        for stream in listeners:
            if topics & stream.topics:
                stream.push(changed)

    async def _show(self, location_id):
        """Push the state of a location to who does not know it yet."""
        listeners = [s for s in self._by_location.get(location_id, ()) if s.kind != "staff"]
        if not listeners:
            return
        board, page = await self._board(location_id)
        state = _state(board, page, self._cursor) if page else b""
        for stream in listeners:
            if stream.kind == "ticket":
                if news := self._place(stream, board):
                    stream.push(news)
            elif page and stream.last != page:
                stream.last = page
                stream.push(state)

    async def _beat(self):
        """Say that what is shown is fresh: sent only by a reader that has just read the table."""
        self._beat_at = time.monotonic()
        for location_id in list(self._by_location):
            since = self._boards.get(location_id, (0.0, None))[0]
            if time.monotonic() - since > BOARD_LASTS:
                await self._show(location_id)
        beat = message("beat", {"at": _milliseconds()})
        for stream in list(self.streams):
            stream.push(beat)

    async def _listen(self):
        try:
            connection = await asyncio.get_running_loop().run_in_executor(None, reading.listen)
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


def _milliseconds(moment=None) -> int:
    return int((moment or clock.now()).timestamp() * 1000)


def _state(board, page, cursor) -> bytes:
    return message("state", {"at": _milliseconds(board.at), "html": page.html, "version": page.version}, cursor)


def _told(event, cursor) -> bytes:
    return message("queue", queries.told(event), cursor)
