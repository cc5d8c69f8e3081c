"""The calendar in the database: hours and days that the office edits."""

from datetime import date, time

import pytest

from tests.factories.work_calendar import ORDINARY, at
from ula_portal.core import workdays
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.time import actions as calendar
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_calendar():
    HoursRule.objects.all().delete()
    CalendarDay.objects.all().delete()
    workdays.clear_cache()
    yield
    workdays.clear_cache()


def test_empty_tables_give_the_ordinary_week():
    assert workdays.current_calendar() == ORDINARY
    assert workdays.add_working_days(date(2026, 3, 17), 3) == date(2026, 3, 27)
    assert workdays.working_minutes_between(at(26, "07:30"), at(26, "16:00")) == 450


def test_rules_and_days_of_the_tables_count():
    HoursRule.objects.create(kind=HoursRule.Kind.WORKING, name="Jam kerja", weekday=3, opens=time(8), closes=time(12))
    HoursRule.objects.create(
        kind=HoursRule.Kind.SERVICE,
        name="Loket",
        weekday=3,
        opens=time(9),
        closes=time(11),
        last_ticket=time(10, 30),
    )
    CalendarDay.objects.create(date=date(2026, 12, 3), kind=CalendarDay.Kind.HOLIDAY, name="Hari jadi kabupaten")
    assert workdays.working_periods(date(2026, 11, 26)) == [(at(26, "08:00"), at(26, "12:00"))]
    assert workdays.add_working_minutes(at(26, "11:00"), 61) == at(10, "08:01", month=12)
    assert workdays.service_hours(date(2026, 11, 26)).last_ticket == at(26, "10:30")
    assert workdays.open_now(at(26, "09:00"))
    assert not workdays.is_working_day(date(2026, 12, 3))
    assert workdays.explain(date(2026, 12, 2), date(2026, 12, 3)) == [
        (date(2026, 12, 3), "holiday", "Hari jadi kabupaten")
    ]


def test_the_calendar_is_kept_until_it_is_cleared(django_assert_num_queries):
    with django_assert_num_queries(2):
        first = workdays.current_calendar()
    with django_assert_num_queries(0):
        assert workdays.current_calendar() is first
    CalendarDay.objects.create(date=date(2026, 11, 26), kind=CalendarDay.Kind.JOINT_LEAVE, name="Cuti bersama")
    assert workdays.is_working_day(date(2026, 11, 26))
    workdays.clear_cache()
    assert not workdays.is_working_day(date(2026, 11, 26))


@pytest.mark.parametrize(
    "wrong",
    [
        {"break_from": time(12)},
        {"break_to": time(13)},
        {"break_from": time(7), "break_to": time(9)},
        {"last_ticket": time(16)},
        {"closes": time(8)},
        {"from_date": date(2026, 3, 2), "to_date": date(2026, 3, 1)},
    ],
)
def test_hours_that_nobody_could_read_are_not_written(wrong):
    """For instance with half a break: they would break the calendar for everybody."""
    hours = {"kind": "working", "weekday": 0, "opens": time(8), "closes": time(15), "name": "Jam kerja"}
    with pytest.raises(Refused):
        calendar.set_hours(hours | wrong, by=SYSTEM)
    assert not HoursRule.objects.exists()
