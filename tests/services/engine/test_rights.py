"""Every clause about working a step and ending it: for each somebody whom it alone lets through, or keeps out."""

from types import SimpleNamespace

import pytest

from services import permissions
from tests.factories.core import make_acting, named_cast
from tests.factories.standing import (
    AGENCY,
    APPLICANT,
    anew,
    away,
    closed,
    in_turn,
    no_deciding,
    staffed,
    step,
    unchanged,
    without_post,
    without_role,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return staffed(named_cast())


GIVEN = {"assignee": "outsider", "given": True}
WORK = [
    # Whose step it is: nobody's yet, one's own, or a colleague's who is here.
    ("official", step(), unchanged, True),
    ("member", step(), unchanged, False),
    ("outsider", step(), unchanged, False),
    ("official", step(assignee="official"), unchanged, True),
    ("colleague", step(assignee="official"), unchanged, False),
    # Once they are away, gone, or hold the post no more, a colleague may take it.
    ("colleague", step(assignee="official"), away("official"), True),
    ("colleague", step(assignee="official"), closed("official"), True),
    ("colleague", step(assignee="official"), without_post("official"), True),
    ("official", step(assignee="official"), without_post("official"), False),
    ("official", step(), closed("official"), False),
    # The head of the unit whose position has it, and no other.
    ("leader", step(assignee="official"), unchanged, True),
    ("leader", step(assignee="official"), without_role("leader"), False),
    ("secretary", step(), unchanged, False),
    ("leader", step("STAF-PAUD"), unchanged, True),
    ("leader", step("PENGELOLA-GTK"), unchanged, False),
    # Not the position's unit counts while the case's pool has it.
    ("leader", step("PENGELOLA-GTK", unit="unit"), unchanged, True),
    ("leader", step(unit="other_unit"), unchanged, True),
    # What the head of the unit took stays theirs while they are here.
    ("official", step(assignee="leader"), unchanged, False),
    ("official", step(assignee="leader"), away("leader"), True),
    ("official", step(assignee="leader"), without_role("leader"), True),
    # The pool: of the unit that has it, and only where the position has no holder here.
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
    # Another agency's step is the unit's to record.
    ("member", step(**AGENCY, unit="unit"), unchanged, True),
    ("member", step(**AGENCY), unchanged, True),
    ("outsider", step(**AGENCY, unit="unit"), unchanged, False),
    ("frontdesk", step(**AGENCY, unit="unit"), unchanged, False),
    # The applicant's: the desk and the unit.
    ("frontdesk", step(**APPLICANT, unit="unit"), unchanged, True),
    ("member", step(**APPLICANT, unit="unit"), unchanged, True),
    ("outsider", step(**APPLICANT, unit="unit"), unchanged, False),
    ("frontdesk", step(**APPLICANT, unit="unit"), without_role("frontdesk"), False),
    # Whom a leader gave it: as long as they hold any post at all, here or not the right one.
    ("outsider", step(**GIVEN), unchanged, True),
    ("outsider", step(**GIVEN), without_post("outsider"), False),
    ("outsider", step(**GIVEN), closed("outsider"), False),
    ("official", step(**GIVEN), unchanged, False),
    ("official", step(**GIVEN), away("outsider"), True),
    ("official", step(**GIVEN), closed("outsider"), True),
    ("member", step(**GIVEN), unchanged, False),
    # That a step bears one's name is not enough, where nobody gave it.
    ("outsider", step(assignee="outsider"), unchanged, False),
    # A deputy works in the place of who is away, if they are here themselves.
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
    # A letter is signed by a tenure of one's own.
    ("official", step(), LETTER, unchanged, True),
    ("nobody", step(), LETTER, away("official", deputy="nobody"), False),
    ("member", step(), LETTER, unchanged, False),
    # The head of the unit signs by a post above; a role alone signs nothing, a post above without the role neither.
    ("section_head", step(), LETTER, unchanged, True),
    ("section_head", step(), LETTER, without_post("section_head"), False),
    ("section_head", step(), LETTER, without_role("section_head"), False),
    ("section_head", step("STAF-DIKDAS"), LETTER, unchanged, False),
    ("section_head", step("PENGELOLA-GTK"), LETTER, unchanged, False),
    # A position that the office does not have: whoever holds a post.
    ("member", step(""), LETTER, unchanged, True),
    ("nobody", step(""), LETTER, away("official", deputy="nobody"), False),
    # What another agency or the applicant does is only recorded.
    ("nobody", step(**AGENCY), LETTER, unchanged, True),
    # Deciding: deputies, unless the office says no.
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
