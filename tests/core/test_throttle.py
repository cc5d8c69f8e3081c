"""Limits count exactly, forget after their time, and keep no address."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import RequestFactory

from ula_portal.core import clock, throttle
from ula_portal.core.models import ThrottleCount


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
