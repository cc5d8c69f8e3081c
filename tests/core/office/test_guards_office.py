"""The office, its calendar, notices and idempotency keys: each refusal clause by clause."""

import datetime

import pytest

from tests.factories.core import day, make_unit
from ula_portal.core import clock, permissions
from ula_portal.core.data import idempotency
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import CalendarDay, JournalEntry, Notice, Secretariat, User
from ula_portal.core.notices import delivery, kinds, outbox
from ula_portal.core.notices import tasks as notices
from ula_portal.core.office import queries
from ula_portal.core.office.actions import office
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import Outdated, Refused

pytestmark = pytest.mark.django_db


# The office


def test_a_code_names_one_thing_of_its_kind(cast):
    office.add_location(by=SYSTEM, code="ula", name="Ruang Layanan")
    acts = [
        lambda: office.add_unit(by=SYSTEM, code=cast.unit.code, name="Lain"),
        lambda: office.add_position(by=SYSTEM, code="KADIS", name="Lain", unit=cast.unit),
        lambda: office.add_location(by=SYSTEM, code="ula", name="Lain"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="sudah dipakai") as refusal:
            act()
        assert refusal.value.field == "code"


def test_a_position_keeps_no_paper_of_its_own_and_anothers_once(cast):
    keeper, post = cast.positions["FRONT-OFFICE"], cast.positions["KADIS"]
    with pytest.raises(Refused) as refusal:
        office.entrust_paper(post, by=SYSTEM, position=post)
    assert refusal.value.field == "position"
    assert (
        office.entrust_paper(keeper, by=SYSTEM, position=post)
        == office.entrust_paper(keeper, by=SYSTEM, position=post)
        == Secretariat.objects.get()
    )
    assert JournalEntry.objects.filter(verb="entrust_paper").count() == 1


def test_a_day_of_the_calendar_is_written_once_and_taken_back():
    first = calendar.set_calendar_day(by=SYSTEM, date=day(1), kind="holiday", name="Libur")
    assert calendar.set_calendar_day(by=SYSTEM, date=day(1), kind="joint_leave", name="Cuti bersama") == first
    assert CalendarDay.objects.get(date=day(1)).kind == "joint_leave"
    calendar.set_calendar_day(by=SYSTEM, date=day(2), kind="holiday", name="Libur lain")
    assert CalendarDay.objects.count() == 2
    with pytest.raises(Refused) as refusal:
        calendar.set_calendar_day(by=SYSTEM, date=day(3), kind="party", name="Pesta")
    assert refusal.value.field == "kind"


def test_hours_of_one_kind_weekday_and_time_replace_each_other_only():
    eight, four = datetime.time(8), datetime.time(16)
    hours = {"kind": "working", "weekday": 0, "opens": eight, "closes": four, "name": "Senin"}
    rule = calendar.set_hours(hours, by=SYSTEM)
    again = calendar.set_hours({**hours, "opens": datetime.time(9)}, by=SYSTEM)
    assert rule == again and again.opens == datetime.time(9)
    others = [
        calendar.set_hours({**hours, **other}, by=SYSTEM)
        for other in ({"kind": "service"}, {"weekday": 1}, {"from_date": day(0), "to_date": day(9)})
    ]
    assert len({rule.pk, *(other.pk for other in others)}) == 4
    with pytest.raises(Refused):
        calendar.set_hours({**hours, "weekday": 2, "opens": four, "closes": eight}, by=SYSTEM)


# Notices


kinds.register_kind("test_guards", "Uji", lambda notice: kinds.NoticeText("a@example.id", "Uji", "Uji"))


@pytest.fixture
def notice():
    return outbox.tell("test_guards", "request", 7)


@pytest.mark.parametrize(
    ("change", "goes"),
    [
        ({}, True),
        ({"state": "sent"}, False),
        ({"state": "failed"}, False),
        ({"state": "suppressed"}, False),
        ({"next_try_at": 1}, False),
        ({"leased_until": 1}, False),
        ({"leased_until": -1}, True),
    ],
)
def test_a_notice_goes_out_when_it_waits_is_due_and_nobody_holds_it(notice, change, goes):
    moments = {k: clock.now() + datetime.timedelta(minutes=v) for k, v in change.items() if k != "state"}
    Notice.objects.filter(pk=notice.pk).update(**{**change, **moments})
    assert (delivery.deliver(notice) == "sent") is goes


@pytest.mark.parametrize(
    ("change", "dropped"),
    [({}, 1), ({"state": "sent"}, 0), ({"state": "failed"}, 0), ({"leased_until": 1}, 0)],
)
def test_only_what_waits_and_nobody_holds_is_dropped(notice, change, dropped):
    other = outbox.tell("test_guards", "request", 8)
    if "leased_until" in change:
        change = {"leased_until": clock.now()}
    Notice.objects.filter(pk=notice.pk).update(**change)
    assert outbox.drop([notice.pk]) == dropped
    other.refresh_from_db()
    assert other.state == "waiting"


@pytest.mark.parametrize(("change", "minutes", "found"), [
    ({}, 3, 1), ({}, 1, 0), ({"state": "sent"}, 3, 0), ({"leased_until": 4}, 3, 0), ({"leased_until": 2}, 3, 1),
])  # fmt: skip
def test_what_is_long_due_and_free_is_enqueued_again(notice, change, minutes, found):
    if "leased_until" in change:
        change = {"leased_until": clock.now() + datetime.timedelta(minutes=change["leased_until"])}
    Notice.objects.filter(pk=notice.pk).update(**change)
    with clock.at(clock.now() + datetime.timedelta(minutes=minutes)):
        assert notices.enqueue_stale() == found


# Keys


def test_a_key_that_claimed_nothing_yet_or_made_nothing_is_the_first(cast):
    assert idempotency.claim("staff:1", "kunci").earlier_id is None
    # Claimed but not recorded: the verb that claims it again continues.
    again = idempotency.claim("staff:1", "kunci")
    assert again.earlier_id is None and again.earlier(User.objects) is None
    again.record("user", cast.admin.pk)
    assert idempotency.claim("staff:1", "kunci").earlier(User.objects) == cast.admin
    with pytest.raises(Outdated):
        idempotency.claim("staff:1", "kunci").earlier(User.objects.exclude(pk=cast.admin.pk))


def test_a_key_of_exactly_a_day_is_over(cast):
    now = clock.now()
    with clock.at(now):
        idempotency.claim("staff:1", "kunci").record("user", cast.admin.pk)
    with clock.at(now + idempotency.LIFETIME - datetime.timedelta(seconds=1)):
        assert idempotency.claim("staff:1", "kunci").earlier_id and idempotency.delete_expired_keys() == 0
    with clock.at(now + idempotency.LIFETIME):
        assert idempotency.claim("staff:1", "kunci").earlier_id is None


def test_the_past_of_an_office_is_asked_for_its_day(cast):
    """Somebody who has left the office was in office on the days before, but not afterwards."""
    cast.official.tenures.update(to_date=day(-1))
    post = cast.positions["PENGELOLA-DIKDAS"]
    assert queries.holders_of([post.pk], day(-1))[post.pk] == [cast.official]
    assert queries.holders_of([post.pk])[post.pk] == []
    assert make_unit().pk not in permissions.unit_ids_led_by(cast.section_head)
