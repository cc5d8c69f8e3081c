"""Who is in the building, and where: for the desk's list, the evacuation list and the host's guests."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypedDict

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from ula_portal.core import clock
from ula_portal.core.models import Location, User
from visitors import permissions
from visitors.models import Counter, Ticket, Visit
from visitors.places.queries import service_points

# A visitor served at a counter who was not seen since has probably left after this time.
PROBABLY_GONE = datetime.timedelta(minutes=15)
# The newest visits that the desk's page shows of each list.
LIST_LIMIT = 60


class LatestTicket(TypedDict, total=False):
    """The ticket that tells where a visitor is; ``ended``: its end in ISO 8601, as JSON holds it."""

    state: str
    ended: str
    counter: str | None
    kind: str | None
    target_kind: str | None


class Whereabouts(TypedDict):
    """Columns of ``with_whereabouts``.

    ``latest_ticket``: the visit's live ticket, or else its newest; ``host_room``: name of the host's room.
    """

    latest_ticket: LatestTicket | None
    host_room: str | None


VisitWithWhereabouts: TypeAlias = "WithAnnotations[Visit, Whereabouts]"


@dataclass(frozen=True)
class Present:
    """A visit whose visitor has not checked out. ``where``: a place, never a purpose; ``gone``: they have probably
    left.
    """

    visit: Visit
    where: str
    gone: bool


@dataclass(frozen=True)
class Inside:
    """``here`` and ``gone``: the newest 60 visits of each; ``people`` and ``people_gone``: persons of all of them."""

    here: list[Present] = field(default_factory=list)
    gone: list[Present] = field(default_factory=list)
    people: int = 0
    people_gone: int = 0


@dataclass(frozen=True)
class Guest:
    """A visitor who is not checked out. ``people``: persons; ``helpers``: who came with them; ``visits``: visit ids."""

    name: str
    people: int
    since: datetime.datetime
    where: str
    helpers: str
    visits: tuple[int, ...]


def inside(user: User, location: Location) -> Inside:
    """Today's visits that have not ended, newest first, split by whether the visitor has probably left. One query."""
    present = _present(user, location)
    here, gone = _split_by_presence(present)
    return Inside(here[::-1][:LIST_LIMIT], gone[::-1][:LIST_LIMIT], _heads(here), _heads(gone))


def visits_today() -> QuerySet[Visit]:
    """All visits that began today, for counting."""
    return Visit.objects.filter(checked_in_at__gte=service_points.midnight())


def in_the_building(user: User, location: Location) -> tuple[list[Guest], list[Guest]]:
    """For an evacuation: who is in the building, and separately who has probably left; by name. One query.

    Every visit that began today and has not ended is on one of the lists. A visitor with two errands is one guest, who
    has left only when all of their visits probably have.
    """
    lists = []
    for part in _split_by_presence(_present(user, location)):
        by_visitor: dict[int, list[Present]] = {}
        for entry in part:
            by_visitor.setdefault(entry.visit.visitor_id, []).append(entry)
        lists.append(sorted(map(_guest, by_visitor.values()), key=lambda guest: guest.name.casefold()))
    return lists[0], lists[1]


def _split_by_presence(present: list[Present]) -> tuple[list[Present], list[Present]]:
    """The visits of visitors who are here, and the visits of those who have probably left."""
    here = {entry.visit.visitor_id for entry in present if not entry.gone}
    return (
        [entry for entry in present if entry.visit.visitor_id in here],
        [entry for entry in present if entry.visit.visitor_id not in here],
    )


def _heads(present: Iterable[Present]) -> int:
    """Persons behind visits; a visitor with two errands counts once."""
    heads: dict[int, int] = {}
    for entry in present:
        visit = entry.visit
        heads[visit.visitor_id] = max(visit.head_count, heads.get(visit.visitor_id, 0))
    return sum(heads.values())


def _guest(own: list[Present]) -> Guest:
    visits = [entry.visit for entry in own]
    # Where they are now, not where another errand ended.
    places = [entry.where for entry in own if not entry.gone] or [entry.where for entry in own]
    return Guest(
        name=visits[0].visitor.name,
        people=max(visit.head_count for visit in visits),
        since=visits[0].checked_in_at,
        where=", ".join(dict.fromkeys(places)),
        helpers=", ".join(dict.fromkeys(visit.companion for visit in visits if visit.companion)),
        visits=tuple(visit.pk for visit in visits),
    )


def _present(user: User, location: Location) -> list[Present]:
    if not permissions.may_check_in(user):
        return []
    visits = Visit.objects.filter(location=location, left_at__isnull=True, checked_in_at__gte=service_points.midnight())
    placed = with_whereabouts(visits).select_related("visitor", "host", "service", "request", "host_call__delegate")
    return [
        Present(visit, where_is(visit), is_probably_gone(visit)) for visit in placed.order_by("checked_in_at", "pk")
    ]


def with_whereabouts(visits: QuerySet[Visit]) -> QuerySet[VisitWithWhereabouts]:
    """Visits with what tells where their visitors are."""
    live_first = Case(When(state__in=Ticket.LIVE_STATES, then=Value(0)), default=Value(1))
    newest = Ticket.objects.filter(visit=OuterRef("pk")).order_by(live_first, "-pk")
    columns = JSONObject(
        state=F("state"),
        ended=F("finished_at"),
        counter=F("session__counter__name"),
        kind=F("session__counter__kind"),
        target_kind=F("target__kind"),
    )
    rooms = Counter.objects.filter(
        kind=Counter.Kind.ROOM, active=True, location=OuterRef("location"), position=OuterRef("host")
    )
    return visits.annotate(
        latest_ticket=Subquery(newest.values(json=columns)[:1]), host_room=Subquery(rooms.values("name")[:1])
    )


def is_guest_of_official(visit: VisitWithWhereabouts) -> bool:
    """Whether the visitor came for an official or was last with one; such a guest stays until checked out."""
    latest = visit.latest_ticket or {}
    return visit.host_id is not None or Counter.Kind.ROOM in (latest.get("kind"), latest.get("target_kind"))


def is_probably_gone(visit: VisitWithWhereabouts) -> bool:
    """Whether the visitor was served at a counter, or gave the number back, more than PROBABLY_GONE ago."""
    latest = visit.latest_ticket or {}
    if latest.get("state") not in (Ticket.State.FINISHED, Ticket.State.CANCELLED) or is_guest_of_official(visit):
        return False
    return clock.now() - datetime.datetime.fromisoformat(latest["ended"]) >= PROBABLY_GONE


def where_is(visit: VisitWithWhereabouts) -> str:
    """The place in which to look for a visitor.

    ``visit``: from ``with_whereabouts``, with ``host`` and ``host_call``.
    """
    latest = visit.latest_ticket or {}
    state, counter = latest.get("state"), latest.get("counter") or ""
    if state in (Ticket.State.CALLED, Ticket.State.SERVING):
        return counter
    if state == Ticket.State.FINISHED and latest["kind"] == Counter.Kind.ROOM:
        return counter
    if visit.host_id is not None and state in (None, Ticket.State.FINISHED):
        return _with_host(visit)
    if state == Ticket.State.FINISHED:
        # A number given out on paper has no counter.
        return _("Selesai di %(counter)s") % {"counter": counter or _("loket")}
    if state == Ticket.State.NO_SHOW:
        return _("Ruang tunggu, tidak hadir saat dipanggil")
    return _("Ruang tunggu")


def _with_host(visit: VisitWithWhereabouts) -> str:
    # A visit without a call lacks the attribute ``host_call``.
    delegate = getattr(getattr(visit, "host_call", None), "delegate", None)
    if delegate is not None:
        return _("Bersama %(name)s") % {"name": delegate.full_name}
    return visit.host_room or _("Di tempat %(host)s") % {"host": visit.host}
