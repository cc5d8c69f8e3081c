"""The queue's feed: events read once for all streams of a process, boards once for all streams of a location."""

import asyncio
import time
from collections import defaultdict

from django.db import DatabaseError

from ula_portal.core.live.channels import Feed, Stream, in_database, message, milliseconds, signal
from visitors.display import page as screen_page
from visitors.display.queries.board import DisplayBoard, board_at, location_now
from visitors.hosting.queries import guests
from visitors.queue.queries import events as queue_events

# Seconds after which a board is built again without an event, because service hours and breaks begin without one.
BOARD_LASTS = 30.0


class QueueStream(Stream):
    """A stream of one location's queue."""

    __slots__ = ("location_id",)
    # Whether the stream sends the board, and whether it needs the board as HTML for the display.
    sees_board = False
    needs_page = False

    def __init__(self, location_id: int) -> None:
        super().__init__()
        self.location_id = location_id

    @property
    def ticket_ids(self) -> tuple[int, ...]:
        """Tickets whose status the board must hold even when they are no longer live."""
        return ()

    async def opening(self, feed: "QueueFeed", last_id: str) -> bytes:
        """See ``Feed.opening``."""
        return signal("hello")

    def tell(self, events: bytes, changed: bytes) -> None:
        """Something has happened; ``events``: messages for a display, ``changed``: a message without details."""

    def show(self, board: DisplayBoard, page: screen_page.RenderedBoard | None, state: bytes) -> None:
        """The board has changed; ``state``: the message for a display, empty without ``page``."""


Drawn = tuple[DisplayBoard, screen_page.RenderedBoard | None]


class QueueFeed(Feed[QueueStream]):
    def __init__(self) -> None:
        self.cursor: queue_events.Cursor | None = None
        self._by_location: dict[int, set[QueueStream]] = defaultdict(set)
        self._boards: dict[int, tuple[float, asyncio.Future[Drawn] | None]] = {}
        # Locations whose new board has not been shown yet.
        self._due: set[int] = set()

    def join(self, stream: QueueStream) -> None:
        self._by_location[stream.location_id].add(stream)

    def leave(self, stream: QueueStream) -> None:
        left = self._by_location.get(stream.location_id, set())
        left.discard(stream)
        if not left:
            self._by_location.pop(stream.location_id, None)
            self._boards.pop(stream.location_id, None)

    async def opening(self, stream: QueueStream, last_id: str) -> bytes:
        return await stream.opening(self, last_id)

    async def read(self) -> set[str]:
        if self.cursor is None:
            self.cursor = await in_database(queue_events.current_cursor)
        events, cursor = await in_database(queue_events.events_after, self.cursor)
        self.cursor = cursor
        by_location: dict[int, list[queue_events.EventRow]] = defaultdict(list)
        for event in events:
            by_location[event.location_id].append(event)
        for location_id, location_events in by_location.items():
            self._tell(location_id, location_events, cursor)
        return guests.host_topics_of(events)

    async def show(self) -> None:
        for location_id in list(self._due):
            await self._show(location_id)
            self._due.discard(location_id)

    async def refresh(self) -> None:
        for location_id in list(self._by_location):
            since = self._boards.get(location_id, (0.0, None))[0]
            if time.monotonic() - since > BOARD_LASTS:
                await self._show(location_id)

    def forget(self) -> None:
        self.cursor = None
        self._boards.clear()

    async def board(self, location_id: int) -> Drawn:
        """The present board, read once for all streams that ask at the same time.

        Raises: DatabaseError.
        """
        since, pending = self._boards.get(location_id, (0.0, None))
        if pending is None or time.monotonic() - since > BOARD_LASTS:
            own = self._by_location.get(location_id, ())
            tickets = tuple(ticket_id for stream in own for ticket_id in stream.ticket_ids)
            pending = asyncio.ensure_future(in_database(read_board, location_id, tickets, self._need_page(location_id)))
            pending.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._boards[location_id] = (time.monotonic(), pending)
        try:
            board, page = await asyncio.shield(pending)
        except DatabaseError:
            self._boards.pop(location_id, None)
            raise
        if not page and self._need_page(location_id):
            # This board was built without HTML.
            self._boards.pop(location_id, None)
            return await self.board(location_id)
        return board, page

    def _need_page(self, location_id: int) -> bool:
        return any(stream.needs_page for stream in self._by_location.get(location_id, ()))

    def _tell(self, location_id: int, events: list[queue_events.EventRow], cursor: queue_events.Cursor) -> None:
        self._boards.pop(location_id, None)
        self._due.add(location_id)
        listeners = self._by_location.get(location_id)
        if not listeners:
            return
        messages, changed = display_messages(events, cursor), signal("changed")
        for stream in list(listeners):
            stream.tell(messages, changed)

    async def _show(self, location_id: int) -> None:
        """Send the board of a location to streams that do not have it yet."""
        listeners = [stream for stream in self._by_location.get(location_id, ()) if stream.sees_board]
        if not listeners:
            return
        board, page = await self.board(location_id)
        state = board_message(board, page, self.cursor) if page else b""
        for stream in listeners:
            stream.show(board, page, state)


def read_board(location_id: int, ticket_ids: tuple[int, ...], with_page: bool) -> Drawn:
    """The board of a location, and with ``with_page`` its HTML for the display."""
    place = location_now(location_id)
    found = board_at(place, ticket_ids)
    return found, screen_page.render_board(place, found) if with_page else None


def board_message(board: DisplayBoard, page: screen_page.RenderedBoard, cursor: queue_events.Cursor | None) -> bytes:
    """The message with the board for a display. ``cursor``: None while nothing was read."""
    payload = {"at": milliseconds(board.at), "html": page.html, "version": page.version}
    return message("state", payload, str(cursor) if cursor else None)


def display_messages(events: list[queue_events.EventRow], cursor: queue_events.Cursor) -> bytes:
    """The messages of events for a display, one after another."""
    return b"".join(message("queue", queue_events.display_payload(event), str(cursor)) for event in events)
