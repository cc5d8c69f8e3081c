"""The stream that only sends "changed"; lists, an open case and the staff rail then reload their data.

A page listens to topics: short texts that an app chooses (for a person, a position, a case), in the signed token of the
stream's address. The changed topics come from the feeds of other channels and from sources that apps add; sources are
only read while somebody listens.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing

from .channels import Channel, Feed, Stream, in_database, signal

_SALT = "core.live.work"
# Every load of a staff page gets a new token; it is checked when the stream is opened.
TOKEN_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Source:
    """A source of changed topics.

    ``mark_of_now``: returns the mark to start from; ``topics_since``: takes the last mark and returns the topics that
    changed since then and the next mark.
    """

    mark_of_now: Callable[[], Any]
    topics_since: Callable[[Any], tuple[set[str], Any]]


_sources: list[Source] = []


def add_source(mark_of_now: Callable[[], Any], topics_since: Callable[[Any], tuple[set[str], Any]]) -> None:
    """Add a source of changed topics. Both functions run in a thread that may use the database."""
    _sources.append(Source(mark_of_now, topics_since))


def address(topics: Iterable[str]) -> str:
    """The address of a stream that reports changes of the topics, valid for two hours."""
    return CHANNEL.address(signing.dumps(sorted(topics), salt=_SALT, compress=True))


def topics_of(token: str) -> frozenset[str] | None:
    """The topics in an address's token; None if it is forged or expired."""
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
        # The last mark of each source; None while nobody listens.
        self._marks: dict[Source, Any] | None = None

    def join(self, stream: TopicStream) -> None:
        self._streams.add(stream)

    def leave(self, stream: TopicStream) -> None:
        self._streams.discard(stream)

    async def opening(self, stream: TopicStream, last_id: str) -> bytes:
        if self._marks is None:
            marks = {source: await in_database(source.mark_of_now) for source in _sources}
            # If another stream has set them meanwhile, its earlier marks cover both.
            if self._marks is None:
                self._marks = marks
        return signal("hello")

    async def hear(self, topics: set[str]) -> None:
        if not self._streams:
            self._marks = None
            return
        if self._marks is None:
            # A stream that has just joined will set them, and gets the current state then.
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
