"""Working hours and service hours: which rule applies on which day."""

from datetime import UTC, date, time, timedelta

import pytest

from tests.factories.work_calendar import OFFICE, ORDINARY, RAMADAN_2026, at, minutes_of, rule
from ula_portal.core.workdays import MINUTES_PER_SOP_DAY, Hours, WorkCalendar


def test_ordinary_week_has_37_hours_30():
    monday = date(2026, 11, 23)
    week = [minutes_of(ORDINARY, monday + timedelta(days=number)) for number in range(7)]
    assert week == [450, 450, 450, 450, 450, 0, 0]
    assert ORDINARY.working_periods(date(2026, 11, 27)) == [
        (at(27, "07:30"), at(27, "11:30")),
        (at(27, "13:00"), at(27, "16:30")),
    ]
    assert MINUTES_PER_SOP_DAY == 450


def test_ramadan_has_32_hours_30_and_takes_precedence():
    monday = date(2026, 2, 23)
    week = [minutes_of(OFFICE, monday + timedelta(days=number)) for number in range(7)]
    assert week == [390, 390, 390, 390, 390, 0, 0]
    assert OFFICE.working_periods(monday)[0][0] == at(23, "08:00", month=2)
    assert minutes_of(OFFICE, date(2026, 2, 13)) == 450
    assert minutes_of(OFFICE, date(2026, 3, 25)) == 450


def test_the_office_adds_and_removes_days():
    assert not OFFICE.is_working_day(date(2026, 11, 27))
    assert OFFICE.note(date(2026, 11, 27)) == (date(2026, 11, 27), "holiday", "Pemilihan kepala desa")
    assert OFFICE.is_working_day(date(2026, 12, 24))
    assert OFFICE.add_working_days(date(2026, 11, 26), 1) == date(2026, 11, 30)
    assert OFFICE.add_working_days(date(2026, 12, 4), 1) == date(2026, 12, 5)


def test_a_saturday_made_a_working_day_has_the_hours_of_monday():
    assert OFFICE.working_periods(date(2026, 12, 5)) == [
        (at(5, "07:30", month=12), at(5, "12:00", month=12)),
        (at(5, "13:00", month=12), at(5, "16:00", month=12)),
    ]


def test_the_narrower_span_wins_and_other_weekdays_stay():
    calendar = WorkCalendar(
        (
            *(rule(day, 8, 16) for day in range(5)),
            rule(3, 9, 16, from_date=date(2026, 11, 1)),
            rule(3, 10, 16, from_date=date(2026, 11, 1), to_date=date(2026, 11, 30)),
            rule(3, 11, 16, from_date=date(2026, 11, 23), to_date=date(2026, 11, 27)),
        )
    )
    thursdays = [date(2026, 10, 29), date(2026, 11, 19), date(2026, 11, 26), date(2026, 12, 3)]
    assert [calendar.working_periods(day)[0][0].hour for day in thursdays] == [8, 10, 11, 9]
    assert calendar.working_periods(date(2026, 11, 25))[0][0].hour == 8


def test_only_dated_rules_leave_the_ordinary_week_beneath():
    calendar = WorkCalendar((rule(0, 9, 12, from_date=date(2026, 12, 1)),))
    assert minutes_of(calendar, date(2026, 11, 30)) == 450
    assert minutes_of(calendar, date(2026, 12, 7)) == 180
    assert minutes_of(calendar, date(2026, 12, 8)) == 450


def test_several_rules_of_a_day_add_up_without_counting_twice():
    calendar = WorkCalendar((rule(3, 7, 10), rule(3, 9, 12), rule(3, 13, 14)))
    assert calendar.working_periods(date(2026, 11, 26)) == [
        (at(26, "07:00"), at(26, "12:00")),
        (at(26, "13:00"), at(26, "14:00")),
    ]


def test_a_six_day_week_works_on_saturdays():
    calendar = WorkCalendar(tuple(rule(day, 8, 14) for day in range(6)))
    assert calendar.add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 28)
    assert calendar.note(date(2026, 11, 29)).kind == "weekend"


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(16), "closes": time(8)},
        {"opens": time(8), "closes": time(8)},
        {"break_from": time(12)},
        {"break_from": time(13), "break_to": time(12)},
        {"break_from": time(7), "break_to": time(9)},
        {"break_from": time(8), "break_to": time(16)},
        {"last_ticket": time(17)},
        {"weekday": 7},
        {"from_date": date(2026, 3, 20), "to_date": date(2026, 2, 18)},
    ],
)
def test_hours_out_of_order_are_refused(wrong):
    right = {"kind": "working", "weekday": 0, "opens": time(8), "closes": time(16)}
    with pytest.raises(ValueError):
        Hours(**{**right, **wrong})


# Service hours

COUNTERS = WorkCalendar(
    (
        *(
            rule(day, 8, 15, kind="service", break_from=time(12), break_to=time(13), last_ticket=time(14, 30))
            for day in range(4)
        ),
        rule(4, 8, 15, kind="service", break_from=time(11, 30), break_to=time(13, 30), last_ticket=time(14)),
        *(rule(day, 9, 13, kind="service", from_date=RAMADAN_2026[0], to_date=RAMADAN_2026[1]) for day in range(5)),
    )
)


def test_service_hours_are_data_of_their_own():
    friday = COUNTERS.service_hours(date(2026, 11, 27))
    assert (friday.opens, friday.last_ticket, friday.closes) == (
        at(27, "08:00"),
        at(27, "14:00"),
        at(27, "15:00"),
    )
    assert friday.breaks == ((at(27, "11:30"), at(27, "13:30")),)
    assert friday.break_at(at(27, "11:30")) == (at(27, "11:30"), at(27, "13:30"))
    assert friday.break_at(at(27, "13:30")) is None
    assert minutes_of(COUNTERS, date(2026, 11, 27)) == 450
    ramadan = COUNTERS.service_hours(date(2026, 3, 2))
    assert (ramadan.opens.hour, ramadan.last_ticket.hour, ramadan.breaks) == (9, 13, ())


def test_counters_are_closed_on_holidays_and_weekends():
    assert COUNTERS.service_hours(date(2026, 12, 24)) is None
    assert COUNTERS.service_hours(date(2026, 12, 25)) is None
    assert COUNTERS.service_hours(date(2026, 11, 28)) is None


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("07:59", False),
        ("08:00", True),
        ("11:29", True),
        ("11:30", False),
        ("13:29", False),
        ("13:30", True),
        ("14:59", True),
        ("15:00", False),
    ],
)
def test_counters_open_and_close_to_the_minute(clock, is_open):
    assert COUNTERS.open_now(at(27, clock)) is is_open
    assert COUNTERS.open_now(at(27, clock).astimezone(UTC)) is is_open


def test_without_service_hours_the_counters_keep_the_working_hours():
    thursday = OFFICE.service_hours(date(2026, 11, 26))
    assert (thursday.opens, thursday.last_ticket) == (at(26, "07:30"), at(26, "16:00"))
    assert OFFICE.service_hours(date(2026, 2, 23)).opens.hour == 8
    assert OFFICE.service_hours(date(2026, 12, 5)).closes == at(5, "16:00", month=12)
    assert not OFFICE.open_now(at(28, "10:00"))


def test_counters_may_open_on_a_saturday_that_is_no_working_day():
    calendar = WorkCalendar(
        (*(rule(day, 8, 15, kind="service") for day in (0, 1, 3, 4)), rule(5, 8, 12, kind="service"))
    )
    assert calendar.open_now(at(28, "09:00"))
    assert not calendar.is_working_day(date(2026, 11, 28))
    assert calendar.service_hours(date(2026, 11, 25)) is None
