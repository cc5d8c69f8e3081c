"""Channels, streams and feeds: how an app describes live streams, which ``ula_portal.live`` then serves.

A channel is a kind of stream: its name in the address, who may open a stream, and the feed that supplies it. An app
registers its channels in ``AppConfig.ready``. Channels with the same news share a feed, which reads the news only once.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, TypeVarTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from ula_portal.core import clock

# ``ula_portal.live`` serves addresses with this prefix, outside Django's middleware.
PREFIX = "/live/"
# A client with more unsent pieces is disconnected; it reconnects with its Last-Event-ID.
_PIECES = 200

# Separate threads, whose database connections stay open.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


class Stream:
    """An open stream with its queue of pieces to send. Subclasses add what the stream is about."""

    __slots__ = ("_pieces", "_waiter", "client", "closed", "language", "last")

    def __init__(self) -> None:
        # The client's address, set on opening; limits apply to all streams of a client.
        self.client = ""
        self.language = settings.LANGUAGE_CODE
        self.closed = False
        # The last content sent, so that it is not sent twice.
        self.last: object = None
        self._pieces: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def push(self, piece: bytes) -> None:
        """Queue a piece. Closes the stream if the client is too slow."""
        if self.closed:
            return
        self._pieces.append(piece)
        if len(self._pieces) > _PIECES:
            self.close()
        self._wake()

    def close(self) -> None:
        """End the stream and drop what is queued."""
        self.closed = True
        self._pieces.clear()
        self._wake()

    async def next(self) -> bytes | None:
        """Wait for queued pieces and return them joined; None if the stream is closed."""
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

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


Joined = TypeVar("Joined", bound=Stream)
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Feed(Generic[Joined]):
    """Reads the news for the streams of some channels. Each server process has one instance per class.

    Used only in the server's event loop. At every NOTIFY (``core.live.waking``) and once a second, the reader of the
    process calls ``read`` of all feeds, then ``show`` of all, then ``hear`` of all. After a DatabaseError it restarts.
    """

    def join(self, stream: Joined) -> None:
        """Add a stream that was opened."""

    def leave(self, stream: Joined) -> None:
        """Remove a stream that has ended."""

    async def opening(self, stream: Joined, last_id: str) -> bytes:
        """The first pieces for a stream that has joined: what it missed since ``last_id``, and the current state.

        ``last_id``: the last event id, as the client reports it. The reader has called ``read`` at least once.
        Raises: DatabaseError.
        """
        raise NotImplementedError

    async def read(self) -> set[str]:
        """Read the news and send them to the streams; returns the changed topics (``core.live.changes``)."""
        return set()

    async def show(self) -> None:
        """Send the streams what has to be read again because of the news."""

    async def hear(self, topics: set[str]) -> None:
        """Inform the streams of the topics that changed, collected from all feeds."""

    async def refresh(self) -> None:
        """Send what changes only with time; called before the streams are told that their content is current."""

    def forget(self) -> None:
        """Reset, because the reader has stopped; the next one starts with the state at that time."""


@dataclass(frozen=True)
class Channel:
    """A kind of stream.

    ``name``: part of its addresses. ``open``: takes the rest of an address and returns the stream, or None if there is
    none or the client may not open it. ``feed``: the class of its feed, instantiated once per process.
    """

    name: str
    open: Callable[[str], Awaitable[Stream | None]]
    feed: type[Feed[Any]]

    def address(self, rest: str) -> str:
        """The address of a stream. ``rest``: the argument of ``open``."""
        return stream_address(self.name, rest)


def stream_address(name: str, rest: str) -> str:
    """The address of a stream of the channel with this name. ``rest``: the argument of the channel's ``open``."""
    return f"{PREFIX}{name}/{rest}"


_channels: dict[str, Channel] = {}


def register_channels(*channels: Channel) -> None:
    """Register channels.

    Raises: RuntimeError for a second channel with the same name.
    """
    for channel in channels:
        if _channels.setdefault(channel.name, channel) is not channel:
            raise RuntimeError(f"a channel {channel.name} is registered already")


def channel_named(name: str) -> Channel | None:
    return _channels.get(name)


def feeds() -> list[type[Feed[Any]]]:
    """The feed classes of all channels, without duplicates, in the order of registration."""
    return list(dict.fromkeys(channel.feed for channel in _channels.values()))


async def in_database(function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    """Run ``function`` in a thread that may use the database. A broken connection is closed; the next call opens one.

    Raises: what ``function`` raises; DatabaseError for a broken connection.
    """
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_connection, function, arguments)


def _with_connection(function: Callable[[*Arguments], Result], arguments: tuple[*Arguments]) -> Result:
    try:
        return function(*arguments)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseError(str(error)) from error


def message(event: str, data: Mapping[str, object], cursor: int | str | None = None) -> bytes:
    """A server-sent event. ``cursor``: its id, which the client sends back as ``Last-Event-ID``."""
    identity = f"id: {cursor}\n" if cursor is not None else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{identity}event: {event}\ndata: {text}\n\n".encode()


def signal(event: str) -> bytes:
    """An event without data except its time."""
    return message(event, {"at": milliseconds(clock.now())})


def milliseconds(moment: datetime) -> int:
    """A moment in milliseconds since the epoch, as JavaScript counts."""
    return int(moment.timestamp() * 1000)
