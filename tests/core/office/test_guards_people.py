"""Accounts, roles, tenures and absences: each refusal of their verbs, clause by clause."""

import pytest

from tests.factories.core import anew, day, make_acting, make_position, make_user, order
from ula_portal.core import permissions
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Absence, EmailChange, JournalEntry, Notice, Role, StaffRole, Tenure, User
from ula_portal.core.office import permissions as office
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import end_absence, note_absence, read_absences, record_absence
from ula_portal.core.office.actions.acting import ActingTerm, end_acting, record_acting
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def verbs_of(user, *verbs):
    found = JournalEntry.objects.filter(subject_kind="user", subject_id=str(user.pk), verb__in=verbs)
    return list(found.order_by("sequence").values_list("verb", flat=True))


# Accounts


def test_details_that_no_person_has_are_a_fault_of_the_program():
    with pytest.raises(TypeError, match="shoe_size"):
        people.create_staff_member(by=SYSTEM, email="baru@example.id", full_name="Contoh", shoe_size=42)
    made = people.create_staff_member(
        by=SYSTEM, email="baru@example.id", full_name="Contoh", nip="197001011995031001", rank="III/a"
    )
    assert (made.nip, made.rank) == ("197001011995031001", "III/a")


@pytest.mark.parametrize("email", ["bukan-surel", "SEKRETARIS@example.id", " sekretaris@example.id "])
def test_an_address_that_is_none_or_anothers_is_not_taken(cast, email):
    with pytest.raises(Refused) as refusal:
        people.change_email(cast.official, by=SYSTEM, email=email)
    assert refusal.value.field == "email" and not EmailChange.objects.exists()


def test_ones_own_address_in_other_letters_changes_nothing(cast):
    people.change_email(cast.official, by=SYSTEM, email=" LAYANAN@example.id ")
    assert not EmailChange.objects.exists() and not Notice.objects.exists()


def test_an_account_is_closed_and_opened_once(cast):
    for active in (True, False, False, True):
        people.set_active(cast.official, by=SYSTEM, active=active)
    assert verbs_of(cast.official, "open_account", "close_account") == ["close_account", "open_account"]


def test_an_administrator_with_a_closed_account_keeps_nobody_from_being_the_last(cast):
    """Neither the role of a closed account nor another role of somebody else counts as an administrator."""
    User.objects.filter(pk=make_user(Role.ADMINISTRATOR).pk).update(is_active=False)
    for act in (
        lambda: people.set_active(cast.admin, by=SYSTEM, active=False),
        lambda: people.revoke_role(cast.admin, by=SYSTEM, role=Role.ADMINISTRATOR),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.field == "role"
    # Other roles of the last administrator, and other people, are not affected.
    people.assign_role(cast.admin, by=SYSTEM, role=Role.COUNTER)
    people.revoke_role(cast.admin, by=SYSTEM, role=Role.COUNTER)
    people.set_active(cast.head, by=SYSTEM, active=False)
    assert permissions.has_role(anew(cast.admin), Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", [Role.SECTION_HEAD, Role.DRAFTER])
def test_a_role_for_a_unit_is_given_and_taken_with_that_unit(cast, role):
    with pytest.raises(Refused) as refusal:
        people.assign_role(cast.official, by=SYSTEM, role=role)
    assert refusal.value.field == "unit"
    people.assign_role(cast.official, by=SYSTEM, role=role, unit=cast.unit)
    for unit in (None, cast.other_unit):
        with pytest.raises(Refused, match="tidak memiliki peran"):
            people.revoke_role(cast.official, by=SYSTEM, role=role, unit=unit)
    with pytest.raises(Refused, match="tidak memiliki peran"):
        people.revoke_role(cast.counter, by=SYSTEM, role=role, unit=cast.unit)
    people.revoke_role(cast.official, by=SYSTEM, role=role, unit=cast.unit)
    assert not StaffRole.objects.filter(user=cast.official, role=role).exists()


# Tenures


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        ((0, 3), (4, None), True),
        ((0, 3), (3, None), False),
        ((4, None), (0, 3), True),
        ((4, None), (0, 4), False),
        ((4, None), (0, None), False),
        ((2, 3), (0, 9), False),
    ],
)
def test_a_post_is_held_once_at_a_time_by_one_person(held, wanted, fits):
    def span(days):
        return {"from_date": day(days[0]), "to_date": None if days[1] is None else day(days[1])}

    user, position = make_user(), make_position()
    people.begin_tenure(user, by=SYSTEM, position=position, **span(held))
    # Another position or another person is not affected.
    people.begin_tenure(user, by=SYSTEM, position=make_position(), **span(wanted))
    people.begin_tenure(make_user(), by=SYSTEM, position=position, **span(wanted))
    if fits:
        people.begin_tenure(user, by=SYSTEM, position=position, **span(wanted))
    else:
        with pytest.raises(Refused) as refusal:
            people.begin_tenure(user, by=SYSTEM, position=position, **span(wanted))
        assert refusal.value.field == "from_date"


def test_a_tenure_of_one_day_begins_and_ends_that_day():
    user, position = make_user(), make_position()
    tenure = people.begin_tenure(user, by=SYSTEM, position=position, from_date=day(0), to_date=day(0))
    assert people.end_tenure(tenure, by=SYSTEM).to_date == day(0)
    with pytest.raises(Refused, match="mendahului") as refusal:
        people.end_tenure(tenure, by=SYSTEM, last_day=day(-1))
    assert refusal.value.field == "to_date"


def test_what_has_ended_is_not_ended_later_nor_again():
    user, position = make_user(), make_position()
    tenure = people.begin_tenure(user, by=SYSTEM, position=position, from_date=day(-9), to_date=day(-2))
    for last in (None, day(-2), day(-1)):
        assert people.end_tenure(tenure, by=SYSTEM, last_day=last).to_date == day(-2)
    assert not JournalEntry.objects.filter(verb="end_tenure").exists()
    assert people.end_tenure(tenure, by=SYSTEM, last_day=day(-3)).to_date == day(-3)
    running = people.begin_tenure(user, by=SYSTEM, position=position)
    assert people.end_tenure(running, by=SYSTEM).to_date == day(0)
    assert JournalEntry.objects.filter(verb="end_tenure").count() == 2


@pytest.mark.parametrize(
    ("days", "fits"),
    [((0, 0), True), ((0, 1), False), ((3, 5), False), ((4, 4), True), ((2, 2), False), ((-1, 9), False)],
)
def test_one_day_away_is_noted_once_for_each(days, fits):
    user = make_user()
    record_absence(user, by=SYSTEM, kind="leave", from_date=day(1), to_date=day(3))
    span = {"by": SYSTEM, "kind": "sick", "from_date": day(days[0]), "to_date": day(days[1])}
    record_absence(make_user(), **span)
    if fits:
        record_absence(user, **span)
    else:
        with pytest.raises(Refused, match="sudah tercatat") as refusal:
            record_absence(user, **span)
        assert refusal.value.field == "from_date"


# Acting


def record(by, cast, user=None, code="KABID-DIKDAS", first=0, last=2, key=""):
    term = ActingTerm("plh", day(first), day(last), order())
    return record_acting(user or cast.outsider, by=staff(anew(by)), position=cast.positions[code], term=term, key=key)


def test_another_ones_key_answers_with_nothing_of_theirs(cast):
    """Nor does a key give anything to users without permission, such as what it created for somebody else."""
    first = record(cast.admin, cast, key="kunci")
    assert record(cast.admin, cast, key="kunci") == first
    second = make_user(Role.ADMINISTRATOR)
    other = record(second, cast, user=cast.counter, key="kunci")
    assert other != first
    with pytest.raises(NotAllowed):
        record(cast.official, cast, user=cast.frontdesk, key="kunci")
    noted = note_absence(
        cast.official, by=staff(cast.official), kind="leave", from_date=day(0), to_date=day(0), key="kunci"
    )
    assert (
        note_absence(
            cast.official, by=staff(cast.official), kind="leave", from_date=day(0), to_date=day(0), key="kunci"
        )
        == noted
    )
    with pytest.raises(NotAllowed):
        note_absence(
            cast.official, by=staff(cast.frontdesk), kind="leave", from_date=day(5), to_date=day(5), key="kunci"
        )
    assert (
        note_absence(
            cast.frontdesk, by=staff(cast.frontdesk), kind="leave", from_date=day(0), to_date=day(0), key="kunci"
        )
        != noted
    )


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-3, 0), (0, 366)])
def test_the_edges_of_an_orders_time_are_within(cast, first, last):
    said = people.Order("800/1/2026", day(first), "Kepala Dinas")
    term = ActingTerm("plt", day(first), day(last), said)
    made = record_acting(cast.outsider, by=staff(cast.admin), position=cast.positions["KADIS"], term=term)
    assert made.mandate_date == made.from_date


@pytest.mark.parametrize(("first", "last", "field"), [(0, 367, "to_date"), (-2, -1, "to_date"), (1, 0, "to_date")])
def test_an_orders_time_beyond_its_edges_is_refused(cast, first, last, field):
    with pytest.raises(Refused) as refusal:
        record(cast.admin, cast, first=first, last=last)
    assert refusal.value.field == field


def test_an_order_is_withdrawn_until_its_last_day_is_over(cast):
    tenure = make_acting(cast.outsider, cast.positions["KADIS"], from_date=day(-3), to_date=day(0))
    over = make_acting(cast.counter, cast.positions["KADIS"], from_date=day(-3), to_date=day(-1))
    for ended in (over, Tenure(pk=10**12)):
        end_acting(ended, by=staff(cast.admin))
    with pytest.raises(NotAllowed):
        end_acting(tenure, by=staff(cast.official))
    # An order only for today is deleted; one that began earlier ends yesterday.
    today = make_acting(cast.frontdesk, cast.positions["KADIS"])
    for each in (today, tenure):
        end_acting(each, by=staff(cast.admin))
    ends = dict(Tenure.objects.exclude(kind="definitive").values_list("pk", "to_date"))
    assert ends == {tenure.pk: day(-1), over.pk: day(-1)}


# Absences


def test_whose_absence_is_whose_own_affair(cast):
    """Without any role, users cannot record even their own absence; a closed account cannot record anybody's."""
    bare = make_user(position=make_position(superior=cast.positions["KADIS"]))
    assert not office.may_note_absence(bare, bare)
    assert office.may_note_absence(cast.head, bare)
    for user in (cast.head, cast.admin):
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert not office.may_note_absence(anew(user), bare)
        assert not office.may_note_absence(anew(user), anew(user))


def test_who_stands_in_a_list_of_absences_to_note(cast):
    below = office.people_answered_for(cast.section_head)
    assert below == [cast.official]
    assert cast.section_head in office.people_answered_for(cast.head)
    User.objects.filter(pk=cast.official.pk).update(is_active=False)
    assert office.people_answered_for(anew(cast.section_head)) == []
    assert office.people_answered_for(cast.official) == []


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-3, 0), (0, 366)])
def test_the_edges_of_an_absence_are_within(cast, first, last):
    assert note_absence(
        cast.official, by=staff(cast.official), kind="leave", from_date=day(first), to_date=day(last)
    ).pk


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-2, -1, "to_date"), (0, 367, "to_date"), (1, 0, "to_date"), (5, 6, "from_date"), (6, 9, "from_date")],
)
def test_an_absence_beyond_its_edges_or_beside_another_is_refused(cast, first, last, field):
    note_absence(cast.official, by=staff(cast.official), kind="leave", from_date=day(6), to_date=day(6))
    with pytest.raises(Refused) as refusal:
        note_absence(cast.official, by=staff(cast.official), kind="leave", from_date=day(first), to_date=day(last))
    assert refusal.value.field == field
    # Neither somebody else's absence nor one on adjacent days prevents this.
    assert note_absence(cast.counter, by=staff(cast.counter), kind="leave", from_date=day(6), to_date=day(6)).pk
    for free in (5, 7):
        assert note_absence(
            cast.official, by=staff(cast.official), kind="leave", from_date=day(free), to_date=day(free)
        ).pk


@pytest.mark.parametrize(("days", "fits"), [((3, 4), False), ((4, 9), False), ((1, 2), True), ((6, 7), True)])
def test_a_deputy_is_here_all_the_time(cast, days, fits):
    note_absence(cast.counter, by=staff(cast.counter), kind="leave", from_date=day(4), to_date=day(5))

    def act():
        first, last = map(day, days)
        by = staff(cast.official)
        return note_absence(cast.official, by=by, kind="leave", from_date=first, to_date=last, deputy=cast.counter)

    if fits:
        assert act().deputy == cast.counter
    else:
        with pytest.raises(Refused, match="juga tidak di tempat") as refusal:
            act()
        assert refusal.value.field == "deputy"


def test_a_closed_account_stands_in_for_nobody(cast):
    people.set_active(cast.counter, by=SYSTEM, active=False)
    with pytest.raises(Refused, match="sudah ditutup") as refusal:
        note_absence(
            cast.official,
            by=staff(cast.official),
            kind="leave",
            from_date=day(0),
            to_date=day(0),
            deputy=anew(cast.counter),
        )
    assert refusal.value.field == "deputy"


def test_somebody_is_back_until_the_last_day_is_over(cast):
    over, begun, today = (
        Absence.objects.create(user=user, kind="leave", from_date=day(first), to_date=day(last))
        for user, first, last in ((cast.official, -3, -1), (cast.official, -1, 0), (cast.counter, 0, 0))
    )
    for ended in (over, Absence(pk=10**12)):
        end_absence(ended, by=staff(cast.outsider))
    for absence in (begun, today):
        with pytest.raises(NotAllowed):
            end_absence(absence, by=staff(cast.outsider))
        end_absence(absence, by=staff(cast.admin))
    ends = dict(Absence.objects.values_list("pk", "to_date"))
    assert ends == {over.pk: day(-1), begun.pk: day(-1)}
    assert verbs_of(cast.counter, "remove_absence") and verbs_of(cast.official, "change_absence")


def test_reading_ones_absences_reads_nobody_elses(cast):
    for user in (cast.official, cast.counter):
        Absence.objects.create(user=user, kind="leave", from_date=day(0), to_date=day(0), recorded_by=cast.admin)
    read_absences(by=staff(cast.official))
    assert list(Absence.objects.filter(seen_at__isnull=False).values_list("user", flat=True)) == [cast.official.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("weak", ["12345678", "pendek", "password"])
def test_another_password_has_to_be_a_strong_one(weak):
    user = make_user(Role.OFFICIAL)
    before = user.password
    with pytest.raises(Refused) as refused:
        people.set_password(user, by=SYSTEM, password=weak)
    assert refused.value.field == "password"
    assert User.objects.get(pk=user.pk).password == before
