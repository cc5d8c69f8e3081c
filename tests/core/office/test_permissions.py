"""Permissions come from roles and units, never from a flag."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from tests.factories.core import make_acting, make_position, make_unit, make_user, named_cast
from ula_portal.core import clock, permissions
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Role
from ula_portal.core.office import permissions as office
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.security.auth_backend import PortalBackend
from ula_portal.core.web.context import portal

pytestmark = pytest.mark.django_db


def test_a_person_has_the_roles_given_and_no_others():
    user = make_user([Role.OFFICIAL, Role.COUNTER])
    assert permissions.has_role(user, Role.OFFICIAL)
    assert permissions.has_role(user, Role.ADMINISTRATOR, Role.COUNTER)
    assert not permissions.has_role(user, Role.ADMINISTRATOR)


def test_strangers_and_closed_accounts_have_none():
    closed = make_user(Role.OFFICIAL)
    people.set_active(closed, by=SYSTEM, active=False)
    closed.refresh_from_db()
    assert permissions.roles_of(AnonymousUser()) == frozenset()
    assert permissions.roles_of(closed) == frozenset()
    assert not permissions.is_staff_member(closed)


def test_roles_are_asked_once_per_request(django_assert_num_queries):
    user = make_user(Role.OFFICIAL)
    user = type(user).objects.get(pk=user.pk)
    with django_assert_num_queries(1):
        for _ in range(3):
            permissions.has_role(user, Role.OFFICIAL)
            permissions.is_staff_member(user)


def test_who_is_logged_in_comes_with_their_roles(django_assert_num_queries):
    user = make_user(Role.SECTION_HEAD, unit=make_unit())
    backend, roles = PortalBackend(), permissions.roles_of(user)
    with django_assert_num_queries(1):
        found = backend.get_user(user.pk)
        assert permissions.roles_of(found) == roles != frozenset()
        assert found == user
    user.staff_roles.all().delete()
    assert permissions.roles_of(backend.get_user(user.pk)) == frozenset()
    people.set_active(user, by=SYSTEM, active=False)
    assert backend.get_user(user.pk) is backend.get_user(user.pk + 1) is None


@pytest.mark.parametrize(
    ("role", "enters"),
    [
        ("frontdesk", False),
        ("counter", False),
        ("official", False),
        ("section_head", True),
        ("head", True),
        ("admin", True),
    ],
)
def test_who_enters_the_admin_panel(role, enters):
    user = make_user(role, unit=make_unit())
    assert user.is_staff is enters


def test_only_administrators_may_change_people():
    cast = named_cast()
    assert cast.admin.has_perm("core.change_user")
    assert cast.admin.has_module_perms("core")
    for user in (cast.section_head, cast.head, cast.official, cast.frontdesk, cast.counter):
        assert not user.has_perm("core.change_user")
        assert not user.has_perms(["core.view_user"])


def test_a_closed_administrator_may_nothing():
    make_user(Role.ADMINISTRATOR)
    closed = make_user(Role.ADMINISTRATOR)
    people.set_active(closed, by=SYSTEM, active=False)
    closed.refresh_from_db()
    assert not closed.is_staff
    assert not closed.has_perm("core.view_user")


def test_a_section_head_leads_the_unit_and_all_below():
    top = make_unit()
    middle = make_unit(parent=top)
    bottom = make_unit(parent=middle)
    beside = make_unit(parent=top)
    user = make_user(Role.SECTION_HEAD, unit=middle)
    assert permissions.unit_ids_led_by(user) == {middle.pk, bottom.pk}
    assert beside.pk not in permissions.unit_ids_led_by(user)
    assert permissions.unit_ids_led_by(make_user(Role.OFFICIAL, unit=top)) == set()


def test_units_that_point_at_each_other_do_not_hang():
    one, two = make_unit(), make_unit()
    two.parent = one
    two.save()
    one.parent = two
    one.save()
    assert permissions.unit_ids_below([one.pk]) == {one.pk, two.pk}


def test_positions_include_those_stood_in_for_today():
    day = datetime.date(2026, 3, 2)
    own, other = make_position(), make_position()
    user, boss = make_user(position=own), make_user(position=other)
    record_absence(boss, by=SYSTEM, kind="leave", from_date=day, to_date=day, deputy=user)
    with clock.at(datetime.datetime(2026, 3, 2, 3, tzinfo=datetime.UTC)):
        assert office.position_ids_of(user) == {own.pk, other.pk}
    with clock.at(datetime.datetime(2026, 3, 3, 3, tzinfo=datetime.UTC)):
        assert office.position_ids_of(user) == {own.pk}


def test_the_page_names_a_position_as_it_is_held():
    day = datetime.date(2026, 3, 2)
    own, other, third = make_position(name="Staf"), make_position(name="Kepala"), make_position(name="Sekretaris")
    user, boss = make_user(position=own), make_user(position=other)
    record_absence(boss, by=SYSTEM, kind="leave", from_date=day, to_date=day, deputy=user)
    make_acting(user, third, from_date=day, to_date=day)
    request = RequestFactory().get("/")
    request.user = user
    with clock.at(datetime.datetime(2026, 3, 2, 3, tzinfo=datetime.UTC)):
        assert list(portal(request)["staff_positions"]) == ["Pengganti Kepala", "Plh. Sekretaris", "Staf"]


def test_the_last_administrator_cannot_be_removed():
    from ula_portal.core.verbs.errors import Refused

    admin = make_user(Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        people.set_active(admin, by=SYSTEM, active=False)
    with pytest.raises(Refused):
        people.revoke_role(admin, by=SYSTEM, role=Role.ADMINISTRATOR)
    make_user(Role.ADMINISTRATOR)
    people.revoke_role(admin, by=SYSTEM, role=Role.ADMINISTRATOR)
    assert not permissions.has_role(admin, Role.ADMINISTRATOR)
