"""Each ground for reading a case: a user who has only this ground, and the same user without it.

The page, the search and the list of colleagues must agree, because they implement the same rule.
"""

import pytest

from services.conversation.queries.colleagues import readers_of
from services.engine.queries.cases import visible_to
from services.inbox.queries.inbox import scope_of
from services.inbox.queries.search import search_cases
from services.models import Request, Service, StepRun
from services.originals.queries import all_held
from services.routing.queries.routing import waiting_to_route
from tests.factories.cases import begin
from tests.factories.core import LONG_AGO, make_acting
from tests.factories.services import make_draft
from tests.factories.standing import anew, away, closed, in_turn, unchanged, without_post, without_role
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Secretariat
from ula_portal.core.office.actions import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(office):
    return begin(office)


def ran(**who):
    """Create a finished run of the case: by whom, whose, at which position."""

    def change(office):
        said = {name: getattr(office, value) for name, value in who.items() if name != "position"}
        if post := who.get("position"):
            said["position"] = office.positions[post]
        first, now = StepRun.objects.earliest("pk"), clock.now()
        said |= {"request": first.request, "step": first.step, "ordinal": 50, "led_by": "position", "outcome": "done"}
        StepRun.objects.create(**said, offered_at=now, started_at=now, finished_at=now)

    return change


def responsible(who):
    return lambda office: Request.objects.update(responsible=getattr(office, who))


def holds(who, post):
    return lambda office: people.begin_tenure(
        getattr(office, who), by=SYSTEM, position=office.positions[post], from_date=LONG_AGO
    )


def held_once(who, post):
    def change(office):
        tenure = people.begin_tenure(
            getattr(office, who), by=SYSTEM, position=office.positions[post], from_date=LONG_AGO
        )
        people.end_tenure(tenure, by=SYSTEM, last_day=LONG_AGO)

    return change


def keeps(keeper, post):
    return lambda office: Secretariat.objects.create(position=office.positions[post], keeper=office.positions[keeper])


def acts(who, post):
    return lambda office: make_acting(getattr(office, who), office.positions[post])


def nobodys(office):
    """A service without a unit, so that its SOP's unit counts."""
    Service.objects.update(unit=None)


def elsewhere(office):
    Service.objects.update(unit=office.other_unit)


def role(who, name):
    return lambda office: people.assign_role(getattr(office, who), by=SYSTEM, role=name)


READERS = [
    # By a role, all cases.
    *((who, unchanged, True) for who in ("head", "admin", "frontdesk", "counter")),
    ("frontdesk", without_role("frontdesk"), False),
    ("outsider", unchanged, False),
    # By the unit: its members and whoever leads it, not members of units below.
    ("member", unchanged, True),
    ("member", without_post("member"), False),
    ("member", elsewhere, False),
    ("outsider", elsewhere, True),
    ("leader", unchanged, True),
    ("leader", without_role("leader"), False),
    ("below", unchanged, False),
    ("member", nobodys, True),
    ("leader", nobodys, True),
    ("outsider", nobodys, False),
    # By a position that the SOP names.
    ("official", elsewhere, True),
    ("outsider", holds("outsider", "LOKET"), True),
    ("outsider", held_once("outsider", "LOKET"), False),
    ("outsider", holds("outsider", "PENGELOLA-DATA"), False),
    ("nobody", away("official", deputy="nobody"), True),
    # By being or having been assigned or responsible.
    ("outsider", responsible("outsider"), True),
    ("outsider", responsible("official"), False),
    ("outsider", ran(assignee="outsider"), True),
    ("outsider", ran(finished_by="outsider"), True),
    ("outsider", ran(assignee="official", finished_by="official"), False),
    # By a position of the user's section at which the case was.
    ("secretary", unchanged, False),
    ("secretary", ran(position="PENGELOLA-DATA"), True),
    ("secretary", ran(position="FRONT-OFFICE"), True),
    ("secretary", in_turn(without_role("secretary"), ran(position="PENGELOLA-DATA")), False),
    ("secretary", ran(position="PENGELOLA-GTK"), False),
    # By being the secretariat of a position.
    ("outsider", in_turn(keeps("PENGELOLA-GTK", "KADIS"), ran(position="KADIS")), True),
    ("outsider", keeps("PENGELOLA-GTK", "KADIS"), False),
    ("outsider", ran(position="KADIS"), False),
    # By acting for a head: of the unit, of the office.
    ("outsider", in_turn(elsewhere, acts("below", "KABID-DIKDAS")), True),
    ("nobody", acts("nobody", "KADIS"), True),
]


def finds(user, request):
    return [row.request for row in search_cases(scope_of(user), request.number).rows] == [request]


@pytest.mark.parametrize(("who", "change", "reads"), READERS)
def test_who_reads_a_case(office, case, who, change, reads):
    change(office)
    case = Request.objects.get(pk=case.pk)
    user = anew(getattr(office, who))
    assert Request.objects.filter(visible_to(user), pk=case.pk).exists() is reads
    assert finds(user, case) is reads
    assert (user in readers_of(case)) is reads


@pytest.mark.parametrize("change", [closed("member"), without_role("member")])
def test_a_closed_account_and_one_without_a_role_are_no_colleagues(office, case, change):
    change(office)
    assert office.member not in readers_of(case)


def test_a_draft_is_read_by_nobody(office, case):
    draft = make_draft(case.service)
    for user in (office.head, office.frontdesk, office.member):
        assert not Request.objects.filter(visible_to(anew(user)), pk=draft.pk).exists()


HELD = [
    ("frontdesk", unchanged, True),
    ("member", unchanged, True),
    ("leader", unchanged, True),
    ("outsider", unchanged, False),
    ("outsider", elsewhere, True),
    ("member", elsewhere, False),
    ("member", nobodys, True),
    ("outsider", nobodys, False),
]


@pytest.mark.parametrize(("who", "change", "sees"), HELD)
def test_who_sees_that_an_original_is_held(office, case, who, change, sees):
    change(office)
    held = case.documents.earliest("pk")
    case.documents.filter(pk=held.pk).update(original="kept", kept_at=clock.now(), shelf="A1")
    assert all_held(anew(getattr(office, who))).rows == ([held] if sees else [])


@pytest.mark.parametrize(
    "said",
    [
        {"original": "seen", "kept_at": None, "shelf": ""},
        {"returned_at": clock.now(), "returned_to": "Ibu Contoh"},
        {"removed_at": clock.now()},
    ],
)
def test_what_is_not_held_any_more_stands_in_no_list(office, case, said):
    held = case.documents.earliest("pk")
    by = {"returned_by": office.frontdesk} if "returned_to" in said else {}
    kept = {"original": "kept", "kept_at": clock.now(), "shelf": "A1"}
    case.documents.filter(pk=held.pk).update(**kept | said | by)
    assert all_held(anew(office.frontdesk)).rows == []


def unclaimed(office):
    """A case whose step is offered to two holders and assigned to nobody."""


def asked_at_the_desk(office):
    Request.objects.update(source="walk-in")
    StepRun.objects.filter(finished_at=None).update(assignee=office.official)


def claimed(office):
    StepRun.objects.filter(finished_at=None).update(assignee=office.official)


def of_an_agency(office):
    StepRun.objects.filter(finished_at=None).update(led_by="external", position=None)


ROUTED = [
    ("admin", unclaimed, True),
    ("leader", unclaimed, True),
    ("secretary", unclaimed, False),
    ("leader", elsewhere, False),
    ("leader", nobodys, True),
    ("secretary", nobodys, False),
    ("admin", asked_at_the_desk, True),
    ("admin", claimed, False),
    ("admin", of_an_agency, False),
    ("admin", responsible("official"), False),
]


@pytest.mark.parametrize(("who", "change", "waits"), ROUTED)
def test_for_whom_a_case_waits_to_be_routed(office, case, who, change, waits):
    change(office)
    rows = waiting_to_route(anew(getattr(office, who)))
    assert [row.request for row in rows] == ([case] if waits else [])
