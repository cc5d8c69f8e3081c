"""Every clause of serving, leading, reassigning and recording: a user whom only this clause allows or refuses."""

from types import SimpleNamespace

import pytest

from services import permissions
from services.inbox.queries.scope import vacant_position_ids
from tests.factories.standing import (
    APPLICANT,
    POST,
    anew,
    away,
    in_turn,
    step,
    unchanged,
    without_post,
    without_role,
)
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Secretariat
from ula_portal.core.office.actions import people
from ula_portal.core.office.queries import holders_of, people_here_for

pytestmark = pytest.mark.django_db


SERVE = [
    ("frontdesk", unchanged, True),
    ("counter", unchanged, True),
    ("counter", without_role("counter"), False),
    ("member", unchanged, True),
    ("leader", unchanged, True),
    ("outsider", unchanged, False),
    ("head", unchanged, False),
]


@pytest.mark.parametrize(("who", "change", "may"), SERVE)
def test_who_serves_the_applicant(office, who, change, may):
    change(office)
    assert permissions.may_serve_applicant(anew(getattr(office, who)), office.unit.pk) is may


@pytest.mark.parametrize(
    ("who", "change", "may"),
    [
        ("frontdesk", without_post("frontdesk"), True),
        ("member", unchanged, True),
        ("leader", unchanged, True),
        ("head", without_post("head"), False),
        # A position without any role does not make a member of staff.
        ("member", without_role("member"), False),
    ],
)
def test_who_sees_the_originals_that_are_held(office, who, change, may):
    change(office)
    assert permissions.may_see_kept_originals(anew(getattr(office, who))) is may


LEAD = [("admin", True), ("leader", True), ("secretary", False), ("official", False), ("head", False)]


@pytest.mark.parametrize(("who", "may"), LEAD)
def test_who_leads_a_case(office, who, may):
    user, unit_id = anew(getattr(office, who)), office.unit.pk
    assert permissions.may_route(user, unit_id) is permissions.may_lead(user, unit_id) is may
    assert permissions.may_reassign_outside(user, unit_id) is may
    assert permissions.may_edit_rules(user) is permissions.may_publish_services(user) is (who == "admin")
    assert permissions.may_route_somewhere(user) is (who in ("admin", "leader", "secretary"))


@pytest.mark.parametrize(
    ("who", "open_step", "may"),
    [
        ("official", step(assignee="official"), True),
        ("official", step(), False),
        ("colleague", step(assignee="official"), False),
        ("admin", step(), True),
        ("admin", step(**APPLICANT), False),
        ("member", step(**APPLICANT, assignee="member"), False),
    ],
)
def test_who_hands_a_step_on(office, who, open_step, may):
    assert permissions.may_reassign(anew(getattr(office, who)), open_step(office), office.unit.pk) is may


@pytest.mark.parametrize(
    ("who", "post", "may"),
    [
        ("official", POST, True),
        ("official", "KABID-DIKDAS", False),
        ("official", "", False),
        ("leader", "KADIS", True),
        ("admin", "", True),
    ],
)
def test_who_goes_on_out_of_order(office, who, post, may):
    to = SimpleNamespace(lead_position_id=office.positions[post].pk if post else None)
    assert permissions.may_go_on_at(anew(getattr(office, who)), to, office.unit.pk) is may


def test_who_skips_without_working_it(office):
    run = step("PENGELOLA-GTK")(office)
    for who, may in {"outsider": True, "leader": True, "admin": True, "official": False}.items():
        assert permissions.may_skip(anew(getattr(office, who)), run, office.unit.pk) is may


RECORD = [
    # Each user by one clause alone, at a step of the other unit's position in a case of this unit.
    ("outsider", {}, True),
    ("leader", {}, True),
    ("admin", {}, True),
    ("official", {}, False),
    ("official", {"responsible": "official"}, True),
    ("official", {"giver": "unit"}, True),
    ("official", {"giver": "other_unit"}, False),
    ("secretary", {"keeper": "SEKDIS"}, True),
    ("secretary", {}, False),
    # Directly below the position and named by the SOP: both are required.
    ("secretary", {"post": "KADIS", "named": "SEKDIS"}, True),
    ("secretary", {"post": "KADIS", "named": "PENGELOLA-DATA"}, False),
    ("frontdesk", {"post": "KADIS", "named": "FRONT-OFFICE"}, False),
    # The head of office has no superior, which does not match positions without one.
    ("head", {"post": "", "led_by": "external", "named": "KADIS"}, False),
    ("admin", {"post": "", "led_by": "applicant"}, False),
]


@pytest.mark.parametrize(("who", "said", "may"), RECORD)
def test_who_records_paper(office, who, said, may):
    post = said.get("post", "PENGELOLA-GTK")
    if keeper := said.get("keeper"):
        Secretariat.objects.create(position=office.positions[post], keeper=office.positions[keeper])
    may_record = permissions.may_record_paper(
        anew(getattr(office, who)),
        step(post, led_by=said.get("led_by", "position"))(office),
        office.unit.pk,
        responsible_id=getattr(office, said["responsible"]).pk if "responsible" in said else None,
        previous_unit_id=getattr(office, said["giver"]).pk if "giver" in said else None,
        named_position_ids={office.positions[said["named"]].pk} if "named" in said else set(),
    )
    assert may_record is may


def test_an_inactive_deputy_holds_no_position(office):
    """The permissions that the admin panel, the inbox and the offer of a step share."""
    run, today = step()(office), clock.today()
    in_turn(away("colleague"), away("official", deputy="nobody"))(office)
    assert holders_of([run.position_id])[run.position_id] == [office.nobody]
    assert run.position_id not in vacant_position_ids(today)
    people.set_active(office.nobody, by=SYSTEM, active=False)
    assert holders_of([run.position_id])[run.position_id] == []
    assert run.position_id in vacant_position_ids(today)
    assert office.nobody not in people_here_for([run.position_id])
