"""Queries about absences and acting holders: who is absent, until when, and who acts meanwhile."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from ula_portal.core import clock
from ula_portal.core.models import Absence, Tenure, User

from .queries import Ids, away_on, in_office

# Far more than an office has absent people at a time.
MOST_ABSENCES = 200


def presence_of(user_ids: Ids, day: date | None = None) -> dict[int, Absence]:
    """The absences of users on a day, by user id. Present users are missing from it."""
    day = day or clock.today()
    return {a.user_id: a for a in Absence.objects.filter(away_on(day), user_id__in=user_ids).select_related("deputy")}


def next_absences(user_ids: Ids, day: date | None = None) -> dict[int, Absence]:
    """The next absence of each user that begins after a day, by user id. One query."""
    rows = Absence.objects.filter(from_date__gt=day or clock.today(), user_id__in=user_ids)
    return {each.user_id: each for each in rows.order_by("user_id", "from_date", "pk").distinct("user_id")}


@dataclass(frozen=True)
class PositionAway:
    """The absence of a position's holder, without names.

    ``kind``: one of ``Absence.Kind``; ``until``: its last day; ``deputy_position``: name of the deputy's own position,
    or ""; ``acting``: "plt" or "plh" if somebody acts in the position, else "".
    """

    kind: str
    until: date
    deputy_position: str
    acting: str


def position_away(position_id: int, day: date | None = None) -> PositionAway | None:
    """The absence of a position's holders on a day, or None if one of them is present.

    Acting holders are only considered if there is no definitive one. One query, and another one for the deputy's
    position if somebody is absent.
    """
    day = day or clock.today()
    away = FilteredRelation(
        "user__absences", condition=Q(user__absences__from_date__lte=day, user__absences__to_date__gte=day)
    )
    columns = ("kind", "user_id", "away__kind", "away__to_date", "away__deputy_id")
    held = Tenure.objects.filter(in_office(day), position_id=position_id, user__is_active=True)
    rows = list(held.annotate(away=away).values_list(*columns, named=True))
    own = [row for row in rows if row.kind == Tenure.Kind.DEFINITIVE] or rows
    if not own or any(row.away__kind is None for row in own):
        return None
    # The first to return: from then on the position has a holder again.
    first = min(own, key=lambda row: row.away__to_date)
    acting = next((row.kind for row in rows if row not in own and row.away__kind is None), "")
    return PositionAway(
        first.away__kind, first.away__to_date, _deputy_position(first.away__deputy_id, position_id, day), acting
    )


def _deputy_position(deputy_id: int | None, position_id: int, day: date) -> str:
    if deputy_id is None:
        return ""
    held = Tenure.objects.filter(in_office(day), user_id=deputy_id, user__is_active=True)
    away = Exists(Absence.objects.filter(away_on(day), user_id=OuterRef("user_id")))
    own = held.filter(~away).exclude(position_id=position_id).order_by(F("kind"), "pk")
    return own.values_list("position__name", flat=True).first() or ""


def absences_from(day: date, user_ids: Ids | None = None) -> list[Absence]:
    """Absences that are not over on a day, next ones first, with users and deputies; of certain users if given."""
    found = Absence.objects.filter(to_date__gte=day, user__is_active=True)
    found = found.select_related("user", "deputy", "recorded_by")
    if user_ids is not None:
        found = found.filter(user_id__in=user_ids)
    return list(found.order_by("from_date", "user__full_name", "pk")[:MOST_ABSENCES])


def absences_today(unit_ids: Ids | None = None) -> QuerySet[Absence]:
    """Absences of today, for counting: of everybody, or of those who hold a position in one of the units today."""
    today = clock.today()
    found = Absence.objects.filter(away_on(today), user__is_active=True)
    if unit_ids is None:
        return found
    return found.filter(user__in=Tenure.objects.filter(in_office(today), position__unit_id__in=unit_ids).values("user"))


def unseen_absences(user: User) -> QuerySet[Absence]:
    """A user's absences that somebody else recorded, that are not over, and that the user has not seen yet."""
    unseen = Absence.objects.filter(user=user, seen_at__isnull=True, recorded_by__isnull=False)
    return unseen.exclude(recorded_by=user).filter(to_date__gte=clock.today())


def acting_tenures(day: date, position_ids: Ids | None = None) -> list[Tenure]:
    """Acting tenures that are not over on a day, next ones first; of certain positions if given. One query."""
    found = Tenure.objects.exclude(kind=Tenure.Kind.DEFINITIVE).filter(to_date__gte=day)
    if position_ids is not None:
        found = found.filter(position_id__in=position_ids)
    return list(found.select_related("user", "position").order_by("from_date", "pk")[:MOST_ABSENCES])
