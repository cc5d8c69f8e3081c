"""Accounts, roles, tenures, absences: who holds a position on a day."""

import datetime

import pytest
from django.db import IntegrityError

from tests.factories.core import LONG_AGO, make_acting, make_position, make_unit, make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Absence, JournalEntry, Position, Role, Tenure
from ula_portal.core.office import absences as absence_queries
from ula_portal.core.office import queries
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.actions.office import set_up_office
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 3, 2)
A_DAY = datetime.timedelta(days=1)


def holders(position, day=MONDAY):
    found = queries.holders_of([position.pk], day)[position.pk]
    assert Position.objects.filter(queries.is_held(day), pk=position.pk).exists() == bool(found)
    return found


def test_the_cast_holds_its_positions():
    cast = named_cast()
    found = queries.holders_of([p.pk for p in cast.positions.values()], MONDAY)
    assert all(len(people) == 1 for people in found.values())
    assert found[cast.positions["KADIS"].pk] == [cast.head]


def test_a_position_nobody_holds_has_no_holder():
    assert holders(make_position()) == []


def test_a_tenure_counts_from_its_first_to_its_last_day():
    post, user = make_position(), make_user()
    people.begin_tenure(user, by=SYSTEM, position=post, from_date=MONDAY, to_date=MONDAY + A_DAY)
    assert holders(post, MONDAY - A_DAY) == []
    assert holders(post, MONDAY) == [user]
    assert holders(post, MONDAY + A_DAY) == [user]
    assert holders(post, MONDAY + 2 * A_DAY) == []


def test_an_ended_tenure_makes_room_for_the_next():
    post = make_position()
    first, second = make_user(position=post), make_user()
    people.end_tenure(first.tenures.get(), by=SYSTEM, last_day=MONDAY - A_DAY)
    people.begin_tenure(second, by=SYSTEM, position=post, from_date=MONDAY)
    assert holders(post, MONDAY - A_DAY) == [first]
    assert holders(post) == [second]


def test_an_acting_holder_counts_beside_the_absent_one():
    post = make_position()
    boss, acting = make_user(position=post), make_user()
    make_acting(acting, post, "plt", MONDAY)
    assert holders(post) == sorted([boss, acting], key=lambda u: (u.full_name, u.pk))
    record_absence(boss, by=SYSTEM, kind="leave", from_date=MONDAY, to_date=MONDAY)
    assert holders(post) == [acting]
    assert queries.tenure_of(acting, post.pk, MONDAY).mandate == "800/1/2026"


def test_a_deputy_holds_the_position_while_the_holder_is_away():
    post = make_position()
    boss, deputy = make_user(position=post), make_user()
    record_absence(boss, by=SYSTEM, kind="travel", from_date=MONDAY, to_date=MONDAY + A_DAY, deputy=deputy)
    assert holders(post) == [deputy]
    assert queries.position_ids_held(deputy, MONDAY) == {post.pk}
    assert holders(post, MONDAY + 2 * A_DAY) == [boss]
    assert queries.position_ids_held(deputy, MONDAY + 2 * A_DAY) == set()
    assert set(absence_queries.presence_of([boss.pk, deputy.pk], MONDAY)) == {boss.pk}


def test_an_absent_holder_without_deputy_leaves_the_position_empty():
    post = make_position()
    boss = make_user(position=post)
    record_absence(boss, by=SYSTEM, kind="sick", from_date=MONDAY, to_date=MONDAY)
    assert holders(post) == []


def test_a_closed_account_holds_nothing_and_stands_in_for_nobody():
    post = make_position()
    boss, deputy = make_user(position=post), make_user()
    record_absence(boss, by=SYSTEM, kind="sick", from_date=MONDAY, to_date=MONDAY, deputy=deputy)
    people.set_active(deputy, by=SYSTEM, active=False)
    assert holders(post) == []
    people.set_active(boss, by=SYSTEM, active=False)
    assert holders(post, MONDAY + A_DAY) == []


def test_holders_take_two_queries_whatever_the_number(django_assert_num_queries):
    positions = [make_position() for _ in range(4)]
    for post in positions:
        user = make_user(position=post)
        record_absence(user, by=SYSTEM, kind="sick", from_date=MONDAY, to_date=MONDAY, deputy=make_user())
    with django_assert_num_queries(2):
        queries.holders_of([p.pk for p in positions], MONDAY)


def test_the_days_follow_the_portals_clock():
    post, user = make_position(), make_user()
    # 23.30 UTC on Sunday is Monday morning at the office.
    with clock.at(datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)):
        tenure = people.begin_tenure(user, by=SYSTEM, position=post)
    assert tenure.from_date == MONDAY


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"email": "sudah@example.id"}, "email"),
        ({"email": " SUDAH@Example.ID "}, "email"),
        ({"email": "baru@example.id", "nip": "123"}, "nip"),
        ({"email": "baru@example.id", "password": "pendek"}, "password"),
        ({"email": "baru@example.id", "password": "12345678901234"}, "password"),
    ],
)
def test_a_faulty_account_is_refused_beside_its_field(details, field):
    make_user(email="sudah@example.id")
    with pytest.raises(Refused) as refusal:
        people.create_staff_member(by=SYSTEM, **{"full_name": "Contoh Satu", **details})
    assert refusal.value.field == field


def test_an_account_without_password_cannot_log_in():
    user = people.create_staff_member(by=SYSTEM, email="baru@example.id", full_name="Contoh Baru")
    assert not user.has_usable_password()


def test_the_same_position_is_not_held_twice_at_once():
    post = make_position()
    user = make_user(position=post)
    with pytest.raises(Refused):
        people.begin_tenure(user, by=SYSTEM, position=post, from_date=MONDAY)
    people.end_tenure(user.tenures.get(), by=SYSTEM, last_day=MONDAY)
    people.begin_tenure(user, by=SYSTEM, position=post, from_date=MONDAY + A_DAY)


def test_the_database_refuses_overlapping_tenures_too(transactional_db):
    post = make_position()
    user = make_user(position=post)
    with pytest.raises(IntegrityError):
        Tenure.objects.create(user=user, position=post, from_date=MONDAY)


def test_dates_out_of_order_are_refused():
    user, post = make_user(), make_position()
    with pytest.raises(Refused):
        people.begin_tenure(user, by=SYSTEM, position=post, from_date=MONDAY, to_date=MONDAY - A_DAY)
    with pytest.raises(Refused):
        record_absence(user, by=SYSTEM, kind="sick", from_date=MONDAY, to_date=MONDAY - A_DAY)
    tenure = people.begin_tenure(user, by=SYSTEM, position=post, from_date=MONDAY)
    with pytest.raises(Refused):
        people.end_tenure(tenure, by=SYSTEM, last_day=MONDAY - A_DAY)


def test_nobody_stands_in_for_themselves():
    user = make_user()
    with pytest.raises(Refused):
        record_absence(user, by=SYSTEM, kind="sick", from_date=MONDAY, to_date=MONDAY, deputy=user)
    assert not Absence.objects.exists()


def test_a_role_given_twice_is_there_once():
    user = make_user()
    people.assign_role(user, by=SYSTEM, role=Role.COUNTER)
    people.assign_role(user, by=SYSTEM, role=Role.COUNTER)
    assert user.staff_roles.count() == 1
    assert JournalEntry.objects.filter(verb="assign_role").count() == 1


def test_a_section_head_needs_a_unit():
    with pytest.raises(Refused) as refusal:
        people.assign_role(make_user(), by=SYSTEM, role=Role.SECTION_HEAD)
    assert refusal.value.field == "unit"


def test_an_unknown_role_is_refused():
    with pytest.raises(Refused):
        people.assign_role(make_user(), by=SYSTEM, role="raja")


def test_a_role_that_was_taken_away_is_gone_at_once():
    from ula_portal.core.permissions import has_role

    unit = make_unit()
    user = make_user(Role.COUNTER, unit=unit)
    assert has_role(user, Role.COUNTER)
    people.revoke_role(user, by=SYSTEM, role=Role.COUNTER, unit=unit)
    assert not has_role(user, Role.COUNTER)
    with pytest.raises(Refused):
        people.revoke_role(user, by=SYSTEM, role=Role.COUNTER, unit=unit)


def test_everything_stands_in_the_journal_without_names():
    user = make_user(Role.OFFICIAL, make_position(), full_name="Nama Rahasia")
    entries = JournalEntry.objects.filter(subject_kind="user", subject_id=str(user.pk))
    assert list(entries.order_by("sequence").values_list("verb", flat=True)) == [
        "create_staff_member",
        "begin_tenure",
        "assign_role",
    ]
    assert not [e for e in entries if "Rahasia" in str(e.data)]
    assert user.tenures.get().from_date == LONG_AGO


def test_the_office_on_every_page_is_kept_until_it_is_edited(django_assert_num_queries):
    set_up_office(by=SYSTEM, name="Dinas Satu", regency="Contoh")
    assert queries.office_for_pages().name == "Dinas Satu"
    with django_assert_num_queries(0):
        queries.office_for_pages()
    set_up_office(by=SYSTEM, name="Dinas Dua", regency="Contoh")
    assert queries.office_for_pages().name == "Dinas Dua"
