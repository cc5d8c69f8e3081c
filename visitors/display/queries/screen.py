"""What a display shows and says beside the queue itself."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from ula_portal.core import clock
from ula_portal.core.data.process_cache import AlignedProcessCache
from ula_portal.core.models import Location, StoredFile
from visitors.models import QueueEvent, ScreenNotice, ScreenRule
from visitors.places.queries import service_points

# Visitors served last, from whose time the waiting time is told, and how far back they are looked for.
_SAMPLE, _SAMPLE_DAYS = 60, 14
# A board is drawn at every event of the queue; how long visits take does not change in minutes. Every process keeps the
# same sample: what had ended a while before the step began, so that nothing of it is still being written or taken back.
served_seconds_cache: AlignedProcessCache[dict[int, list[float]]] = AlignedProcessCache(300)
_SETTLED = datetime.timedelta(minutes=2)
NOTICES_SHOWN = 12


@dataclass(frozen=True)
class News:
    """A notice in turn on the display; ``picture``: whether one belongs to it."""

    id: int
    text: str
    picture: bool


@dataclass(frozen=True)
class Call:
    """A call to be spoken; ``last``: the last one before the visitor counts as absent."""

    letter: str
    number: int
    counter: str
    last: bool


def sound_of(location: Location) -> ScreenRule:
    """How the display of a location sounds: its own rule, else the usual one (not saved), at all hours.

    No query where ``screen_rule`` was fetched with the location.
    """
    return getattr(location, "screen_rule", None) or ScreenRule(location_id=location.pk)


def news_of(location_id: int) -> list[News]:
    """Notices of a location that are valid today, in their order, at most 12. One query."""
    here = _valid_today().filter(Q(location=None) | Q(location=location_id))
    found = here.values_list("pk", "text", "picture_id")[:NOTICES_SHOWN]
    return [News(pk, text, picture is not None) for pk, text, picture in found]


def picture_of_notice(pk: int) -> StoredFile | None:
    """The stored picture of a notice that is valid today, or None."""
    notice = _valid_today().filter(pk=pk, picture__isnull=False).select_related("picture").first()
    return notice.picture if notice else None


def _valid_today() -> QuerySet[ScreenNotice]:
    today = clock.today()
    return ScreenNotice.objects.filter(Q(to_date=None) | Q(to_date__gte=today), from_date__lte=today)


def call_of_event(location_id: int, event_id: int) -> Call | None:
    """The call behind an event of today at a location; None for anything else. Two queries."""
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

    Read anew every five minutes, in one query; the same in every process.
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
    """The same for one location. One query."""
    return served_seconds_at([location_id]).get(location_id, [])
