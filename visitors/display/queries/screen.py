"""What a display shows and announces besides the queue itself."""

import datetime
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from ula_portal.core import clock
from ula_portal.core.data.process_cache import AlignedProcessCache
from ula_portal.core.models import Location, StoredFile
from visitors.models import QueueEvent, ScreenNotice, ScreenRule
from visitors.places.queries import service_points

# The visitors served last, from whom the waiting time is estimated, and the days in which they are searched.
_SAMPLE, _SAMPLE_DAYS = 60, 14
# A board is built at every event, but service times do not change within minutes. Every process caches the same sample:
# visits that ended a while before the interval began, so that none is still being written or taken back.
served_seconds_cache: AlignedProcessCache[dict[int, list[float]]] = AlignedProcessCache(300)
_SETTLED = datetime.timedelta(minutes=2)
NOTICES_SHOWN = 12
# Letters in two lines of the display's type for visitors, alone and beside a picture.
LETTERS, LETTERS_BESIDE_PICTURE = 70, 46


@dataclass(frozen=True)
class News:
    """A notice that the display shows in turn, or a part of a long one; ``picture``: whether it has one."""

    id: int
    text: str
    picture: bool


@dataclass(frozen=True)
class Call:
    """A call to be announced; ``last``: the last one before the visitor counts as absent."""

    letter: str
    number: int
    counter: str
    last: bool


def sound_of(location: Location) -> ScreenRule:
    """The sound rule of a location's display, or an unsaved one with the defaults.

    No query if ``screen_rule`` was fetched with the location.
    """
    return getattr(location, "screen_rule", None) or ScreenRule(location_id=location.pk)


def news_of(location_id: int) -> list[News]:
    """Notices of a location that are valid today, in their order, at most 12. One query.

    What does not fit into two lines that are read from eight metres follows as the next one.
    """
    here = _valid_today().filter(Q(location=None) | Q(location=location_id))
    found = here.values_list("pk", "text", "picture_id")[:NOTICES_SHOWN]
    return [
        News(pk, part, picture is not None)
        for pk, text, picture in found
        for part in textwrap.wrap(text, LETTERS_BESIDE_PICTURE if picture else LETTERS)
    ]


def picture_of_notice(pk: int) -> StoredFile | None:
    """The picture of a notice that is valid today, or None."""
    notice = _valid_today().filter(pk=pk, picture__isnull=False).select_related("picture").first()
    return notice.picture if notice else None


def _valid_today() -> QuerySet[ScreenNotice]:
    today = clock.today()
    return ScreenNotice.objects.filter(Q(to_date=None) | Q(to_date__gte=today), from_date__lte=today)


def call_of_event(location_id: int, event_id: int) -> Call | None:
    """The call of an event of today at a location; None for anything else. Two queries."""
    calls = QueueEvent.objects.filter(kind__in=("called", "recalled"), at__gte=service_points.midnight())
    event = calls.filter(pk=event_id, location_id=location_id).select_related("ticket").first()
    if event is None or event.ticket is None:
        return None
    last = service_points.rule_of(location_id).is_last(event.data.get("call", 1))
    return Call(event.ticket.letter, event.ticket.number, event.data.get("counter", ""), last)


_SERVED = """
SELECT place.id, extract(epoch FROM served.finished_at - served.called_at)::float
FROM unnest(%s::bigint[]) AS place (id) CROSS JOIN LATERAL (
    SELECT called_at, finished_at FROM visitors_ticket
    WHERE location_id = place.id AND day >= %s AND state = 'finished' AND finished_at > called_at AND finished_at <= %s
    ORDER BY day DESC, finished_at DESC, id LIMIT %s
) AS served
"""


def served_seconds_at(location_ids: Iterable[int]) -> dict[int, list[float]]:
    """Seconds from call to end of the visitors whom each location served last, by location.

    Cached for five minutes, with the same values in every process; one query when it is read.
    """
    places = tuple(sorted(location_ids))
    return served_seconds_cache.get(places, lambda began: _served(places, began - _SETTLED))


def _served(location_ids: Iterable[int], until: datetime.datetime) -> dict[int, list[float]]:
    since = clock.local(until).date() - datetime.timedelta(days=_SAMPLE_DAYS)
    found: dict[int, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, [list(location_ids), since, until, _SAMPLE])
        for location_id, seconds in cursor.fetchall():
            found.setdefault(location_id, []).append(seconds)
    return found


def served_seconds(location_id: int) -> list[float]:
    """``served_seconds_at`` for one location."""
    return served_seconds_at([location_id]).get(location_id, [])
