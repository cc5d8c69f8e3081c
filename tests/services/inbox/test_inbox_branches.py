"""Each branch of each tab of the inbox: a case that only it finds, and the same case with one difference."""

import datetime

import pytest
from django.db import connection

from services.inbox.queries import arrivals, inbox
from services.inbox.queries.filters import InboxFilter, units_of
from services.models import InboxEntry, Participation, StepRun
from tests.factories.cases import OFFICIAL, make_case, make_case_service, step
from tests.factories.standing import POST, anew, away, in_turn, unchanged
from tests.snapshots import repeated
from ula_portal.core import clock
from ula_portal.core.models import Secretariat

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
IDS = ("unit_id", "pool_unit_id", "position_id", "assignee_id", "responsible_id", "handed_by_id")


@repeated
def lying_about(office):
    """A case whose row concerns nobody; each test changes some of its columns."""
    request = make_case(make_case_service(office))
    later = clock.now() + DAY
    InboxEntry.objects.filter(pk=request.pk).update(**dict.fromkeys(IDS), place="office", due_at=later)
    Participation.objects.all().delete()
    return request


@pytest.fixture
def case(office):
    return lying_about(office)


def kept(office):
    """The secretary keeps the head of office's paper."""
    Secretariat.objects.create(position=office.positions["KADIS"], keeper=office.positions["SEKDIS"])


def written(office, **said):
    """Columns of a row, by the names of people, positions and units of the office."""
    columns = {}
    for name, value in said.items():
        if name in ("unit", "pool"):
            columns["unit_id" if name == "unit" else "pool_unit_id"] = getattr(office, value).pk
        elif name == "post":
            columns["position_id"] = office.positions[value].pk
        elif name in ("assignee", "responsible", "handed_by"):
            columns[f"{name}_id"] = getattr(office, value).pk
        elif name == "late":
            columns["due_at"] = clock.now() - DAY
        else:
            columns[name] = value
    return columns


DEPUTISED = away("colleague", deputy="official")
LATE = {"late": True}
# Tab, person, preparation, columns of the row, and whether the case is in the tab.
ROWS = [
    ("mine", "official", unchanged, {"assignee": "official"}, True),
    ("mine", "official", unchanged, {"assignee": "official", "place": "agency"}, True),
    ("mine", "official", unchanged, {"assignee": "official", "place": "paused"}, False),
    ("mine", "official", unchanged, {"assignee": "official", "place": "applicant"}, False),
    ("mine", "official", unchanged, {"assignee": "colleague"}, False),
    # Assigned to somebody absent whose deputy the person is, at a position held by that.
    ("mine", "official", DEPUTISED, {"assignee": "colleague", "post": POST}, True),
    ("mine", "official", DEPUTISED, {"assignee": "colleague", "post": POST, "place": "paused"}, False),
    ("mine", "official", DEPUTISED, {"assignee": "colleague", "post": "LOKET"}, False),
    ("mine", "official", away("colleague"), {"assignee": "colleague", "post": POST}, False),
    ("mine", "official", away("colleague", deputy="member"), {"assignee": "colleague", "post": POST}, False),
    ("mine", "nobody", away("colleague", deputy="nobody"), {"assignee": "colleague", "post": POST}, True),
    (
        "mine",
        "nobody",
        in_turn(away("colleague", deputy="nobody"), away("nobody")),
        {"assignee": "colleague", "post": POST},
        False,
    ),
    # Unassigned.
    ("pool", "official", unchanged, {"post": POST}, True),
    ("pool", "official", unchanged, {"post": POST, "place": "agency"}, False),
    ("pool", "official", unchanged, {"post": POST, "assignee": "colleague"}, False),
    ("pool", "member", unchanged, {"post": POST}, False),
    ("pool", "member", unchanged, {"pool": "unit"}, True),
    ("pool", "leader", unchanged, {"pool": "unit"}, True),
    ("pool", "outsider", unchanged, {"pool": "unit"}, False),
    ("pool", "member", unchanged, {"pool": "unit", "assignee": "official"}, False),
    ("pool", "member", unchanged, {"pool": "unit", "place": "paused"}, False),
    # A position whose holder has left since the step was offered.
    ("pool", "member", unchanged, {"unit": "unit", "post": "KOSONG"}, True),
    ("pool", "member", unchanged, {"unit": "unit", "post": POST}, False),
    ("pool", "member", in_turn(away("official"), away("colleague")), {"unit": "unit", "post": POST}, True),
    ("pool", "member", in_turn(away("official"), DEPUTISED), {"unit": "unit", "post": POST}, True),
    ("pool", "member", unchanged, {"unit": "unit", "post": "KOSONG", "assignee": "official"}, False),
    ("pool", "outsider", unchanged, {"unit": "unit", "post": "KOSONG"}, False),
    ("pool", "outsider", unchanged, {"unit": "other_unit", "post": "KOSONG"}, True),
    # Assigned to an absent colleague. With a deputy it is the deputy's to do, not to be claimed.
    ("pool", "official", away("colleague"), {"assignee": "colleague", "post": POST}, True),
    ("pool", "official", unchanged, {"assignee": "colleague", "post": POST}, False),
    ("pool", "official", away("colleague"), {"assignee": "colleague", "post": "LOKET"}, False),
    ("pool", "official", away("colleague"), {"assignee": "colleague", "post": POST, "place": "paused"}, False),
    ("pool", "official", DEPUTISED, {"assignee": "colleague", "post": POST}, False),
    ("pool", "member", away("colleague"), {"assignee": "colleague", "post": POST}, False),
    # Paper of the head of office.
    ("paper", "secretary", kept, {"post": "KADIS"}, True),
    ("paper", "secretary", kept, {"post": "KADIS", "assignee": "head"}, True),
    ("paper", "secretary", kept, {"post": "KADIS", "place": "paused"}, False),
    ("paper", "secretary", kept, {"post": "KADIS", "step": 8}, False),
    ("paper", "secretary", kept, {"post": POST}, False),
    ("paper", "secretary", unchanged, {"post": "KADIS"}, False),
    # The person is responsible and somebody else has to act.
    ("waiting", "official", unchanged, {"responsible": "official"}, True),
    ("waiting", "official", unchanged, {"responsible": "official", "assignee": "colleague"}, True),
    ("waiting", "official", unchanged, {"responsible": "official", "assignee": "official"}, False),
    ("waiting", "official", unchanged, {"responsible": "official", "assignee": "official", "place": "paused"}, True),
    ("waiting", "official", unchanged, {"responsible": "official", "place": "closed"}, False),
    ("waiting", "official", unchanged, {"responsible": "colleague"}, False),
    # The person has or had the step and others have to act.
    *(("waiting", "official", unchanged, {"assignee": "official", "place": p}, True) for p in ("agency", "paused")),
    ("waiting", "official", unchanged, {"assignee": "official"}, False),
    ("waiting", "official", unchanged, {"handed_by": "official", "place": "applicant"}, True),
    ("waiting", "official", unchanged, {"handed_by": "official", "place": "ready"}, True),
    ("waiting", "official", unchanged, {"handed_by": "official"}, False),
    ("waiting", "member", unchanged, {"pool": "unit", "place": "agency"}, True),
    ("waiting", "leader", unchanged, {"pool": "unit", "place": "agency"}, True),
    ("waiting", "outsider", unchanged, {"pool": "unit", "place": "agency"}, False),
    ("waiting", "member", unchanged, {"pool": "unit"}, False),
    ("waiting", "frontdesk", unchanged, {"place": "applicant"}, True),
    ("waiting", "frontdesk", unchanged, {"place": "answered"}, True),
    ("waiting", "frontdesk", unchanged, {"place": "ready"}, True),
    ("waiting", "frontdesk", unchanged, {"place": "paused"}, False),
    ("waiting", "official", unchanged, {"place": "applicant"}, False),
    # Late: everything for those who see all; else what the person has, is responsible for, may claim, or leads.
    ("late", "head", unchanged, LATE, True),
    ("late", "admin", unchanged, LATE, True),
    ("late", "head", unchanged, {}, False),
    ("late", "head", unchanged, LATE | {"place": "paused"}, False),
    ("late", "frontdesk", unchanged, LATE, False),
    ("late", "official", unchanged, LATE | {"assignee": "official"}, True),
    ("late", "official", unchanged, LATE | {"assignee": "official", "place": "applicant"}, False),
    ("late", "official", unchanged, {"assignee": "official"}, False),
    ("late", "official", unchanged, LATE | {"responsible": "official", "assignee": "colleague"}, True),
    ("late", "official", unchanged, {"responsible": "official"}, False),
    ("late", "official", unchanged, LATE | {"post": POST}, True),
    ("late", "official", unchanged, {"post": POST}, False),
    ("late", "member", unchanged, {"pool": "unit"}, False),
    ("late", "official", unchanged, LATE | {"post": POST, "assignee": "colleague"}, False),
    ("late", "member", unchanged, LATE | {"pool": "unit"}, True),
    ("late", "member", unchanged, LATE | {"pool": "unit", "assignee": "colleague"}, False),
    ("late", "outsider", unchanged, LATE | {"pool": "unit"}, False),
    ("late", "leader", unchanged, LATE | {"unit": "unit", "assignee": "official"}, True),
    ("late", "leader", unchanged, {"unit": "unit"}, False),
    ("late", "member", unchanged, LATE | {"unit": "unit"}, False),
    ("late", "leader", unchanged, LATE | {"post": "STAF-PAUD", "assignee": "below"}, True),
    ("late", "leader", unchanged, LATE | {"post": "LOKET"}, False),
    # A letter that a deputy may not sign is late for the absent signer.
    ("late", "nobody", away("colleague", deputy="nobody"), LATE | {"assignee": "nobody", "post": POST}, True),
    (
        "late",
        "nobody",
        away("colleague", deputy="nobody"),
        LATE | {"assignee": "nobody", "post": POST, "step": 8},
        False,
    ),
    (
        "late",
        "nobody",
        away("colleague", deputy="nobody"),
        LATE | {"assignee": "nobody", "post": "LOKET", "step": 8},
        True,
    ),
]


def stands_in(tab, scope, request):
    """Whether the case is in the tab. Page, count, search and stream topics have to agree."""
    page = [row.request for row in inbox.cases_for(scope, tab).rows]
    said = tab in inbox.tabs_of([request.pk], scope)[request.pk]
    assert said is (request in page)
    if tab in inbox.tabs_for(scope):
        assert inbox.inbox_counts(scope, tabs=(tab,))[tab] == len(page)
    return said


@pytest.mark.parametrize(("tab", "who", "change", "said", "there"), ROWS)
def test_a_case_stands_where_its_row_says(office, case, tab, who, change, said, there):
    change(office)
    if no := said.get("step"):
        StepRun.objects.filter(request=case, finished_at=None).update(step=case.sop_version.steps.get(no=no))
        InboxEntry.objects.filter(pk=case.pk).update(**dict.fromkeys(IDS), place="office")
    columns = written(office, **{name: value for name, value in said.items() if name != "step"})
    InboxEntry.objects.filter(pk=case.pk).update(**columns)
    user = anew(getattr(office, who))
    assert stands_in(tab, inbox.scope_of(user), case) is there
    if tab in ("mine", "paper"):
        assert inbox.mine_now(user).exists() is there


@pytest.mark.parametrize(("who", "units"), [("official", ["unit"]), ("leader", ["unit", "below"]), ("nobody", [])])
def test_a_filter_is_shared_with_units_one_sits_in_or_leads(office, who, units):
    shared = {unit.pk for unit in units_of(inbox.scope_of(anew(getattr(office, who))))}
    named = {"unit": office.unit, "below": office.below.tenures.get().position.unit}
    assert shared == {named[unit].pk for unit in units}


@pytest.mark.parametrize(
    ("place", "there"),
    [("office", True), ("agency", True), ("answered", True), ("paused", False), ("applicant", False), ("ready", False)],
)
def test_late_is_only_what_runs_on_the_clock(case, place, there):
    InboxEntry.objects.filter(pk=case.pk).update(place=place, due_at=clock.now() - DAY)
    chosen = InboxFilter(due="late").condition(clock.now())
    assert InboxEntry.objects.filter(chosen, pk=case.pk).exists() is there


def test_a_row_concerns_whom_and_what_it_names():
    assert arrivals._topics_of("office", 1, 2, 3, 4, 5, 6) == {"u1", "u2", "u3", "p4", "n5", "n6", "all"}
    for place in ("applicant", "answered", "ready"):
        assert arrivals._topics_of(place, *[None] * 6) == {"all", "desk"}


def test_what_the_streams_were_told_they_are_not_told_again(case):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE services_inboxentry SET arrived_xid = '9'::xid8 WHERE request_id = %s", [case.pk])
    topic = arrivals.topic_of_case(case.pk)
    assert topic in arrivals.topics_since(arrivals.Mark(5))[0]
    assert topic not in arrivals.topics_since(arrivals.Mark(5, frozenset({(9, case.pk)})))[0]


def stood_in_for(office):
    away("colleague", deputy="nobody")(office)
    Secretariat.objects.create(position=office.positions[POST], keeper=office.positions["SEKDIS"])


@pytest.mark.parametrize(
    ("tab", "who", "no", "there"),
    [
        ("late", "nobody", 2, True),
        ("late", "nobody", 3, False),
        ("late", "official", 3, False),
        ("paper", "secretary", 2, True),
        ("paper", "secretary", 3, False),
    ],
)
def test_where_the_sop_marks_no_letter_the_last_step_of_the_office_is_one(office, tab, who, no, there):
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Menyusun konsep surat", OFFICIAL, next=3),
        step(3, "Menandatangani surat", OFFICIAL, next=4),
        step(4, "Menerima surat", "Pemohon", "end", end_kind="completed"),
    ]
    case = make_case(make_case_service(office, steps))
    stood_in_for(office)
    run = StepRun.objects.get(request=case, finished_at=None)
    StepRun.objects.filter(pk=run.pk).update(step=case.sop_version.steps.get(no=no))
    InboxEntry.objects.filter(pk=case.pk).update(**dict.fromkeys(IDS), place="office")
    said = written(office, late=True, post=POST, **({"assignee": "nobody"} if tab == "late" else {}))
    InboxEntry.objects.filter(pk=case.pk).update(**said)
    scope = inbox.scope_of(anew(getattr(office, who)))
    assert stands_in(tab, scope, case) is there
    assert scope.awaits_signer(StepRun.objects.get(pk=run.pk)) is (who == "nobody" and no == 3)


@pytest.mark.parametrize(("who", "leaves"), [("nobody", True), ("leader", True), ("section_head", False)])
def test_a_deputy_leaves_the_letters_unless_they_sign_by_a_post_above(office, who, leaves):
    away("colleague", deputy=who)(office)
    post = office.positions[POST].pk
    assert (post in inbox.scope_of(anew(getattr(office, who))).deputised_position_ids) is leaves


@pytest.mark.parametrize(
    ("who", "part", "said", "there"),
    [
        ("official", "official", {}, True),
        ("official", "colleague", {}, False),
        ("official", "official", {"closed": False}, False),
        # Half a year back.
        ("official", "official", {"days": 179}, True),
        ("official", "official", {"days": 181}, False),
        ("head", "official", {}, True),
        ("head", "official", {"closed": False}, False),
        ("head", "official", {"days": 181}, False),
        # The desk reads everything, but has only its own cases.
        ("frontdesk", "official", {}, False),
    ],
)
def test_what_is_done_stands_with_who_took_part(office, case, who, part, said, there):
    closed_at = clock.now() - DAY * said.get("days", 1) if said.get("closed", True) else None
    place = "closed" if closed_at else "office"
    InboxEntry.objects.filter(pk=case.pk).update(place=place, closed_at=closed_at)
    person = getattr(office, part)
    Participation.objects.create(entry_id=case.pk, user_id=person.pk, closed_at=closed_at, service_id=case.service_id)
    scope = inbox.scope_of(anew(getattr(office, who)))
    found = inbox.cases_for(scope, "done").rows
    assert [row.request for row in found] == ([case] if there else [])
    # The search goes further back than the tab.
    assert ("done" in inbox.tabs_of([case.pk], scope)[case.pk]) is (there or said.get("days", 0) > 180)
