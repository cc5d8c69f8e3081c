"""Visitors who have come for an official, and who may answer for them."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django_stubs_ext import WithAnnotations

from ula_portal.core import clock
from ula_portal.core.models import Tenure, User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.permissions import position_ids_of
from visitors import permissions, states
from visitors.models import Counter, HostCall, Ticket, Visit
from visitors.places.queries import service_points

SHOWN = 30


class Received(TypedDict):
    """``received``: whether the visitor was called into a room, which counts as an answer."""

    received: bool


def _is_for(user: User) -> Q:
    return Q(position__in=position_ids_of(user)) | Q(delegate=user.pk)


def host_call_of(user: User, pk: int) -> HostCall | None:
    """A call by its id, if the user may answer it. One query."""
    return HostCall.objects.filter(_is_for(user), pk=pk).first()


def _calls_for(user: User) -> "QuerySet[WithAnnotations[HostCall, Received]]":
    """Today's calls to the user's positions, or delegated to them, whose visitor has not left."""
    in_room = Ticket.objects.filter(visit=OuterRef("visit"), session__counter__kind=Counter.Kind.ROOM)
    received = Exists(in_room.exclude(state__in=(Ticket.State.WAITING, Ticket.State.NO_SHOW)))
    calls = HostCall.objects.filter(_is_for(user), asked_at__gte=service_points.midnight(), visit__left_at__isnull=True)
    return calls.annotate(received=received)


def host_calls_for(user: User) -> list[HostCall]:
    """Visitors who came for the user and are still here, the longest wait first, at most 30. Two queries."""
    calls = _calls_for(user).select_related(
        "visit__visitor", "visit__service", "position", "delegate", "visit__location"
    )
    return list(calls.order_by("asked_at", "pk")[:SHOWN])


def guests_of(user: User) -> QuerySet[Visit]:
    """Visits of today whose host the user is: they came for the user, were delegated to them, or were called to their
    room.

    For a room only the visit's newest ticket counts.
    """
    mine = Q(host_call__position__in=position_ids_of(user)) | Q(host_call__delegate=user.pk)
    rooms = permissions.room_ids_of(user)
    visits = Visit.objects.filter(checked_in_at__gte=service_points.midnight())
    if not rooms:
        return visits.filter(mine)
    newest = Ticket.objects.filter(visit=OuterRef("pk")).order_by("-pk").values("session__counter")[:1]
    return visits.annotate(last_room=Subquery(newest)).filter(mine | Q(last_room__in=rooms))


def room_guests_of(user: User) -> list[Visit]:
    """Visitors who came for something else, were received in the user's room and have not left; at most 30.

    One query, or none for a user without a room.
    """
    if not permissions.room_ids_of(user):
        return []
    served = Ticket.objects.filter(visit=OuterRef("pk"), state=Ticket.State.FINISHED)
    live = Ticket.objects.filter(visit=OuterRef("pk"), state__in=Ticket.LIVE_STATES)
    found = guests_of(user).filter(Exists(served), ~Exists(live), host_call=None, left_at=None)
    return list(found.select_related("visitor", "location").order_by("checked_in_at", "pk")[:SHOWN])


def guest_just_left(user: User, pk: int | None) -> Visit | None:
    """A guest of the user who was checked out within the last minute, with the visitor; no query without ``pk``."""
    if pk is None:
        return None
    ended = guests_of(user).filter(pk=pk, left_at__gte=clock.now() - states.UNDO_WITHIN)
    return ended.select_related("visitor").first()


def host_calls_waiting(user: User) -> QuerySet[HostCall]:
    """Visitors who wait for the user's answer, for the staff rail."""
    return _calls_for(user).filter(answer="", received=False)


def host_topics_for(user: User) -> set[str]:
    """Live topics about visitors of this user (``core.live.changes``)."""
    return {f"h{pk}" for pk in position_ids_of(user)} | {f"g{user.pk}"}


class EventWithData(Protocol):
    """An event of the queue with its data."""

    @property
    def data(self) -> Mapping[str, Any]: ...


def host_topics_of(events: Iterable[EventWithData]) -> set[str]:
    """Live topics of events about visitors of officials."""
    positions = {f"h{pk}" for event in events for pk in event.data.get("positions", ())}
    return positions | {f"g{pk}" for event in events for pk in event.data.get("people", ())}


def may_answer(user: User, call: HostCall) -> bool:
    """Whether the user answers for a visitor: today's holder of the position, or the delegate."""
    return call.position_id in position_ids_of(user) or call.delegate_id == user.pk


def delegates_for(calls: Iterable[HostCall], user: User) -> dict[int, list[User]]:
    """Colleagues of the positions' units who are present today, by the unit's id, without the user; sorted by name.

    ``calls``: with their ``position``. Two queries, however many calls.
    """
    today = clock.today()
    rows = Tenure.objects.filter(
        Q(to_date=None) | Q(to_date__gte=today),
        from_date__lte=today,
        position__unit__in={call.position.unit_id for call in calls},
        user__is_active=True,
    ).exclude(user=user.pk)
    tenures = list(rows.select_related("user", "position").order_by("user__full_name", "user"))
    away = presence_of([tenure.user_id for tenure in tenures])
    found: dict[int, dict[int, User]] = {}
    for tenure in tenures:
        if tenure.user_id not in away:
            found.setdefault(tenure.position.unit_id, {})[tenure.user_id] = tenure.user
    return {unit_id: list(people.values()) for unit_id, people in found.items()}
