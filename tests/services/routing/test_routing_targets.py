"""To whom a case may go: targets of rules and their presence, people offered a step, and the recipients of
a lost code.
"""

import pytest

from services.engine.queries.cases import candidates_for, outside_candidates_for
from services.inbox.queries.inbox import scope_of
from services.inbox.queries.people import selected_runs, unit_colleagues
from services.models import Request, RoutingRule, StepRun
from services.routing.queries.routing import officials_today, routing_rows
from services.routing.queries.rules import fits, official_of, rule_for, rules_in_order
from services.tracking.actions import ask_for_new_code
from tests.factories.cases import begin, make_case_service
from tests.factories.core import make_user
from tests.factories.standing import POST, anew, away, closed, in_turn, step, unchanged, without_post
from ula_portal.core.journal.actors import applicant
from ula_portal.core.models import Notice, Role, User

pytestmark = pytest.mark.django_db


TARGETS = [
    # A person while present, else their deputy while present.
    ({"user": "official"}, unchanged, "official"),
    ({"user": "official"}, closed("official"), None),
    ({"user": "official"}, away("official"), None),
    ({"user": "official"}, away("official", deputy="member"), "member"),
    ({"user": "official"}, in_turn(away("official", deputy="member"), away("member")), None),
    ({"user": "official"}, in_turn(away("official", deputy="member"), closed("member")), None),
    # A position with exactly one present holder.
    ({"position": "STAF-DIKDAS"}, unchanged, "member"),
    ({"position": "STAF-DIKDAS"}, away("member"), None),
    ({"position": "KOSONG"}, unchanged, None),
    ({"position": POST}, unchanged, None),
    ({"position": POST}, away("official"), "colleague"),
]


@pytest.mark.parametrize(("names", "change", "person"), TARGETS)
def test_whom_a_rule_leads_to(office, names, change, person):
    request = begin(office)
    said = {"user": anew(getattr(office, names["user"]))} if "user" in names else {}
    said |= {"position": office.positions[names["position"]]} if "position" in names else {}
    rule = RoutingRule.objects.create(order=1, **said)
    change(office)
    rule = rules_in_order()[0]
    assert official_of(rule) == (person and getattr(office, person))
    # A suggestion chooses among several holders; if the rule leads to nobody present, the reason is another one.
    row = routing_rows([Request.objects.get(pk=request.pk)], officials_today())[0]
    several = names.get("position") == POST and person is None
    assert row.rule == rule and row.by_rule is (person is not None or several)
    if person:
        assert row.suggestion == getattr(office, person)


CONDITIONS = [
    ({"service": True}, {}, True),
    ({"service": False}, {}, False),
    ({"unit": "unit"}, {}, True),
    ({"unit": "other_unit"}, {}, False),
    ({"source": "online"}, {}, True),
    ({"source": "walk-in"}, {}, False),
    ({}, {"jenis": ["Rusak"]}, True),
    ({}, {"jenis": ["Hilang"]}, False),
]


@pytest.mark.parametrize(("said", "answers", "fitting"), CONDITIONS)
def test_each_condition_of_a_rule(office, said, answers, fitting):
    request = begin(office)
    other = make_case_service(office, code="LAIN", name="Surat lain")
    named = {"service": lambda own: request.service if own else other, "unit": lambda name: getattr(office, name)}
    said = {name: named.get(name, str)(value) for name, value in said.items()}
    rule = RoutingRule(order=1, answers=answers, user=office.official, **said)
    assert fits(rule, request) is fitting
    assert rule_for(request, [rule]) == (rule if fitting else None)


def test_while_an_agency_has_it_whoever_begins_in_the_office_is_suggested(office):
    request = begin(office)
    step = request.sop_version.steps.get(no=4)
    StepRun.objects.filter(request=request, finished_at=None).update(step=step, led_by="external", position=None)
    away("colleague")(office)
    row = routing_rows([Request.objects.get(pk=request.pk)], officials_today())[0]
    assert (row.step.no, row.suggestion, row.why) == (4, office.official, "pelaksana langkah 2")


def test_a_rule_out_of_use_names_nobody(office):
    RoutingRule.objects.create(order=1, user=office.official, active=False)
    assert rules_in_order() == []


GIVEN = [
    (step(), {"official", "colleague"}),
    (step(unit="unit"), {"official", "colleague", "member", "section_head"}),
    (step("KOSONG"), set()),
    (step("", unit="other_unit", led_by="external"), {"outsider"}),
    (step("", unit="unit", led_by="applicant"), set()),
]


@pytest.mark.parametrize(("build", "people"), GIVEN)
def test_who_is_offered_for_a_step(office, build, people):
    assert set(candidates_for(build(office))) == {getattr(office, name) for name in people}


def test_namesakes_of_several_positions_are_offered_in_one_order(office):
    make_user(Role.OFFICIAL, office.positions[POST], office.unit)
    User.objects.update(full_name="Sri Contoh")
    people = candidates_for(step(unit="unit")(office))
    assert len(people) == 5 and people == sorted(people, key=lambda user: user.pk)


def test_who_is_offered_as_an_exception(office):
    """An official of the case's unit and of the position's unit."""
    people = set(outside_candidates_for(step("PENGELOLA-GTK")(office), office.unit.pk))
    assert people == {office.outsider, office.official, office.colleague, office.member, office.section_head}
    assert office.outsider not in outside_candidates_for(step("", led_by="external")(office), office.unit.pk)


def test_colleagues_for_many_are_those_of_ones_own_units_who_are_here(office):
    away("member")(office)
    assert set(unit_colleagues(scope_of(anew(office.official)))) == {office.colleague, office.section_head}
    led = {office.official, office.colleague, office.section_head, office.below}
    assert set(unit_colleagues(scope_of(anew(office.leader)))) == led
    assert office.outsider in unit_colleagues(scope_of(anew(office.admin)))


def test_steps_are_chosen_among_cases_that_one_may_read(office):
    run = StepRun.objects.get(request=begin(office), finished_at=None)
    assert selected_runs(anew(office.official), [run.pk, run.pk, 0]) == [run]
    assert selected_runs(anew(office.outsider), [run.pk]) == []
    without_post("member")(office)
    assert selected_runs(anew(office.member), [run.pk]) == []


LOST = [
    # The request's phone number, the typed text, and whether a link is made.
    ({"applicant_email": "siti@example.id", "applicant_phone": ""}, "siti@example.id", True),
    ({"applicant_email": "siti@example.id", "applicant_phone": ""}, "", False),
    ({"applicant_email": "siti@example.id", "applicant_phone": ""}, "081234567890", False),
    ({"applicant_email": "", "applicant_phone": ""}, "", False),
    ({"applicant_email": "", "applicant_phone": "+6281234567890"}, "0812 3456 7890", True),
    ({"applicant_email": "", "applicant_phone": "+6281234567890"}, "0812 3456 7891", False),
]


@pytest.mark.parametrize(("stands", "typed", "fitting"), LOST)
def test_who_may_ask_for_a_new_code(office, stands, typed, fitting):
    request = begin(office)
    Request.objects.update(**stands, responsible=office.official)
    ask_for_new_code(request, by=applicant(request.pk), contact=typed)
    request.refresh_from_db()
    assert bool(request.renewal_hash) is Notice.objects.filter(kind__startswith="code_wanted").exists() is fitting
