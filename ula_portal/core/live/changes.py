"""The stream that says "changed" and nothing else: lists, an open case and the staff rail ask anew when they hear it.

A page listens to topics, short texts that apps agree on with themselves (a person, a position, a case), which stand in
the signed token of its address. Which topics changed is told by the feeds of other channels and by sources that apps
add, which are read only while somebody listens.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing

from .channels import Channel, Feed, Stream, in_database, signal

_SALT = "core.live.work"
# A staff page asks for a new token with every load; the stream checks it when it is opened.
TOKEN_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Source:
    """Where topics come from. ``mark_of_now`` says where to begin; ``topics_since`` takes the last mark and gives the
    topics that changed since, and the next mark.
    """

    mark_of_now: Callable[[], Any]
    topics_since: Callable[[Any], tuple[set[str], Any]]


_sources: list[Source] = []


def add_source(mark_of_now: Callable[[], Any], topics_since: Callable[[Any], tuple[set[str], Any]]) -> None:
    """Let a table be read for topics. Both functions run in a thread that may query."""
    _sources.append(Source(mark_of_now, topics_since))


def address(topics: Iterable[str]) -> str:
    """Where a page hears, for two hours from now, that one of the topics changed; its bearer learns nothing else."""
    return CHANNEL.address(signing.dumps(sorted(topics), salt=_SALT, compress=True))


def topics_of(token: str) -> frozenset[str] | None:
    """The topics of an address's token; None for a forged or old one."""
    try:
        return frozenset(signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS))
    except signing.BadSignature:
        return None


class TopicStream(Stream):
    __slots__ = ("topics",)

    def __init__(self, topics: frozenset[str]) -> None:
        super().__init__()
        self.topics = topics


class TopicFeed(Feed[TopicStream]):
    def __init__(self) -> None:
        self._streams: set[TopicStream] = set()
        # How far each source was read; None while nobody listens.
        self._marks: dict[Source, Any] | None = None

    def join(self, stream: TopicStream) -> None:
        self._streams.add(stream)

    def leave(self, stream: TopicStream) -> None:
        self._streams.discard(stream)

    async def opening(self, stream: TopicStream, last_id: str) -> bytes:
        if self._marks is None:
            marks = {source: await in_database(source.mark_of_now) for source in _sources}
            # Another one may have asked at the same time: the earlier marks miss nothing of either.
            if self._marks is None:
                self._marks = marks
        return signal("hello")

    async def hear(self, topics: set[str]) -> None:
        if not self._streams:
            self._marks = None
            return
        if self._marks is None:
            # Who has just joined sets them, and is told the state of now.
            return
        for source, mark in list(self._marks.items()):
            found, self._marks[source] = await in_database(source.topics_since, mark)
            topics = topics | found
        changed = signal("changed")
        for stream in list(self._streams):
            if topics & stream.topics:
                stream.push(changed)


async def _open(token: str) -> TopicStream | None:
    topics = topics_of(token)
    return TopicStream(topics) if topics else None


CHANNEL = Channel("pekerjaan", _open, TopicFeed)
