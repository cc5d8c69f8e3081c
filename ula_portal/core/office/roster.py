"""The list of all people, with what each holds, and what new ones are compared with."""

from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Prefetch, Q, QuerySet

from ula_portal.core import clock, identifiers
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import Position, StaffRole, Tenure, Unit, User

from .queries import in_office
from .rules.people import PersonRow, Surroundings
from .rules.structure import positions_by_name

ORDER = (("full_name", False), ("pk", False))
_NEW = Q(last_login=None, invitation=None, password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True)
# Where an account stands on its way to the first log-in, as the list is filtered by it.
STATES = {
    "baru": _NEW,
    "belum": Q(last_login=None, is_active=True) & ~_NEW,
    "aktif": Q(last_login__isnull=False, is_active=True),
    "ditutup": Q(is_active=False),
}


def people_page(cursor: str | None, words: str = "", state: str = "") -> Page[User]:
    """A page of accounts by name, with invitation, roles and the positions held today (``held``). Three queries."""
    held = Tenure.objects.filter(in_office(clock.today())).select_related("position").order_by("kind", "pk")
    roles = StaffRole.objects.select_related("unit").order_by("pk")
    people = User.objects.select_related("invitation").filter(STATES.get(state, Q()))
    for word in words.split()[:5]:
        people = people.filter(Q(full_name__icontains=word) | Q(email__icontains=word) | Q(nip__startswith=word))
    return paginate(
        people.prefetch_related(Prefetch("tenures", held, "held"), Prefetch("staff_roles", roles)), ORDER, cursor
    )


def not_invited() -> QuerySet[User]:
    """Open accounts without a password whose person was never invited, by name."""
    return User.objects.filter(STATES["baru"]).order_by("full_name", "pk")


def people_with_ids(ids: Iterable[int]) -> list[User]:
    return list(User.objects.filter(pk__in=ids))


def people_around(rows: Iterable[PersonRow]) -> Surroundings:
    """What rows of people are compared with. Four queries for any number of rows."""
    rows = list(rows)
    emails = {row.email.strip().lower() for row in rows}
    nips = {identifiers.bare_number(row.nip) for row in rows} - {""}
    positions = list(Position.objects.select_related("unit"))
    return Surroundings(
        dict(User.objects.filter(email__in=emails).values_list("email", "full_name")),
        dict(User.objects.filter(nip__in=nips).values_list("nip", "full_name")),
        positions_by_name(positions, Unit.objects.all()),
    )
