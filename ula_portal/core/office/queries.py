"""Queries about the office: who holds which position on a day, and who works for whom."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from ula_portal.core import clock
from ula_portal.core.data.process_cache import ProcessCache
from ula_portal.core.models import (
    Absence,
    Office,
    Position,
    Role,
    Secretariat,
    SetupAddress,
    StaffRole,
    Tenure,
    User,
)
from ula_portal.core.models.people import HeldPosition
from ula_portal.core.permissions import acting_heads
from ula_portal.core.security import codes

# Ids, or a subquery that selects them.
Ids = Iterable[int] | QuerySet[Any, Any]
# The office's name is on every page.
office_cache: ProcessCache[Office] = ProcessCache(30)


def office() -> Office:
    """The office, or an unsaved one with a neutral name if it is not set up yet."""
    return Office.objects.first() or Office(name="Dinas Pendidikan")


def office_for_pages() -> Office:
    """The office for the frame of pages, cached: a change in another process appears within half a minute."""
    return office_cache.get("office", office)


def administrators() -> QuerySet[StaffRole]:
    """The roles of administrators with an open account."""
    return StaffRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)


def usable_setup_addresses() -> QuerySet[SetupAddress]:
    """The address at which an administrator can be made now, if there is one."""
    young = SetupAddress.objects.filter(made_at__gt=clock.now() - SetupAddress.LIFETIME)
    return young.filter(Q(despite_others=True) | ~Exists(administrators()))


def setup_address(token: str) -> SetupAddress | None:
    """The usable address with a token."""
    return usable_setup_addresses().filter(token_hash=codes.stored_hash(token)).first()


def awaits_setup() -> bool:
    """Whether nobody has begun to set up this portal. No query once the office is named, which the first visit does."""
    return office_for_pages().pk is None and not administrators().exists()


def in_office(day: date) -> Q:
    """Condition for tenures: those in force on a day."""
    return Q(from_date__lte=day) & (Q(to_date__isnull=True) | Q(to_date__gte=day))


def away_on(day: date) -> Q:
    """Condition for absences: those that include a day."""
    return Q(from_date__lte=day, to_date__gte=day)


def holders_of(position_ids: Iterable[int], day: date | None = None) -> dict[int, list[User]]:
    """The users who work for each position on a day, by position id, with absences and deputies taken into account.

    An acting holder (Plt., Plh.) counts as holder. An absent holder is replaced by their deputy, unless the deputy is
    absent too or an acting holder is present. A position without a holder that day has an empty list. Two queries.
    """
    day = day or clock.today()
    wanted_ids = set(position_ids)
    tenures = list(
        Tenure.objects.filter(in_office(day), position_id__in=wanted_ids, user__is_active=True).select_related("user")
    )
    absences: dict[int, list[User | None]] = defaultdict(list)
    deputy_away = Exists(Absence.objects.filter(away_on(day), user_id=OuterRef("deputy_id")))
    rows = Absence.objects.filter(away_on(day), user_id__in={t.user_id for t in tenures})
    for absence in rows.annotate(deputy_away=deputy_away).select_related("deputy"):
        absences[absence.user_id].append(None if absence.deputy_away else absence.deputy)
    found: dict[int, dict[int, User]] = {pk: {} for pk in wanted_ids}
    acted_for = {t.position_id for t in tenures if t.prefix and t.user_id not in absences}
    for tenure in tenures:
        if tenure.user_id not in absences:
            found[tenure.position_id][tenure.user_id] = tenure.user
            continue
        for deputy in absences[tenure.user_id]:
            if deputy and deputy.is_active and tenure.position_id not in acted_for:
                found[tenure.position_id][deputy.pk] = deputy
    return {pk: sorted(people.values(), key=lambda u: (u.full_name, u.pk)) for pk, people in found.items()}


def is_held(day: date) -> Exists:
    """Condition for positions: whether ``holders_of`` finds anybody for the position on a day."""
    away = Absence.objects.filter(away_on(day))
    deputy_away = Exists(away.filter(user_id=OuterRef("deputy_id")))
    stand_in = away.filter(~deputy_away, user_id=OuterRef("user_id"), deputy__is_active=True)
    here = Exists(stand_in) | ~Exists(away.filter(user_id=OuterRef("user_id")))
    held = Tenure.objects.filter(in_office(day), here, position_id=OuterRef("pk"), user__is_active=True)
    return Exists(held)


def names_in_office(day: date) -> ArraySubquery:
    """Annotation for positions: the names of those who hold the position on a day, present or absent, sorted."""
    held = Tenure.objects.filter(in_office(day), position_id=OuterRef("pk"), user__is_active=True)
    return ArraySubquery(held.order_by("user__full_name").values("user__full_name"))


def position_ids_held(user: User, day: date) -> set[int]:
    """Ids of the positions that a user works for on a day: their own, acting ones, and those they deputise for."""
    if not user.pk or not user.is_active:
        return set()
    return set(_held(user, day))


def _held(user: User, day: date) -> QuerySet[Tenure, int]:
    tenures = Tenure.objects.filter(in_office(day))
    stands_in = Q(user__in=stood_in_for(user, day)) & ~Exists(_acting_here(day))
    return tenures.filter(Q(user=user) | stands_in).values_list("position_id", flat=True)


def _acting_here(day: date) -> QuerySet[Tenure]:
    """Subquery for tenures: tenures of present users who act in the same position on a day."""
    acting = Tenure.objects.filter(in_office(day), user__is_active=True, position_id=OuterRef("position_id"))
    away = Absence.objects.filter(away_on(day), user_id=OuterRef("user_id"))
    return acting.exclude(kind=Tenure.Kind.DEFINITIVE).filter(~Exists(away))


def stood_in_for(user: User, day: date) -> QuerySet[Absence, Any]:
    """Ids of the absent users for whom a user deputises on a day; none while the user is absent too."""
    away = Absence.objects.filter(away_on(day))
    return away.filter(~Exists(away.filter(user=user)), deputy=user).values("user_id")


def own_position_ids(user: User, day: date | None = None) -> set[int]:
    """Ids of the positions that a user holds on a day, definitive or acting, but not as a deputy. One query.

    Empty for a closed account.
    """
    held = Tenure.objects.filter(in_office(day or clock.today()), user=user, user__is_active=True)
    return set(held.values_list("position_id", flat=True))


def ids_in_office_by_position(day: date) -> dict[int, set[int]]:
    """Ids of those who hold each position on a day by a tenure of their own, never as deputies. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    held = Tenure.objects.filter(in_office(day), user__is_active=True)
    for position_id, user_id in held.values_list("position_id", "user_id"):
        found[position_id].add(user_id)
    return found


def ids_in_office(position_ids: Ids, day: date | None = None) -> set[int]:
    """Ids of the users who hold any of the positions on a day, not counting deputies. One query."""
    held = Tenure.objects.filter(in_office(day or clock.today()), position_id__in=position_ids)
    return set(held.values_list("user_id", flat=True))


def ids_of_main_holders(position_ids: Ids, day: date | None = None) -> set[int]:
    """Ids of the users whose main position is one of these on a day: definitive, or acting without a definitive one."""
    held = Tenure.objects.filter(in_office(day or clock.today()))
    definitive = Exists(held.filter(user_id=OuterRef("user_id"), kind=Tenure.Kind.DEFINITIVE))
    held = held.filter(Q(kind=Tenure.Kind.DEFINITIVE) | ~definitive, position_id__in=position_ids)
    return set(held.values_list("user_id", flat=True))


def people_here_for(position_ids: Ids, day: date | None = None) -> QuerySet[User]:
    """Active users who are present on a day and work for any of the positions: holders, and deputies of absent ones."""
    day = day or clock.today()
    held = Tenure.objects.filter(in_office(day), position_id__in=position_ids, user__is_active=True)
    away = Absence.objects.filter(away_on(day))
    without_acting = held.filter(~Exists(_acting_here(day)))
    stands_in = away.filter(deputy_id=OuterRef("pk"), user_id__in=without_acting.values("user_id"))
    works = Q(pk__in=held.values("user_id")) | Exists(stands_in)
    return User.objects.filter(works, ~Exists(away.filter(user_id=OuterRef("pk"))), is_active=True)


def people_with_tenure_of(position_ids: Ids, day: date | None = None) -> QuerySet[User]:
    """Active users who hold any of the positions on a day, definitive or acting, without deputies."""
    held = Tenure.objects.filter(in_office(day or clock.today()), position_id__in=position_ids)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True)


def tenure_of(user: User, position_id: int, day: date | None = None) -> Tenure | None:
    """The tenure by which an active user holds a position on a day (for signature blocks), or None."""
    held = Tenure.objects.filter(in_office(day or clock.today()), user=user, position_id=position_id)
    return held.filter(user__is_active=True).select_related("position", "user").first()


def tenures_of(user: User, day: date | None = None) -> list[Tenure]:
    """All tenures of an active user on a day, definitive ones first. One query."""
    held = Tenure.objects.filter(in_office(day or clock.today()), user=user, user__is_active=True)
    return list(held.select_related("position", "user").order_by("kind", "pk"))


def positions_of(user: User, day: date | None = None) -> list[HeldPosition]:
    """The positions that a user works for on a day, by name. One query per request and day, cached on the object.

    Annotated with ``secretariat_for_ids``, the ids of the positions whose secretariat it is, and ``held_as``, the kind
    of the user's own tenure (None for a deputy).
    """
    day = day or clock.today()
    if not user.pk or not user.is_active:
        return []
    known = getattr(user, "_portal_positions", None)
    if known is None or known[0] != day:
        served = ArraySubquery(Secretariat.objects.filter(keeper=OuterRef("pk")).values("position_id"))
        own = Tenure.objects.filter(in_office(day), user=user, position=OuterRef("pk")).order_by("kind").values("kind")
        held = Position.objects.filter(pk__in=_held(user, day)).select_related("unit")
        held = held.annotate(secretariat_for_ids=served, held_as=Subquery(own[:1]))
        known = user._portal_positions = (day, list(held))
    return list(known[1])


def clear_cached_positions(*people: User) -> None:
    """Let ``positions_of`` read the positions again."""
    for user in people:
        user.__dict__.pop("_portal_positions", None)


def position_ids_as_secretariat(user: User, day: date | None = None) -> set[int]:
    """Ids of the positions whose paper a user may record on a day, as secretariat. Uses ``positions_of``."""
    return {pk for position in positions_of(user, day) for pk in position.secretariat_for_ids}


def secretariats_of(position_id: int) -> list[Position]:
    """The secretariats of a position, by name. One query."""
    return list(Position.objects.filter(secretariat_of__position_id=position_id).order_by("name", "pk"))


def people_holding_positions(day: date | None = None) -> list[User]:
    """Active users with at least one position on a day, by name."""
    day = day or clock.today()
    ids = Tenure.objects.filter(in_office(day)).values("user_id")
    return list(User.objects.filter(pk__in=ids, is_active=True))


def staff_with_role(role: str, unit_ids: Iterable[int] | None = None) -> list[User]:
    """Active users with a role, acting heads included; only of certain units if ``unit_ids`` is given."""
    given, acting = StaffRole.objects.filter(role=role), acting_heads(clock.today()).filter(acting_role=role)
    if unit_ids is not None:
        given, acting = given.filter(unit_id__in=unit_ids), acting.filter(position__unit_id__in=unit_ids)
    ids = Q(pk__in=given.values("user_id")) | Q(pk__in=acting.values("user_id"))
    return list(User.objects.filter(ids, is_active=True))


def ids_of_people_in(position_ids: Ids, day: date | None = None) -> set[int]:
    """Ids of all who belong to the positions on a day: holders, acting or absent ones, and deputies. Two queries."""
    day = day or clock.today()
    held = set(Tenure.objects.filter(in_office(day), position_id__in=position_ids).values_list("user_id", flat=True))
    away = Absence.objects.filter(user_id__in=held, from_date__lte=day, to_date__gte=day, deputy__isnull=False)
    return held | set(away.values_list("deputy_id", flat=True))


def position_ids_with_secretariat(position_ids: Ids) -> set[int]:
    """Ids of the positions whose secretariat is one of the given positions."""
    return set(Secretariat.objects.filter(keeper_id__in=position_ids).values_list("position_id", flat=True))


def position_ids_below(position_ids: Iterable[int]) -> set[int]:
    """Ids of all positions below the given ones, at any depth, without these."""
    below: dict[int | None, list[int]] = {}
    for pk, superior in Position.objects.values_list("pk", "superior_id"):
        below.setdefault(superior, []).append(pk)
    return _reached(position_ids, lambda pk: below.get(pk, ()))


def position_ids_above(*position_ids: int) -> set[int]:
    """Ids of all positions above the given ones, at any height, without these. One query."""
    above = dict(Position.objects.values_list("pk", "superior_id"))
    return _reached(position_ids, lambda pk: filter(None, [above.get(pk)]))


def _reached(start: Iterable[int], ways: Callable[[int], Iterable[int]]) -> set[int]:
    """The positions that can be reached from ``start`` in one or more steps; cycles are allowed."""
    found, waiting = set[int](), list(start)
    while waiting:
        new = set(ways(waiting.pop())) - found
        found |= new
        waiting += new
    return found - set(start)
