"""Staff who may read a case, and mentions of colleagues in its internal notes."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from services.engine.queries.cases import visible_to
from services.engine.queries.recording import unit_of_case
from services.models import Mention, Request
from services.permissions import READS_EVERYTHING
from sop.models import SopActor
from ula_portal.core import clock
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import Position, Role, Secretariat, StaffRole, Unit, User
from ula_portal.core.office.queries import ids_of_people_in
from ula_portal.core.permissions import acting_heads

MENTIONS_PER_PAGE = 25


def readers_of(request: Request) -> list[User]:
    """Active staff who may read a case, sorted by name: the inverse of ``cases.visible_to``. Five queries."""
    unit_id = unit_of_case(request)
    named = SopActor.objects.filter(version_id=request.sop_version_id).values("position_id")
    run_positions = request.runs.filter(position__isnull=False).values("position_id")
    secretariats = Secretariat.objects.filter(position_id__in=run_positions).values("keeper_id")
    positions = Position.objects.filter(Q(unit_id=unit_id) | Q(pk__in=named) | Q(pk__in=secretariats))
    holders = ids_of_people_in(positions.values("pk"))
    roles = StaffRole.objects.filter(user_id=OuterRef("pk"))
    everywhere = roles.filter(role__in=READS_EVERYTHING)
    run_unit_ids = request.runs.filter(position__isnull=False).values_list("position__unit_id", flat=True)
    above = _with_units_above({unit_id, *run_unit_ids})
    leading = roles.filter(role=Role.SECTION_HEAD, unit_id__in=above)
    # An acting head has the role of the head.
    acting = acting_heads(clock.today()).filter(Q(acting_role=Role.HEAD) | Q(position__unit_id__in=above))
    may_read = (
        Q(pk__in=holders)
        | Q(pk=request.responsible_id)
        | Q(pk__in=request.runs.values("assignee_id"))
        | Q(pk__in=request.runs.values("finished_by_id"))
        | Q(Exists(everywhere))
        | Q(Exists(leading))
        | Q(pk__in=acting.values("user_id"))
    )
    people = User.objects.filter(Exists(roles), may_read, is_active=True)
    return list(people.order_by("full_name", "pk"))


def _with_units_above(unit_ids: Iterable[int | None]) -> set[int]:
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found: set[int] = set()
    for unit_id in unit_ids:
        while unit_id and unit_id not in found:
            found.add(unit_id)
            unit_id = parents.get(unit_id)
    return found


def mentioned_in(text: str, people: Iterable[User]) -> set[int]:
    """Ids of people whose full name follows an @ in the text; if two names match, the longer one counts."""
    rest, found = text.casefold(), set()
    for name in sorted({person.full_name.casefold() for person in people if person.full_name}, key=len, reverse=True):
        if f"@{name}" in rest:
            found |= {person.pk for person in people if person.full_name.casefold() == name}
            rest = rest.replace(f"@{name}", " ")
    return found


def unread_mentions(user: User) -> QuerySet[Mention]:
    """Mentions of a user that they have not read yet."""
    return Mention.objects.filter(user=user, read_at__isnull=True)


def mentions_of(user: User, cursor: str | None = None) -> Page[Mention]:
    """A page of mentions of a user, newest first, with their cases.

    ``may_read`` is set on each row: False if the user may no longer read the case. Two queries, not counting the
    user's standing.
    """
    rows = Mention.objects.filter(user=user).select_related("message__author", "message__request__service")
    page = paginate(rows, [("pk", True)], cursor, MENTIONS_PER_PAGE)
    ids = [row.message.request_id for row in page.rows]
    readable = set(Request.objects.filter(visible_to(user), pk__in=ids).values_list("pk", flat=True))
    for row in page.rows:
        row.may_read = row.message.request_id in readable
    return page
