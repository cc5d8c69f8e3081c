"""Acting holders (Plh., Plt.) verify and approve for the term of their order; a deputy of an absence does not."""

import pytest

from sop.approval.actions import life
from tests.factories import sop as make
from tests.factories.core import anew, day, make_acting
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Position, Role
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand_in(units):
    return make.make_person(Role.OFFICIAL, units["GTK"], "PENGELOLA-GTK")


def refused(verb, version, user, **options):
    with pytest.raises(NotAllowed):
        verb(version, by=staff(anew(user)), **options)
    return True


def test_a_deputy_neither_verifies_nor_approves(draft, cast, stand_in):
    for absent in ("section_head", "head"):
        record_absence(cast[absent], by=SYSTEM, kind="leave", from_date=day(0), to_date=day(1), deputy=stand_in)
    assert refused(life.verify_version, draft, stand_in)
    version = life.verify_version(draft, by=staff(cast["section_head"]))
    assert refused(life.approve_version, version, stand_in, decree="800/7", effective_from=day(0))


def test_who_acts_by_an_order_does_so_for_its_time_only(draft, cast, stand_in):
    section, head = Position.objects.get(code="KABID-DIKDAS"), Position.objects.get(code="KADIS")
    make_acting(stand_in, section, from_date=day(-2), to_date=day(-1))
    make_acting(stand_in, section, from_date=day(1), to_date=day(2))
    assert refused(life.verify_version, draft, stand_in)
    make_acting(stand_in, section)
    version = life.verify_version(draft, by=staff(anew(stand_in)))
    other = make.make_person(Role.OFFICIAL, cast["section_head"].staff_roles.get().unit, "PENGELOLA-PAUD-PNF")
    tenure = make_acting(other, head, from_date=day(-1), to_date=day(0))
    people.end_tenure(tenure, by=SYSTEM, last_day=day(-1))
    assert refused(life.approve_version, version, other, decree="800/7", effective_from=day(0))
    make_acting(other, head)
    approved = life.approve_version(version, by=staff(anew(other)), decree="800/7", effective_from=day(0))
    assert approved.approved_as["position"] == "Plh. Kepala Dinas"
    assert approved.approved_as["mandate"] == "800/1/2026"


def test_a_closed_account_with_an_order_does_neither(draft, cast, stand_in):
    make_acting(stand_in, Position.objects.get(code="KABID-DIKDAS"))
    people.set_active(stand_in, by=SYSTEM, active=False)
    assert refused(life.verify_version, draft, stand_in)
