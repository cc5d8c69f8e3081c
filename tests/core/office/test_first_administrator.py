"""The first administrator: a secret address that works once, for a day, while there is nobody else."""

import datetime

import pytest

from tests.processes import in_processes
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import JournalEntry, Office, Role, SetupAddress, StaffRole, User
from ula_portal.core.office import queries
from ula_portal.core.office.actions import first_administrator as first
from ula_portal.core.office.actions import office, people
from ula_portal.core.verbs.errors import Outdated, Refused

NAME = {"name": "Dinas Pendidikan", "regency": "Kabupaten Contoh"}


def made(token, email="nama@example.id", **more):
    person = {"full_name": "Nama Lengkap", "password": "sandi-yang-panjang-1"} | more
    return first.make_first_administrator(queries.setup_address(token), by=SYSTEM, email=email, **person)


def test_makes_the_administrator_and_names_the_office(db):
    token = first.issue_setup_address(by=SYSTEM)
    assert token not in str(SetupAddress.objects.values())
    user = made(token, **NAME)
    assert user.check_password("sandi-yang-panjang-1")
    assert [*user.staff_roles.values_list("role", flat=True)] == [Role.ADMINISTRATOR]
    assert Office.objects.values("name", "regency").get() == NAME
    assert not SetupAddress.objects.exists()
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert verbs >= {"issue_setup_address", "set_up_office", "create_staff_member", "assign_role"}


def test_works_once(db):
    token = first.issue_setup_address(by=SYSTEM)
    address = queries.setup_address(token)
    made(token)
    assert queries.setup_address(token) is None
    with pytest.raises(Outdated):
        first.make_first_administrator(address, by=SYSTEM, email="b@example.id", full_name="B", password="sandi-lain-1")
    assert User.objects.count() == 1


def test_ends_after_a_day_and_by_the_next_start(db):
    old = first.issue_setup_address(by=SYSTEM)
    token = first.issue_setup_address(by=SYSTEM)
    assert queries.setup_address(old) is None
    with clock.at(clock.now() + datetime.timedelta(hours=24, seconds=-1)):
        assert queries.setup_address(token)
    with clock.at(clock.now() + datetime.timedelta(hours=24)):
        assert queries.setup_address(token) is None


def test_a_refusal_leaves_the_address_usable(db):
    token = first.issue_setup_address(by=SYSTEM)
    with pytest.raises(Refused) as refused:
        made(token, password="12345", **NAME)
    assert refused.value.field == "password"
    assert not User.objects.exists() and not Office.objects.exists()
    made(token)


def test_not_while_there_is_another_administrator(db):
    token = first.issue_setup_address(by=SYSTEM)
    address = queries.setup_address(token)
    admin = people.create_staff_member(by=SYSTEM, email="a@example.id", full_name="A")
    people.assign_role(admin, by=SYSTEM, role=Role.ADMINISTRATOR)
    assert queries.setup_address(token) is None
    with pytest.raises(Outdated):
        first.make_first_administrator(address, by=SYSTEM, email="b@example.id", full_name="B", password="sandi-lain-1")
    with pytest.raises(Outdated):
        first.issue_setup_address(by=SYSTEM)
    # A closed account is none.
    User.objects.update(is_active=False)
    made(first.issue_setup_address(by=SYSTEM))


def test_an_office_that_cannot_log_in_gets_one_more_and_keeps_its_name(db):
    office.set_up_office(by=SYSTEM, name="Dinas Lama", regency="Kota Lama")
    made(first.issue_setup_address(by=SYSTEM))
    made(first.issue_setup_address(by=SYSTEM, despite_others=True), email="b@example.id", **NAME)
    assert StaffRole.objects.filter(role=Role.ADMINISTRATOR).count() == 2
    assert Office.objects.get().name == "Dinas Lama"


def _makes(token, email):
    try:
        return made(token, email).email
    except Outdated:
        return None


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins():
    token = first.issue_setup_address(by=SYSTEM)
    made_by = in_processes((_makes, token, "a@example.id"), (_makes, token, "b@example.id"))
    assert sorted(map(bool, made_by)) == [False, True]
    assert StaffRole.objects.count() == 1


def test_awaits_setup_until_somebody_begins(db, django_assert_num_queries):
    queries.office_cache.clear()
    assert queries.awaits_setup()
    made(first.issue_setup_address(by=SYSTEM), **NAME)
    assert not queries.awaits_setup()
    with django_assert_num_queries(0):
        assert not queries.awaits_setup()
