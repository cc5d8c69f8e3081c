"""Waking the screens: sent on a separate connection, without waiting, and never at the expense of the verb."""

import os
import select

import psycopg2
import pytest
from django.db import connection, transaction

from ula_portal.core.live import waking as live

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def messenger():
    made = live.Messenger()
    yield made
    made.close()


@pytest.fixture
def listener():
    made = live.listen()
    yield made
    made.close()


def hears(listener):
    assert select.select([listener], [], [], 10)[0]
    listener.poll()
    heard = [notice.channel for notice in listener.notifies]
    listener.notifies.clear()
    return heard


def test_each_nudge_is_heard(messenger, listener):
    for _n in range(3):
        messenger.send()
        assert hears(listener) == [live.NOTIFICATION]


def test_many_in_a_row_all_go_out(messenger, listener):
    for _n in range(50):
        messenger.send()
    heard = []
    while len(heard) < 50:
        heard += hears(listener)
    assert len(heard) == 50


def test_a_lost_connection_costs_one_nudge_and_comes_back(messenger, listener):
    messenger.send()
    hears(listener)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query = 'NOTIFY portal_live' AND pid <> pg_backend_pid()"
        )
    with pytest.raises(psycopg2.Error):
        for _n in range(3):
            messenger.send()
    messenger.send()
    assert hears(listener) == [live.NOTIFICATION]


def test_an_act_is_heard_once_it_is_committed_and_asks_nothing_of_its_own_connection(
    messenger, listener, monkeypatch, django_assert_num_queries
):
    # A connection that no other test has closed.
    monkeypatch.setattr(live, "_messengers", {os.getpid(): messenger})
    with transaction.atomic():
        live.nudge()
        assert not select.select([listener], [], [], 0.2)[0]
        with django_assert_num_queries(0):
            live.notify()
        assert hears(listener) == [live.NOTIFICATION]
    assert hears(listener) == [live.NOTIFICATION]
    live.nudge()
    assert hears(listener) == [live.NOTIFICATION]


def test_a_server_that_is_gone_stops_no_act(monkeypatch, caplog):
    monkeypatch.setattr(live, "_messengers", {})
    parameters = {**connection.get_connection_params(), "port": "1"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
    live.notify()
    assert "the screens were not woken" in caplog.text
