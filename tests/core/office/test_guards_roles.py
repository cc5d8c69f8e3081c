"""Roles that come with positions and units, the secretary and the secretariats: clause by clause."""

import pytest

from tests.factories.core import anew, day, make_acting, make_position, make_unit, make_user, named_cast
from ula_portal.core import permissions
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Role, Tenure, User
from ula_portal.core.office import queries
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.permissions import is_secretary, may_record_acting, secretaries
from ula_portal.core.security.auth_backend import PortalBackend

pytestmark = pytest.mark.django_db


def close_account(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


# Roles that come with an acting tenure


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"from_date": 1, "to_date": 2}, False),
        ({"from_date": -2, "to_date": -1}, False),
        ({"heads_unit": False}, False),
        ({"definitive": True}, False),
        ({"closed": True}, False),
    ],
)
@pytest.mark.parametrize("top", [False, True])
def test_the_heads_role_goes_with_an_acting_tenure_of_the_post_that_heads_the_unit(changes, counts, top):
    """According to every query: by person, at the log-in, by unit, by role."""
    unit = make_unit() if top else make_unit(parent=make_unit())
    position = make_position(unit=unit, heads_unit=changes.get("heads_unit", True))
    user, other = make_user(), make_user()
    role = Role.HEAD if top else Role.SECTION_HEAD
    if changes.get("definitive"):
        people.begin_tenure(user, by=SYSTEM, position=position, from_date=day(-5))
    else:
        span = {name: day(changes[name]) for name in ("from_date", "to_date") if name in changes}
        make_acting(user, position, **span)
    if changes.get("closed"):
        close_account(user)
    at_log_in = PortalBackend().get_user(user.pk)
    assert permissions.roles_of(anew(user)) == (frozenset({(role, unit.pk)}) if counts else frozenset())
    assert permissions.roles_of(at_log_in) == permissions.roles_of(anew(user))
    assert permissions.roles_of(PortalBackend().get_user(other.pk)) == frozenset()
    for reach in (None, [unit.pk]):
        assert (user in queries.staff_with_role(role, reach)) is counts
    assert user not in queries.staff_with_role(role, [make_unit().pk])
    heads = permissions.section_heads_by_unit()[unit.pk]
    assert (user.pk in heads) is (counts and not top)


def test_staff_with_a_role_are_active_and_of_the_units_asked_about():
    unit, beside = make_unit(), make_unit()
    head, closed = make_user(Role.SECTION_HEAD, unit=unit), make_user(Role.SECTION_HEAD, unit=unit)
    close_account(closed)
    assert queries.staff_with_role(Role.SECTION_HEAD, [unit.pk]) == [head] == queries.staff_with_role(Role.SECTION_HEAD)
    assert queries.staff_with_role(Role.SECTION_HEAD, [beside.pk]) == []
    assert queries.staff_with_role(Role.DRAFTER) == []


def test_a_unit_is_led_by_its_heads_and_those_above_who_are_active():
    top = make_unit()
    below, beside = make_unit(parent=top), make_unit(parent=top)
    above, own, drafter, closed = (
        make_user(role, unit=unit)
        for role, unit in (
            (Role.SECTION_HEAD, top),
            (Role.SECTION_HEAD, below),
            (Role.DRAFTER, below),
            (Role.SECTION_HEAD, below),
        )
    )
    close_account(closed)
    found = permissions.section_heads_by_unit()
    assert (found[below.pk], found[beside.pk], found[top.pk]) == ({above.pk, own.pk}, {above.pk}, {above.pk})
    assert permissions.unit_ids_drafted_by(drafter) == {below.pk} and permissions.unit_ids_led_by(drafter) == set()
    assert permissions.unit_ids_led_by(above) == {top.pk, below.pk, beside.pk}
    # A role that was assigned in the meantime counts for this object once its roles are read again.
    people.assign_role(drafter, by=SYSTEM, role=Role.DRAFTER, unit=beside)
    assert permissions.unit_ids_drafted_by(drafter) == {below.pk, beside.pk}


# The secretary


def secretary(cast, **changes):
    """Whether the only holder of a slightly changed position is the office's secretary."""
    unit = changes.pop("unit", None) or cast.units["secretariat"]
    role = changes.pop("role", Role.SECTION_HEAD)
    given = {"name": "Sekretaris Dinas", "heads_unit": True} | changes
    user = make_user(role, make_position(unit=unit, **given), unit)
    assert is_secretary(anew(user)) == (user in secretaries())
    return is_secretary(anew(user))


@pytest.fixture
def tree():
    top = make_unit()
    secretariat = make_unit(parent=top)

    class Tree:
        units = {"top": top, "secretariat": secretariat, "deeper": make_unit(parent=secretariat)}

    return Tree


def test_the_secretary_heads_the_secretariat_and_is_called_so(tree):
    assert secretary(tree) and secretary(tree, unit=tree.units["top"]) and secretary(tree, name="SEKRETARIS")
    assert not secretary(tree, unit=tree.units["deeper"])
    assert not secretary(tree, heads_unit=False)
    assert not secretary(tree, name="Staf Sekretaris")
    assert not secretary(tree, role=Role.OFFICIAL) and not secretary(tree, role=Role.HEAD)


def test_who_acts_for_the_secretary_is_one_a_deputy_and_a_closed_account_are_not():
    cast = named_cast()
    post = cast.positions["SEKDIS"]
    assert is_secretary(anew(cast.secretary))
    record_absence(cast.secretary, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=cast.section_head)
    assert not is_secretary(anew(cast.section_head))
    make_acting(cast.official, post)
    assert is_secretary(anew(cast.official))
    close_account(cast.official)
    assert cast.official not in secretaries()
    Tenure.objects.filter(user=cast.secretary).update(to_date=day(-1))
    assert not is_secretary(anew(cast.secretary)) and not secretaries().exists()


# Secretariats


def test_whose_paper_somebody_records():
    cast = named_cast()
    keeper, other = make_user(position=make_position()), make_user(position=make_position())
    post = cast.positions["KADIS"]
    kept = office.entrust_paper(keeper.tenures.get().position, by=SYSTEM, position=post)
    assert (
        queries.position_ids_as_secretariat(anew(keeper)) == {post.pk}
        and queries.position_ids_as_secretariat(anew(other)) == set()
    )
    assert queries.secretariats_of(post.pk) == [kept.keeper] and queries.secretariats_of(kept.keeper_id) == []
    assert may_record_acting(anew(keeper), post) and may_record_acting(anew(keeper))
    assert not may_record_acting(anew(keeper), cast.positions["SEKDIS"])
    assert not may_record_acting(anew(other), post) and not may_record_acting(anew(other))
    keeper.tenures.update(to_date=day(-1))
    assert not may_record_acting(anew(keeper)) and queries.position_ids_as_secretariat(anew(keeper)) == set()
