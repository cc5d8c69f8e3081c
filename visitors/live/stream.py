"""One open stream: what waits to be sent to it."""

import asyncio
import json
from collections import deque

# A client that does not take this many pieces is cut off; it comes back with its Last-Event-ID.
_PIECES = 200


class Stream:
    """A client of the hub. ``kind``: display, ticket, staff (of a location), or work (``topics`` of the inbox)."""

    __slots__ = (
        "_pieces",
        "_waiter",
        "closed",
        "kind",
        "language",
        "last",
        "location_id",
        "source",
        "ticket_id",
        "topics",
    )

    def __init__(
        self,
        kind: str,
        location_id: int | None = None,
        *,
        ticket_id: int | None = None,
        language: str = "id",
        topics: frozenset[str] = frozenset(),
    ):
        self.kind, self.location_id, self.ticket_id, self.language = kind, location_id, ticket_id, language
        self.topics = topics
        # Set by whoever opens it: its streams are limited together.
        self.source = ""
        self.closed = False
        # What was said last, so that the same is not said twice.
        self.last: object = None
        self._pieces: deque[bytes] = deque()
        self._waiter: asyncio.Future | None = None

    def push(self, piece: bytes) -> None:
        """Queue a piece; a client that is too slow is closed."""
        if self.closed:
            return
        self._pieces.append(piece)
        if len(self._pieces) > _PIECES:
            self.close()
        self._wake()

    def close(self) -> None:
        """End the stream; what is queued is dropped."""
        self.closed = True
        self._pieces.clear()
        self._wake()

    async def next(self) -> bytes | None:
        """All that waits, joined; None when the stream is closed."""
        while not self._pieces and not self.closed:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self.closed:
            return None
        pieces = b"".join(self._pieces)
        self._pieces.clear()
        return pieces

    def _wake(self):
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def message(event: str, data: dict, cursor=None) -> bytes:
    """An event of the stream; ``cursor`` becomes its id, which a client sends back as ``Last-Event-ID``."""
    identity = f"id: {cursor}\n" if cursor is not None else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{identity}event: {event}\ndata: {text}\n\n".encode()
