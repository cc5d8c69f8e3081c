"""Limits count exactly, expire after their period, and store no address."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import RequestFactory

from ula_portal.core import clock
from ula_portal.core.models import ThrottleCount
from ula_portal.core.security import throttle


@pytest.mark.django_db
def test_the_limit_holds_and_ends(settings):
    settings.THROTTLES = {"code": (3, 300)}
    assert [throttle.count("code", "a") for _try in range(4)] == [True, True, True, False]
    assert throttle.is_full("code", "a") and not throttle.is_full("code", "b")
    with clock.at(clock.now() + datetime.timedelta(seconds=301)):
        assert not throttle.is_full("code", "a")
        assert throttle.count("code", "a")
    assert ThrottleCount.objects.count() == 1


@pytest.mark.django_db
def test_a_span_ends_with_its_last_second_for_the_question_and_for_the_count(settings):
    settings.THROTTLES = {"code": (1, 300)}
    now = clock.now()
    with clock.at(now):
        assert throttle.count("code", "a") and not throttle.count("code", "a")
    with clock.at(now + datetime.timedelta(seconds=300) - datetime.timedelta(microseconds=1)):
        assert throttle.is_full("code", "a") and throttle.tries("code", "a") == 2
    with clock.at(now + datetime.timedelta(seconds=300)):
        assert not throttle.is_full("code", "a")
        assert throttle.count("code", "a") and throttle.tries("code", "a") == 1
    # Other limits and other sources are counted separately; a limit without a setting uses the one of the table.
    settings.THROTTLES = {"code": (1, 300)}
    assert throttle.tries("draft", "a") == throttle.tries("code", "b") == 0
    assert throttle.count("draft", "a", 60) and not throttle.count("draft", "a")


@pytest.mark.django_db
def test_what_ended_a_day_ago_is_swept_now_and_then_by_who_tries_first(monkeypatch):
    now = clock.now()
    for who, hours in (("old", 25), ("recent", 23)):
        with clock.at(now - datetime.timedelta(hours=hours, seconds=300)):
            throttle.count("code", who)

    def left():
        return set(ThrottleCount.objects.values_list("who", flat=True))

    monkeypatch.setattr(throttle.secrets, "randbelow", lambda _most: 1)
    throttle.count("code", "new")
    assert left() == {"old", "recent", "new"}
    monkeypatch.setattr(throttle.secrets, "randbelow", lambda _most: 0)
    throttle.count("code", "new")
    assert left() == {"old", "recent", "new"}
    throttle.count("code", "newest")
    assert left() == {"recent", "new", "newest"}


@pytest.mark.django_db
def test_no_address_is_kept():
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77")
    throttle.count("code", throttle.client_of(request))
    assert "203.0.113" not in str(ThrottleCount.objects.values_list())


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted(settings):
    settings.THROTTLES = {"code": (8, 300)}

    def once(_number):
        try:
            return throttle.count("code", "same")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(once, range(24)))
    assert allowed == 8
