"""Two users at the same moment: for each verb of core that locks, the second sees what the first did."""

import datetime
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse

from tests.factories.concurrently import one_after_the_other
from tests.factories.core import day, make_acting, make_position, make_user, named_cast
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import (
    Absence,
    CalendarDay,
    HoursRule,
    JournalEntry,
    JournalSeal,
    Notice,
    Office,
    Role,
    StaffRole,
    Tenure,
    User,
)
from ula_portal.core.notices import kinds, outbox
from ula_portal.core.office.actions import invitations, office, people, roster, structure
from ula_portal.core.office.actions.absences import end_absence, note_absence, record_absence
from ula_portal.core.office.actions.acting import end_acting
from ula_portal.core.office.rules.people import PersonRow
from ula_portal.core.office.rules.structure import UnitRow
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db(transaction=True)

kinds.register_kind("test_at_once", "Uji", lambda notice: None)


@pytest.mark.parametrize("way", ["close", "revoke", "close and revoke"])
def test_two_administrators_who_remove_each_other_leave_one(way):
    one, two = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)

    def close(user):
        return lambda: people.set_active(user, by=SYSTEM, active=False)

    def revoke(user):
        return lambda: people.revoke_role(user, by=SYSTEM, role=Role.ADMINISTRATOR)

    first = (revoke if way == "revoke" else close)(one)
    second = (close if way == "close" else revoke)(two)
    _done, told = one_after_the_other(first, second)
    assert type(told) is Refused and told.field == "role"
    left = StaffRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    assert [each.user for each in left] == [two]


def test_what_two_note_at_once_is_noted_once():
    cast = named_cast()

    def act(by):
        return note_absence(cast.official, by=staff(by), kind="leave", from_date=day(0), to_date=day(1))

    absence, told = one_after_the_other(lambda: act(cast.admin), lambda: act(cast.section_head))
    assert type(told) is Refused and Absence.objects.get() == absence
    one_after_the_other(
        lambda: end_absence(absence, by=staff(cast.admin)), lambda: end_absence(absence, by=staff(cast.section_head))
    )
    assert JournalEntry.objects.filter(verb="remove_absence").count() == 1

    position = make_position()
    begin = partial(people.begin_tenure, cast.official, by=SYSTEM, position=position)
    tenure, told = one_after_the_other(begin, begin)
    assert type(told) is Refused and Tenure.objects.get(position=position) == tenure
    acting = make_acting(cast.outsider, position)
    one_after_the_other(
        lambda: end_acting(acting, by=staff(cast.admin)), lambda: end_acting(acting, by=staff(cast.admin))
    )
    assert JournalEntry.objects.filter(verb="remove_tenure").count() == 1


def test_what_two_set_up_at_once_is_there_once():
    cast = named_cast()
    away = partial(record_absence, cast.official, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(1))
    absence, told = one_after_the_other(away, away)
    assert type(told) is Refused and told.field == "from_date" and Absence.objects.get() == absence
    tenure = cast.outsider.tenures.get()
    end = partial(people.end_tenure, tenure, by=SYSTEM)
    one_after_the_other(end, end)
    assert JournalEntry.objects.filter(verb="end_tenure").count() == 1


def test_one_day_of_the_calendar_written_by_two_is_the_second_ones():
    write = partial(calendar.set_calendar_day, by=SYSTEM, date=day(1), kind="holiday")
    first, second = one_after_the_other(partial(write, name="Libur"), partial(write, name="Libur daerah"))
    assert first == second and CalendarDay.objects.get().name == "Libur daerah"
    hours = {"kind": "working", "weekday": 0, "closes": datetime.time(16), "name": "Senin"}

    def opens(hour):
        return calendar.set_hours({**hours, "opens": datetime.time(hour)}, by=SYSTEM)

    first, second = one_after_the_other(lambda: opens(8), lambda: opens(9))
    assert first == second and HoursRule.objects.get().opens == datetime.time(9)


def test_who_adds_a_day_that_somebody_just_added_is_told_so_beside_the_field(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    form = {"date": day(1).isoformat(), "kind": "holiday", "name": "Libur"}
    _first, answer = one_after_the_other(
        lambda: calendar.set_calendar_day(by=SYSTEM, date=day(1), kind="holiday", name="Libur daerah"),
        lambda: client.post(reverse("admin:core_calendarday_add"), form),
    )
    assert not isinstance(answer, Exception), answer
    assert answer.context["adminform"].form.errors["date"]
    assert CalendarDay.objects.get().name == "Libur daerah"


def test_an_account_that_two_change_at_once_keeps_what_both_did():
    user = make_user()
    one_after_the_other(
        lambda: people.change_email(user, by=SYSTEM, email="satu@example.id"),
        lambda: people.change_email(user, by=SYSTEM, email="dua@example.id"),
    )
    changes = user.email_changes.order_by("pk").values_list("old_email", "new_email")
    assert list(changes) == [(user.email, "satu@example.id"), ("satu@example.id", "dua@example.id")]
    one_after_the_other(
        lambda: people.set_active(user, by=SYSTEM, active=False),
        lambda: people.set_active(user, by=SYSTEM, active=False),
    )
    assert JournalEntry.objects.filter(verb="close_account").count() == 1
    assert not User.objects.get(pk=user.pk).is_active


def test_chores_and_the_setting_up_happen_once():
    office_of = partial(office.set_up_office, by=SYSTEM, regency="Contoh")
    one_after_the_other(lambda: office_of(name="Dinas Satu"), lambda: office_of(name="Dinas Dua"))
    assert Office.objects.get().name == "Dinas Dua"

    seal = partial(journal.seal_day, day(-1))
    first, second = one_after_the_other(seal, seal)
    assert first == JournalSeal.objects.get() and second is None

    with transaction.atomic():
        notice = outbox.tell("test_at_once", "request", 7)
    Notice.objects.update(state="failed", attempts=6)
    user = make_user()
    again = partial(outbox.retry, [notice], by=staff(user))
    assert one_after_the_other(again, again) == (1, 0)


def test_two_administrators_with_one_list_add_everything_once():
    named_cast()
    units = [UnitRow("Bidang Baru", head="Kepala Bidang Baru")]
    people_rows = [PersonRow(1, "Petugas Baru", email="baru@example.id", positions="Petugas Loket")]
    add = partial(structure.add_units, units, by=SYSTEM)
    assert one_after_the_other(add, add) == (structure.Added(1, 1, 0), structure.Added(0, 0, 1))
    add = partial(roster.add_people, people_rows, by=SYSTEM)
    first, second = one_after_the_other(add, add)
    assert (len(first.added), first.known) == (1, 0) and (second.added, second.known) == ([], 1)


def test_an_invitation_that_two_accept_at_once_sets_one_password():
    named_cast()
    user = make_user(Role.OFFICIAL)
    (invitation,) = invitations.invite([user], by=SYSTEM, way="slip")
    words = ["songket-pucuk-rebung-7", "songket-pucuk-rebung-8"]
    accept = [partial(invitations.accept_invitation, invitation, by=staff(user), password=word) for word in words]
    _done, told = one_after_the_other(*accept)
    assert isinstance(told, Outdated) and User.objects.get(pk=user.pk).check_password(words[0])
