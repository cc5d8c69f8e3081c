"""The portal's only source of time."""

import datetime

import pytest

from tests.factories.concurrently import concurrently
from ula_portal.core import clock

MOMENT = datetime.datetime(2026, 3, 1, 17, 30, tzinfo=datetime.UTC)


def test_the_clock_can_be_set_and_goes_on_afterwards():
    with clock.at(MOMENT):
        assert clock.now() == MOMENT
    assert clock.now().year > 2000
    assert clock.now() != MOMENT


def test_today_is_the_date_at_the_office():
    with clock.at(MOMENT):
        assert clock.today() == datetime.date(2026, 3, 2)
    with clock.at(MOMENT - datetime.timedelta(hours=1)):
        assert clock.today() == datetime.date(2026, 3, 1)


def test_settings_of_the_clock_nest():
    later = MOMENT + datetime.timedelta(days=1)
    with clock.at(MOMENT):
        with clock.at(later):
            assert clock.now() == later
        assert clock.now() == MOMENT


def test_the_clock_is_reset_after_an_error():
    with pytest.raises(RuntimeError), clock.at(MOMENT):
        raise RuntimeError
    assert clock.now() != MOMENT


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime.datetime(2026, 3, 1)):  # noqa: DTZ001
        pass


@pytest.mark.django_db(transaction=True)
def test_another_thread_keeps_the_true_time():
    with clock.at(MOMENT):
        (seen,) = concurrently(clock.now)
    assert seen != MOMENT
