"""Every clause of working and finishing a step: for each, a user whom only this clause allows or refuses."""

from types import SimpleNamespace

import pytest

from services import permissions
from tests.factories.core import make_acting
from tests.factories.standing import (
    AGENCY,
    APPLICANT,
    anew,
    away,
    closed,
    in_turn,
    no_deciding,
    step,
    unchanged,
    without_post,
    without_role,
)

pytestmark = pytest.mark.django_db


GIVEN = {"assignee": "outsider", "given": True}
WORK = [
    # The assignee: nobody yet, the user, or a colleague who is present.
    ("official", step(), unchanged, True),
    ("member", step(), unchanged, False),
    ("outsider", step(), unchanged, False),
    ("official", step(assignee="official"), unchanged, True),
    ("colleague", step(assignee="official"), unchanged, False),
    # When the assignee is absent, inactive or no longer holds the position, a colleague may take the step.
    ("colleague", step(assignee="official"), away("official"), True),
    ("colleague", step(assignee="official"), closed("official"), True),
    ("colleague", step(assignee="official"), without_post("official"), True),
    ("official", step(assignee="official"), without_post("official"), False),
    ("official", step(), closed("official"), False),
    # The head of the unit to which the position belongs, and no other.
    ("leader", step(assignee="official"), unchanged, True),
    ("leader", step(assignee="official"), without_role("leader"), False),
    ("secretary", step(), unchanged, False),
    ("leader", step("STAF-PAUD"), unchanged, True),
    ("leader", step("PENGELOLA-GTK"), unchanged, False),
    # While the step is in the pool of the case's unit, the position's unit does not count.
    ("leader", step("PENGELOLA-GTK", unit="unit"), unchanged, True),
    ("leader", step(unit="other_unit"), unchanged, True),
    # A step taken by the head of the unit stays theirs while they are present.
    ("official", step(assignee="leader"), unchanged, False),
    ("official", step(assignee="leader"), away("leader"), True),
    ("official", step(assignee="leader"), without_role("leader"), True),
    # The pool of the step's unit, only if no holder of the position is present.
    ("member", step("KOSONG"), unchanged, True),
    ("member", step("KOSONG", unit="unit"), unchanged, True),
    ("outsider", step("KOSONG"), unchanged, False),
    ("member", step("KOSONG", unit="other_unit"), unchanged, False),
    ("outsider", step("KOSONG", unit="other_unit"), unchanged, True),
    ("member", step(unit="unit"), unchanged, True),
    ("member", step(), in_turn(away("official"), away("colleague")), True),
    ("member", step(), away("official"), False),
    ("official", step("KOSONG", assignee="member", unit="unit"), unchanged, False),
    ("member", step("PENGELOLA-GTK", assignee="leader", unit="unit"), unchanged, False),
    ("member", step(**AGENCY, assignee="leader"), unchanged, True),
    ("official", step("KOSONG", assignee="member", unit="unit"), without_post("member"), True),
    ("official", step("KOSONG", assignee="member"), unchanged, True),
    # A step of another agency is recorded by the unit.
    ("member", step(**AGENCY, unit="unit"), unchanged, True),
    ("member", step(**AGENCY), unchanged, True),
    ("outsider", step(**AGENCY, unit="unit"), unchanged, False),
    ("frontdesk", step(**AGENCY, unit="unit"), unchanged, False),
    # Steps of the applicant: the desk and the unit.
    ("frontdesk", step(**APPLICANT, unit="unit"), unchanged, True),
    ("member", step(**APPLICANT, unit="unit"), unchanged, True),
    ("outsider", step(**APPLICANT, unit="unit"), unchanged, False),
    ("frontdesk", step(**APPLICANT, unit="unit"), without_role("frontdesk"), False),
    # The user to whom a leader gave the step, as long as they hold any position.
    ("outsider", step(**GIVEN), unchanged, True),
    ("outsider", step(**GIVEN), without_post("outsider"), False),
    ("outsider", step(**GIVEN), closed("outsider"), False),
    ("official", step(**GIVEN), unchanged, False),
    ("official", step(**GIVEN), away("outsider"), True),
    ("official", step(**GIVEN), closed("outsider"), True),
    ("member", step(**GIVEN), unchanged, False),
    # Being the assignee is not enough if no leader gave the step.
    ("outsider", step(assignee="outsider"), unchanged, False),
    # A deputy works for an absent official, if they are present themselves.
    ("nobody", step(), away("official", deputy="nobody"), True),
    ("nobody", step(), in_turn(away("official", deputy="nobody"), away("nobody")), False),
    ("nobody", step(), in_turn(away("official", deputy="nobody"), closed("nobody")), False),
    ("colleague", step(assignee="nobody"), away("official", deputy="nobody"), False),
]


@pytest.mark.parametrize(("who", "open_step", "change", "may"), WORK)
def test_who_works_a_step(office, who, open_step, change, may):
    change(office)
    run = open_step(office)
    assert permissions.may_work(anew(getattr(office, who)), run, office.unit.pk) is may


LETTER = SimpleNamespace(issues_letter=True, shape="process")
QUESTION = SimpleNamespace(issues_letter=False, shape="decision")
PLAIN = SimpleNamespace(issues_letter=False, shape="process")
FINISH = [
    # Signing a letter needs the user's own tenure.
    ("official", step(), LETTER, unchanged, True),
    ("nobody", step(), LETTER, away("official", deputy="nobody"), False),
    ("member", step(), LETTER, unchanged, False),
    # The head of the unit signs by a superior position; neither the role nor the position alone is enough.
    ("section_head", step(), LETTER, unchanged, True),
    ("section_head", step(), LETTER, without_post("section_head"), False),
    ("section_head", step(), LETTER, without_role("section_head"), False),
    ("section_head", step("STAF-DIKDAS"), LETTER, unchanged, False),
    ("section_head", step("PENGELOLA-GTK"), LETTER, unchanged, False),
    # If the office does not have the position: whoever holds any position.
    ("member", step(""), LETTER, unchanged, True),
    ("nobody", step(""), LETTER, away("official", deputy="nobody"), False),
    # Steps of other agencies and of the applicant are only recorded.
    ("nobody", step(**AGENCY), LETTER, unchanged, True),
    # Deciding: deputies may, unless the office does not allow it.
    ("nobody", step(), QUESTION, away("official", deputy="nobody"), True),
    ("nobody", step(), QUESTION, in_turn(no_deciding, away("official", deputy="nobody")), False),
    ("nobody", step(), PLAIN, in_turn(no_deciding, away("official", deputy="nobody")), True),
    ("official", step(), QUESTION, no_deciding, True),
    ("leader", step(), QUESTION, no_deciding, True),
    ("secretary", step(), QUESTION, no_deciding, False),
    ("member", step(""), QUESTION, no_deciding, True),
    ("outsider", step(**GIVEN), QUESTION, no_deciding, True),
    ("member", step(**GIVEN), QUESTION, no_deciding, False),
    ("outsider", step(assignee="outsider"), QUESTION, no_deciding, False),
]


@pytest.mark.parametrize(("who", "open_step", "kind", "change", "may"), FINISH)
def test_who_ends_it(office, who, open_step, kind, change, may):
    change(office)
    assert permissions.may_finish(anew(getattr(office, who)), open_step(office), kind, office.unit.pk) is may


def test_who_acts_for_the_head_signs(office):
    make_acting(office.member, office.positions["KABID-DIKDAS"])
    assert permissions.may_sign(anew(office.member), step("KABID-DIKDAS")(office), office.unit.pk)
    assert not permissions.may_sign(anew(office.member), step("KADIS")(office), office.unit.pk)
