"""The streams of the queue, from a real server."""

import re
import threading
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection, transaction

from tests.factories import visitors as make
from tests.live.live_server import Client, running
from ula_portal.core import clock
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, serving, sessions
from visitors.models import QueueEvent
from visitors.queue.actions import tickets
from visitors.queue.actions.tickets import leave_queue
from visitors.queue.addresses import staff_address
from visitors.queue.queries.events import Cursor, current_cursor, events_after, events_missed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk():
    service = make.service("A", name="Legalisasi contoh")
    clerk = make.person(Role.COUNTER)
    counter = make.counter(service, name="Loket 2")
    session = sessions.open_session(counter, by=staff(clerk))

    class Desk:
        def ticket(self, **more):
            return make.ticket(service=service, user=clerk, **more)

        def call(self):
            return calling.call_next(session, by=staff(clerk))

        def finish(self, ticket):
            return serving.finish_serving(ticket, by=staff(clerk))

        place = counter.location
        user = clerk

    return Desk()


def test_display_starts_with_the_state_and_hears_a_call(desk):
    desk.ticket()
    with running() as port, Client(port, "/live/display/ula") as client:
        assert client.status == 200
        assert client.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        event, state, identity = client.next()
        assert event == "state" and "A-001" in state["html"] and identity
        desk.call()
        call, _id = client.until("queue")
        assert (call["kind"], call["label"], call["counter"]) == ("called", "A-001", "Loket 2")
        assert set(call) == {"n", "kind", "label", "counter", "call"}
        state, _id = client.until("state")
        assert re.search(r'd-call" data-label="A-001"', state["html"])


def test_a_commit_behind_an_open_older_transaction_is_not_lost_and_not_delayed(desk):
    first, second = desk.ticket(), desk.ticket()
    holding, may_end = threading.Event(), threading.Event()

    def older():
        # Its event gets the lower transaction id, but is committed last.
        try:
            with transaction.atomic():
                leave_queue(first, by=actors.visitor(first.visit_id))
                holding.set()
                assert may_end.wait(20)
        finally:
            connection.close()

    with running() as port, Client(port, "/live/display/ula") as client:
        client.until("state")
        thread = threading.Thread(target=older)
        thread.start()
        assert holding.wait(10)
        leave_queue(second, by=actors.visitor(second.visit_id))
        early, _id = client.until("queue")
        assert early["label"] == second.label
        may_end.set()
        thread.join()
        late, _id = client.until("queue")
        assert late["label"] == first.label
        assert QueueEvent.objects.get(pk=late["n"]).pk < QueueEvent.objects.get(pk=early["n"]).pk


def test_resume_after_last_event_id_from_the_table(desk):
    with running() as port:
        with Client(port, "/live/display/ula") as client:
            _state, identity = client.until("state")
        missed = [desk.ticket().label for _n in range(3)]
        with Client(port, "/live/display/ula", Last_Event_ID=identity) as client:
            told = [client.until("queue")[0]["label"] for _n in range(3)]
            assert told == missed
            assert missed[0] in client.until("state")[0]["html"]
        # After a restart of the server the table still has the events.
    with running() as port, Client(port, "/live/display/ula", Last_Event_ID=identity) as client:
        assert [client.until("queue")[0]["label"] for _n in range(3)] == missed


def test_without_notify_the_table_is_read_all_the_same(desk):
    ticket = desk.ticket()
    with running() as port, Client(port, "/live/display/ula") as client:
        client.until("state")
        QueueEvent.objects.create(location=desk.place, at=ticket.issued_at, kind="probe", ticket=ticket)
        assert client.until("queue", kind="probe")


def test_the_streams_survive_a_lost_database_connection(desk):
    with running() as port, Client(port, "/live/display/ula", timeout=20) as client:
        client.until("state")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        label = desk.ticket().label
        assert client.until("queue", kind="issued", label=label)
        label = desk.call().label
        assert client.until("queue", kind="called", label=label)


def test_ticket_stream_tells_place_and_call(desk):
    first, mine = desk.ticket(), desk.ticket()
    token = tickets.ticket_token(mine)
    with running() as port, Client(port, f"/live/ticket/{token}") as client:
        place, _id = client.until("place")
        assert place["heading"] == "Di depan Anda 1 orang" and not place["called"]
        assert desk.call().pk == first.pk
        assert client.until("place")[0]["heading"] == "Anda berikutnya"
        desk.finish(first)
        desk.call()
        called, _id = client.until("place", called=True)
        assert called["text"] == "Silakan menuju Loket 2."
        desk.finish(mine)
        assert client.until("place", ended=True)[0]["heading"] == "Selesai"


def test_an_ended_ticket_says_so_at_once(desk):
    ticket = desk.ticket()
    leave_queue(ticket, by=actors.visitor(ticket.visit_id))
    with running() as port, Client(port, f"/live/ticket/{tickets.ticket_token(ticket)}") as client:
        assert client.until("place")[0]["ended"]


def test_staff_stream_says_changed_only(desk):
    address = staff_address(desk.place.pk)
    assert address.startswith("/live/staff/")
    with running() as port:
        with Client(port, address) as client:
            client.until("hello")
            desk.ticket()
            assert set(client.until("changed")[0]) == {"at"}
        assert Client(port, "/live/staff/forged").status == 404
        # The location id that the guests' page uses when there is no location.
        assert Client(port, staff_address(0)).status == 404


def test_another_location_hears_nothing(desk):
    make.location("cabang")
    with running() as port, Client(port, "/live/display/cabang") as client:
        client.until("state")
        desk.ticket()
        make.ticket(place=make.location("cabang"), user=desk.user, letter="K")
        assert client.until("queue")[0]["label"] == "K-001"


def test_cursor_hands_out_each_event_once_and_resumes_without_seen(desk):
    start = current_cursor()
    before = QueueEvent.objects.latest("id").id
    labels = [desk.ticket().label for _n in range(3)]

    def fresh(events):
        # Another transaction holds the horizon back: earlier events may be repeated, none may be missing.
        return [event for event in events if event.id > before]

    events, cursor = events_after(start)
    assert [event.label for event in fresh(events)] == labels
    assert events_after(cursor)[0] == []
    again, _cursor = events_after(Cursor.parse(str(start)))
    assert [event.id for event in fresh(again)] == [event.id for event in fresh(events)]
    some, partly = events_after(start, limit=len(events) - 1)
    rest, _cursor = events_after(partly, limit=len(events))
    assert [event.id for event in fresh(some + rest)] == [event.id for event in fresh(events)]


def test_who_was_away_is_told_news_and_calls_that_stand(desk):
    def told(start, moment):
        with clock.at(moment):
            missed = events_missed(start, desk.place.pk)
        return [(event.kind, event.label) for event in missed if event.kind != "issued"]

    start, begun = current_cursor(), clock.now()
    over, standing = desk.ticket(), desk.ticket()
    desk.call()
    desk.finish(over)
    desk.call()
    with clock.at(begun + timedelta(minutes=1)):
        calling.recall(standing, by=staff(desk.user))
    called, again = ("called", standing.label), ("recalled", standing.label)
    soon = told(start, begun + timedelta(seconds=90))
    assert [each for each in soon if each[0].endswith("called")] == [("called", over.label), called, again]
    # Later only the last call of a visitor who has not come, and on another day nothing.
    assert told(start, begun + timedelta(minutes=9)) == [again]
    assert told(start, begun + timedelta(days=1)) == []
    assert told(current_cursor(), begun + timedelta(minutes=9)) == []


def test_a_page_that_connects_anew_by_itself_names_where_it_left_off(desk):
    with running() as port:
        with Client(port, "/live/display/ula") as client:
            _state, identity = client.until("state")
        label = desk.ticket().label
        with Client(port, f"/live/display/ula?sejak={identity}") as client:
            assert client.until("queue")[0]["label"] == label
            assert client.until("state")[0]["version"]


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.5", "9" * 30, "١٢"])
def test_a_forged_last_event_id_is_no_cursor(text):
    assert Cursor.parse(text) is None


def test_the_queue_refuses_rewriting(desk):
    event = QueueEvent.objects.first()
    event.kind = "other"
    with pytest.raises(Exception, match="append-only") as caught:
        event.save()
    assert isinstance(caught.value.__cause__, psycopg2.IntegrityError)
