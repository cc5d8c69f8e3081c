"""Working days and working time: calculations without a database."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.work_calendar import OFFICE, ORDINARY, at, minutes_of
from ula_portal.core.workdays import JAKARTA, WorkCalendar

# Working days


def test_vector_over_nyepi_and_idul_fitri():
    assert ORDINARY.add_working_days(date(2026, 3, 17), 3) == date(2026, 3, 27)


def test_due_date_is_explained_day_by_day():
    notes = ORDINARY.explain(date(2026, 3, 17), date(2026, 3, 27))
    assert [(note.day.day, note.kind) for note in notes] == [
        (18, "joint_leave"),
        (19, "holiday"),
        (20, "joint_leave"),
        (21, "holiday"),
        (22, "holiday"),
        (23, "joint_leave"),
        (24, "joint_leave"),
        (25, "working"),
        (26, "working"),
        (27, "working"),
    ]
    assert notes[1] == (date(2026, 3, 19), "holiday", "Hari Suci Nyepi")
    assert notes[0].name == "Cuti Bersama Hari Suci Nyepi"


def test_weekends_and_holidays_are_named_apart():
    notes = ORDINARY.explain(date(2026, 12, 23), date(2026, 12, 28))
    assert [(note.kind, note.name) for note in notes] == [
        ("joint_leave", "Cuti Bersama Hari Raya Natal"),
        ("holiday", "Hari Raya Natal"),
        ("weekend", "Sabtu"),
        ("weekend", "Minggu"),
        ("working", ""),
    ]
    assert ORDINARY.explain(date(2026, 12, 23), date(2026, 12, 23)) == []


def test_counting_begins_the_working_day_after():
    thursday = date(2026, 11, 26)
    assert ORDINARY.add_working_days(thursday, 3) == date(2026, 12, 1)
    assert ORDINARY.add_working_days(date(2026, 11, 28), 1) == date(2026, 11, 30)
    assert ORDINARY.add_working_days(thursday, 0) == thursday
    assert ORDINARY.add_working_days(date(2026, 11, 28), 0) == date(2026, 11, 30)


def test_counting_crosses_years():
    assert ORDINARY.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert ORDINARY.add_working_days(date(2026, 1, 1), 600).year == 2028


def test_day_of_a_moment_is_the_date_in_jakarta():
    late_evening_utc = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
    assert ORDINARY.add_working_days(late_evening_utc, 1) == date(2026, 11, 30)


@pytest.mark.parametrize("n", [-1, -100])
def test_negative_amounts_are_refused(n):
    with pytest.raises(ValueError, match="negatif"):
        ORDINARY.add_working_days(date(2026, 11, 26), n)
    with pytest.raises(ValueError, match="negatif"):
        ORDINARY.add_working_minutes(at(26, "08:00"), n)


def test_parts_of_a_day_or_minute_are_refused():
    with pytest.raises(TypeError):
        ORDINARY.add_working_days(date(2026, 11, 26), 1.5)
    with pytest.raises(TypeError):
        ORDINARY.add_working_minutes(at(26, "08:00"), 1.5)


def test_moments_without_zone_are_refused():
    naive = datetime(2026, 11, 26, 8, 0)  # noqa: DTZ001
    for ask in (
        lambda: ORDINARY.add_working_minutes(naive, 1),
        lambda: ORDINARY.working_minutes_between(naive, at(26)),
        lambda: ORDINARY.working_minutes_between(at(26), naive),
        lambda: ORDINARY.add_working_days(naive, 1),
        lambda: ORDINARY.open_now(naive),
    ):
        with pytest.raises(ValueError, match="zona waktu"):
            ask()


# Working time


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(26, "07:30"), 450, at(26, "16:00")),
        (at(26, "07:30"), 451, at(27, "07:31")),
        (at(26, "11:59"), 2, at(26, "13:01")),
        (at(26, "11:00"), 60, at(26, "12:00")),
        (at(26, "12:30"), 1, at(26, "13:01")),
        (at(26, "03:00"), 30, at(26, "08:00")),
        (at(26, "20:00"), 30, at(27, "08:00")),
        (at(27, "16:00"), 60, at(30, "08:00")),
        (at(28, "10:00"), 450, at(30, "16:00")),
        (at(28, "10:00"), 0, at(28, "10:00")),
        (at(17, "15:00", month=3), 450, at(25, "15:00", month=3)),
        (at(31, "15:00", month=12), 120, at(4, "08:30", month=1, year=2027)),
    ],
)
def test_add_working_minutes(start, minutes, end):
    result = ORDINARY.add_working_minutes(start, minutes)
    assert result == end
    assert result.tzinfo is JAKARTA
    assert ORDINARY.working_minutes_between(start, end) == minutes


def test_other_zones_are_read_as_the_moment_they_are():
    assert ORDINARY.add_working_minutes(datetime(2026, 11, 26, 0, 30, tzinfo=UTC), 60) == at(26, "08:30")
    assert ORDINARY.working_minutes_between(datetime(2026, 11, 26, 0, 30, tzinfo=UTC), at(26, "08:30")) == 60


def test_parts_of_a_minute_are_dropped_and_seconds_are_exact():
    start = at(26, "07:30")
    end = start + timedelta(seconds=119, microseconds=999_999)
    assert ORDINARY.working_minutes_between(start, end) == 1
    assert ORDINARY.working_seconds_between(start, end) == 119
    assert ORDINARY.working_time_between(start, end) == end - start
    assert ORDINARY.working_minutes_between(end, start) == -1
    assert ORDINARY.working_seconds_between(end, start) == -119


def test_a_year_is_the_sum_of_its_days():
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    total = sum(minutes_of(OFFICE, day) for day in days)
    assert OFFICE.working_minutes_between(at(1, month=1), at(1, month=1, year=2027)) == total


def test_decades_are_counted_without_walking_their_minutes():
    start, end = at(1, month=1, year=1990), at(1, month=1, year=2060)
    ORDINARY.working_minutes_between(start, end)
    laid_out = dict(ORDINARY._years)
    minutes = ORDINARY.working_minutes_between(start, end)
    assert ORDINARY.add_working_minutes(start, minutes) < end
    assert all(ORDINARY._years[year] is table for year, table in laid_out.items())


def minute_by_minute(calendar, start, end):
    """A slow reference implementation that checks each minute separately."""
    total, moment = 0, start
    while moment < end:
        periods = calendar.working_periods(moment.date())
        total += any(opens <= moment < closes for opens, closes in periods)
        moment += timedelta(minutes=1)
    return total


CALENDARS = st.sampled_from([ORDINARY, OFFICE])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(JAKARTA),
)
WHOLE_MINUTES = MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0))


@settings(max_examples=25, deadline=None)
@given(CALENDARS, WHOLE_MINUTES, st.integers(0, 6000))
def test_between_agrees_with_looking_at_every_minute(calendar, start, length):
    end = start + timedelta(minutes=length)
    assert calendar.working_minutes_between(start, end) == minute_by_minute(calendar, start, end)


@given(CALENDARS, MOMENTS, st.integers(0, 20_000))
def test_between_undoes_add(calendar, moment, n):
    end = calendar.add_working_minutes(moment, n)
    assert calendar.working_time_between(moment, end) == timedelta(minutes=n)
    assert calendar.working_minutes_between(moment, end) == n


@given(CALENDARS, MOMENTS, st.integers(1, 5000))
def test_add_gives_the_earliest_such_moment_within_working_time(calendar, moment, n):
    end = calendar.add_working_minutes(moment, n)
    assert any(opens < end <= closes for opens, closes in calendar.working_periods(end.date()))
    just_before = end - timedelta(microseconds=1)
    assert calendar.working_time_between(moment, just_before) < timedelta(minutes=n)


@given(CALENDARS, MOMENTS, MOMENTS, st.integers(0, 3000), st.integers(0, 3000))
def test_add_is_monotone_and_additive(calendar, a, b, n, more):
    first, second = sorted((a, b))
    assert calendar.add_working_minutes(first, n) <= calendar.add_working_minutes(second, n)
    assert calendar.add_working_minutes(a, n) <= calendar.add_working_minutes(a, n + more)
    if n and more:
        in_two = calendar.add_working_minutes(calendar.add_working_minutes(a, n), more)
        assert calendar.add_working_minutes(a, n + more) == in_two


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_between_is_additive_and_turns_its_sign(calendar, a, b, c):
    between = calendar.working_time_between
    assert between(a, c) == between(a, b) + between(b, c)
    assert between(a, b) == -between(b, a)
    assert (between(a, b) >= timedelta()) == (a <= b or between(a, b) == timedelta())
    assert abs(between(a, b)) <= abs(b - a)


@given(CALENDARS, DAYS, st.integers(0, 400))
def test_add_lands_on_a_working_day_and_counts_n(calendar, day, n):
    due = calendar.add_working_days(day, n)
    assert calendar.is_working_day(due)
    assert due >= day
    counted = sum(note.kind == "working" for note in calendar.explain(day, due))
    assert counted == (n or due > day)


@given(CALENDARS, MOMENTS, st.integers(1, 5000))
def test_subtract_gives_the_latest_such_moment(calendar, moment, n):
    before = calendar.subtract_working_minutes(moment, n)
    assert calendar.working_time_between(before, moment) == timedelta(minutes=n)
    assert calendar.working_time_between(before + timedelta(seconds=1), moment) < timedelta(minutes=n)


@given(CALENDARS, DAYS, st.integers(0, 800))
def test_working_days_between_counts_what_explain_lists(calendar, day, length):
    last = day + timedelta(days=length)
    counted = sum(note.kind == "working" for note in calendar.explain(day, last))
    assert calendar.working_days_between(day, last) == counted == -calendar.working_days_between(last, day)


@given(CALENDARS, DAYS, DAYS, st.integers(0, 60), st.integers(1, 60))
def test_working_days_are_monotone_and_add_up(calendar, a, b, n, more):
    first, second = sorted((a, b))
    assert calendar.add_working_days(first, n) <= calendar.add_working_days(second, n)
    in_two = calendar.add_working_days(calendar.add_working_days(a, n), more)
    assert calendar.add_working_days(a, n) <= calendar.add_working_days(a, n + more) <= in_two
    if n or calendar.is_working_day(a):
        assert calendar.add_working_days(a, n + more) == in_two


@given(CALENDARS, DAYS)
def test_a_day_is_working_exactly_when_it_has_hours(calendar, day):
    periods = calendar.working_periods(day)
    assert calendar.is_working_day(day) == bool(periods) == (calendar.note(day).kind == "working")
    flat = [moment for period in periods for moment in period]
    assert flat == sorted(set(flat))
    assert all(moment.astimezone(JAKARTA).date() == day for moment in flat)


# Choosing the calendar


def test_calendar_is_built_from_rows():
    hours = SimpleNamespace(
        kind="working",
        name="Jam kerja",
        from_date=None,
        to_date=None,
        weekday=3,
        opens=time(8),
        closes=time(15),
        break_from=time(12),
        break_to=time(13),
        last_ticket=None,
    )
    day = SimpleNamespace(date=date(2026, 12, 3), kind="holiday", name="Hari jadi kabupaten")
    calendar = WorkCalendar.from_rows([hours], [day])
    assert minutes_of(calendar, date(2026, 11, 26)) == 360
    assert calendar.note(date(2026, 12, 3)) == (date(2026, 12, 3), "holiday", "Hari jadi kabupaten")
    assert calendar == WorkCalendar.from_rows([hours], [day])
    assert WorkCalendar.from_rows([], []) == ORDINARY


def test_functions_work_in_a_plain_script():
    script = (
        "from datetime import date; from ula_portal.core import workdays as w;"
        "print(w.add_working_days(date(2026, 3, 17), 3), w.is_working_day(date(2026, 3, 18)))"
    )
    root = Path(__file__).resolve().parents[3]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["2026-03-27", "False"]
