"""Live streams as an app describes them; ``ula_portal.live`` opens and feeds them, whatever they tell.

A channel is a kind of stream: its name in the address, who may open one, and what feeds it. An app registers its
channels in its ``AppConfig.ready``. Channels that tell of the same news share a feed, which reads them once for all.
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

# Addresses below this are answered by ``ula_portal.live``, outside Django's middleware.
PREFIX = "/live/"
# A client that does not take this many pieces is cut off; it comes back with its Last-Event-ID.
_PIECES = 200

# In threads of their own: their connections to the database last.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


class Stream:
    """An open stream and what waits to be sent to it. A channel adds what the stream is about."""

    __slots__ = ("_pieces", "_waiter", "client", "closed", "language", "last")

    def __init__(self) -> None:
        # Set by whoever opens it: its streams are limited together.
        self.client = ""
        self.language = settings.LANGUAGE_CODE
        self.closed = False
        # What was said last, so that the same is not said twice.
        self.last: object = None
        self._pieces: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None

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

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


Joined = TypeVar("Joined", bound=Stream)
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Feed(Generic[Joined]):
    """What reads the news of some channels and tells their streams. A server process has one of each kind.

    Only touched in the server's event loop. The process's one reader calls ``read`` of all feeds, then ``show`` of all,
    then ``hear`` of all, at every NOTIFY (``core.live.waking``) and each second; after a DatabaseError it begins again.
    """

    def join(self, stream: Joined) -> None:
        """A stream was opened."""

    def leave(self, stream: Joined) -> None:
        """A stream that had joined has ended."""

    async def opening(self, stream: Joined, last_id: str) -> bytes:
        """First words of a stream that has joined: what was missed since ``last_id``, and the state of now.

        ``last_id``: where the client left off, as it says. The reader has read at least once. Raises DatabaseError.
        """
        raise NotImplementedError

    async def read(self) -> set[str]:
        """Read what is new and tell the streams; returns the topics that changed (``core.live.changes``)."""
        return set()

    async def show(self) -> None:
        """Tell the streams what has to be read anew because of it."""

    async def hear(self, topics: set[str]) -> None:
        """Tell the streams of the topics that changed, as all feeds have found."""

    async def refresh(self) -> None:
        """Show anew what changes by time alone; called before the streams are told that what they show is fresh."""

    def forget(self) -> None:
        """The reader has stopped; the next one begins with what is then."""


@dataclass(frozen=True)
class Channel:
    """A kind of stream.

    ``name``: in its addresses. ``open`` takes the rest of an address and gives the stream behind it; None when there is
    nothing of that name, or nothing that its bearer may hear. ``feed``: what feeds it, of which each process makes one.
    """

    name: str
    open: Callable[[str], Awaitable[Stream | None]]
    feed: type[Feed[Any]]

    def address(self, rest: str) -> str:
        """Where a page listens; ``rest``: what ``open`` will be asked for."""
        return address_of(self.name, rest)


def address_of(name: str, rest: str) -> str:
    """Where a page listens to the channel of that name; ``rest``: what the channel's ``open`` will be asked for."""
    return f"{PREFIX}{name}/{rest}"


_channels: dict[str, Channel] = {}


def register(*channels: Channel) -> None:
    """Let streams of these channels be opened; another channel of the same name raises RuntimeError."""
    for channel in channels:
        if _channels.setdefault(channel.name, channel) is not channel:
            raise RuntimeError(f"a channel {channel.name} is registered already")


def channel_named(name: str) -> Channel | None:
    return _channels.get(name)


def feeds() -> list[type[Feed[Any]]]:
    """The feeds of all channels, each once, in the order in which they were registered."""
    return list(dict.fromkeys(channel.feed for channel in _channels.values()))


async def in_database(function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    """Run ``function`` in a thread that may query; a broken connection is dropped, the next call gets a new one.

    Raises what ``function`` raises; DatabaseError covers every trouble of the server.
    """
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_connection, function, arguments)


def _with_connection(function: Callable[[*Arguments], Result], arguments: tuple[*Arguments]) -> Result:
    try:
        return function(*arguments)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseError(str(error)) from error


def message(event: str, data: Mapping[str, object], cursor: int | str | None = None) -> bytes:
    """An event of the stream; ``cursor`` becomes its id, which a client sends back as ``Last-Event-ID``."""
    identity = f"id: {cursor}\n" if cursor is not None else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{identity}event: {event}\ndata: {text}\n\n".encode()


def signal(event: str) -> bytes:
    """An event that tells only that it happened, and when."""
    return message(event, {"at": milliseconds(clock.now())})


def milliseconds(moment: datetime) -> int:
    """A moment as the pages' scripts count."""
    return int(moment.timestamp() * 1000)
