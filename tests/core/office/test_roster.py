"""Many people at once: whom a list adds, which rows are wrong, and that the same list adds nobody twice."""

import dataclasses

import pytest

from tests.factories.core import make_position, make_unit, named_cast
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import JournalEntry, StaffRole, Tenure, User
from ula_portal.core.office import roster
from ula_portal.core.office.actions.roster import add_people
from ula_portal.core.office.rules.people import PersonRow, check_people
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
NIP, OTHER_NIP = "197001011995031901", "198001012005011001"
GOOD = PersonRow(
    2, "Siti Rahma", "Dr.", "M.Pd.", "19700101 199503 1 901", "Pembina", "Siti@Example.ID", "Petugas Loket"
)


def row(**more):
    return dataclasses.replace(GOOD, **more)


def roles_of(user):
    return {(each.role, each.unit and each.unit.code) for each in user.staff_roles.all()}


def test_a_person_gets_account_position_and_roles_without_a_password():
    cast = named_cast()
    taken = add_people([row(roles="Petugas loket; petugas meja depan")], by=SYSTEM)
    (user,) = taken.added
    user = User.objects.get(pk=user.pk)
    assert (user.email, user.nip, user.titled_name) == ("siti@example.id", NIP, "Dr. Siti Rahma, M.Pd.")
    assert not user.has_usable_password() and user.tenures.get().position == cast.positions["LOKET"]
    assert roles_of(user) == {("counter", "ULA"), ("frontdesk", "ULA")}
    verbs = JournalEntry.objects.filter(subject_kind="user", subject_id=str(user.pk)).values_list("verb", flat=True)
    assert list(verbs.order_by("sequence")) == ["create_staff_member", "begin_tenure", "assign_role", "assign_role"]
    assert journal.verify() == []


@pytest.mark.parametrize(
    ("position", "roles", "given"),
    [
        ("Kepala Dinas", "", {("head", None), ("official", "DINAS")}),
        ("Sekretaris Dinas", "", {("section_head", "SEKRETARIAT"), ("official", "SEKRETARIAT")}),
        ("Pengelola Layanan Pendidikan Dasar", "", {("official", "DIKDAS")}),
        ("Petugas Loket", "", {("counter", "ULA")}),
        ("Petugas Front Office; Petugas Loket", "", {("frontdesk", "ULA"), ("counter", "ULA")}),
        ("Petugas Loket", "admin", set()),
        ("Petugas Loket", "Administrator", {("admin", None)}),
        ("Petugas Loket;Kepala Dinas", "Penyusun SOP", {("drafter", "ULA")}),
        ("", "Administrator", {("admin", None)}),
    ],
)
def test_roles_come_from_the_list_or_from_the_position(position, roles, given):
    named_cast()
    wanted = dataclasses.replace(GOOD, positions=position, roles=roles)
    taken = add_people([wanted], by=SYSTEM, only_good=True)
    assert [roles_of(each) for each in taken.added] == ([given] if given else [])


def test_the_same_list_again_adds_nobody():
    named_cast()
    rows = [row(), row(number=3, email="lain@example.id", nip=OTHER_NIP, full_name="Ani")]
    assert len(add_people(rows, by=SYSTEM).added) == 2
    before = JournalEntry.objects.count(), StaffRole.objects.count(), Tenure.objects.count()
    again = add_people(rows, by=SYSTEM)
    assert (again.added, again.known, again.wrong) == ([], 2, [])
    assert (JournalEntry.objects.count(), StaffRole.objects.count(), Tenure.objects.count()) == before


@pytest.mark.parametrize(
    ("change", "column", "word"),
    [
        ({"full_name": ""}, "full_name", "Tulis namanya"),
        ({"full_name": "x" * 151}, "full_name", "paling banyak 150"),
        ({"full_name": "=1+1"}, "full_name", "rumus"),
        ({"email": "=A1"}, "email", "rumus"),
        ({"email": ""}, "email", "Tulis surelnya"),
        ({"email": "bukan surel"}, "email", "tidak benar"),
        ({"email": "layanan@example.id"}, "email", "sudah dipakai Sri Contoh"),
        ({"nip": "=A1"}, "nip", "rumus"),
        ({"nip": "123"}, "nip", "NIP"),
        ({"nip": "197001011995031000"}, "nip", "Tiga angka terakhir"),
        ({"nip": OTHER_NIP}, "nip", "sudah dipakai Sri Contoh"),
        ({"positions": "Tukang Kebun"}, "positions", "belum ada"),
        ({"positions": "=B2"}, "positions", "rumus"),
        ({"positions": "", "roles": ""}, "positions", "jabatan atau perannya"),
        ({"positions": "", "roles": "Kepala bidang/bagian"}, "positions", "memerlukan jabatan"),
        ({"roles": "Raja"}, "roles", "Raja"),
        ({"roles": "=B2"}, "roles", "rumus"),
    ],
)
def test_a_wrong_row_is_named_and_the_list_taken_whole_or_without_it(change, column, word):
    cast = named_cast()
    User.objects.filter(pk=cast.official.pk).update(nip=OTHER_NIP)
    wrong = dataclasses.replace(row(), **change)
    good = row(number=3, email="lain@example.id", nip="", full_name="Ani")
    (checked, _fine) = check_people([wrong, good], roster.people_around([wrong, good]))
    assert [name for name, _sentence in checked.problems][:1] == [column]
    assert word in checked.problems[0][1]
    with pytest.raises(Refused, match="mulai baris 2"):
        add_people([wrong, good], by=SYSTEM)
    assert not User.objects.filter(email="lain@example.id").exists()
    taken = add_people([wrong, good], by=SYSTEM, only_good=True)
    assert [each.full_name for each in taken.added] == ["Ani"] and [each.row.number for each in taken.wrong] == [2]


def test_doubles_in_one_list_are_wrong_from_the_second_on():
    named_cast()
    rows = [row(), row(number=3, nip=""), row(number=4, email="lain@example.id")]
    checked = check_people(rows, roster.people_around(rows))
    assert [each.problems for each in checked] == [
        [],
        [("email", "Surel ini sama dengan baris 2.")],
        [("nip", "NIP ini sama dengan baris 2.")],
    ]


def test_positions_of_one_name_need_their_unit():
    named_cast()
    for _ in range(2):
        make_position(name="Pengelola", unit=make_unit())
    rows = [dataclasses.replace(GOOD, positions="Pengelola")]
    (checked,) = check_people(rows, roster.people_around(rows))
    assert checked.problems[0][0] == "positions" and "kurung" in checked.problems[0][1]


def test_five_thousand_people_take_no_more_statements_than_their_batches(django_assert_max_num_queries):
    named_cast()
    rows = [row(number=n, email=f"p{n}@example.id", nip="", full_name=f"Petugas {n}") for n in range(400)]
    with django_assert_max_num_queries(18):
        assert len(add_people(rows, by=SYSTEM).added) == 400
    with django_assert_max_num_queries(9):
        assert add_people(rows, by=SYSTEM).known == 400


@pytest.mark.parametrize("state", ["", "baru", "belum", "aktif", "ditutup"])
def test_the_list_of_people_takes_three_queries(state, django_assert_num_queries):
    cast = named_cast()
    User.objects.filter(pk=cast.official.pk).update(last_login="2026-01-01T00:00Z")
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    with django_assert_num_queries(3 if state != "belum" else 1):
        found = roster.people_page(None, state=state).rows
    known = {"": 8, "baru": 6, "belum": 0, "aktif": 1, "ditutup": 1}
    assert len(found) == known[state]
    assert [each.full_name for each in roster.people_page(None, "contoh sri").rows] == ["Sri Contoh"]
