"""Every ticket is called exactly once, with real threads and real transactions."""

import functools
import threading

import pytest
from django.db import connection

from tests.factories import visitors as make
from tests.factories.concurrently import concurrently
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, serving
from visitors.counter.actions.sessions import open_session
from visitors.models import QueueEvent, Ticket
from visitors.queue.queries.events import current_cursor, events_after

pytestmark = pytest.mark.django_db(transaction=True)


def each(function, arguments):
    """Call the function with every argument in parallel; the first exception is raised here."""
    answers = concurrently(*(functools.partial(function, argument) for argument in arguments))
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def test_one_clerk_who_taps_twice_at_once_calls_one_visitor():
    service = make.service()
    for _n in range(4):
        make.ticket(service=service)
    clerk = make.person(Role.COUNTER)
    session = open_session(make.counter(service), by=staff(clerk))

    answers = each(lambda _n: calling.call_next(session, by=staff(clerk)), range(6))

    assert len({answer.pk for answer in answers}) == 1
    assert QueueEvent.objects.filter(kind="called").count() == 1
    assert Ticket.objects.filter(state="called").count() == 1


def test_two_clerks_for_the_last_visitor():
    service = make.service()
    clerks = [make.person(Role.COUNTER) for _n in range(2)]
    sessions = [open_session(make.counter(service), by=staff(clerk)) for clerk in clerks]
    for _round in range(10):
        ticket = make.ticket(service=service)
        answers = each(lambda n: calling.call_next(sessions[n], by=staff(clerks[n])), range(2))
        assert sorted(answer.pk if answer else 0 for answer in answers) == [0, ticket.pk]
        serving.finish_serving(ticket, by=staff(clerks[answers.index(None) ^ 1]))


def test_eight_threads_issue_without_gap_or_double():
    place, desk = make.location(), make.person(Role.FRONT_DESK)
    services = [make.service("A"), make.service("B")]
    for service in services:
        make.counter(service)

    def issue(index):
        return [make.issue(make.visit(place, desk), service=services[n % 2]).label for n in range(25)]

    labels = [label for some in each(issue, range(8)) for label in some]

    expected = [f"A-{n:03d}" for n in range(1, 105)] + [f"B-{n:03d}" for n in range(1, 97)]
    assert sorted(labels) == sorted(expected)


def test_a_number_of_a_rolled_back_check_in_is_given_again():
    from django.db import transaction

    make.ticket(service=make.service("C"))
    with pytest.raises(RuntimeError), transaction.atomic():
        make.ticket(service=None, letter="C")
        raise RuntimeError
    assert make.ticket(letter="C").number == 2


def test_a_reader_under_eight_writers_misses_no_event():
    desk = make.person(Role.FRONT_DESK)
    place = make.location()
    visits = [[make.visit(place, desk) for _n in range(40)] for _w in range(8)]
    cursor, read, writing = current_cursor(), [], threading.Event()
    writing.set()

    def follow():
        nonlocal cursor
        try:
            last_round = False
            while True:
                events, cursor = events_after(cursor)
                read.extend(event.id for event in events)
                if last_round:
                    return
                last_round = not writing.is_set()
        finally:
            connection.close()

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        each(lambda w: [make.issue(visit, letter="ABCDEFGH"[w]) for visit in visits[w]], range(8))
    finally:
        writing.clear()
        reader.join(timeout=60)

    assert len(read) == len(set(read)) == 320
    assert set(read) == set(QueueEvent.objects.values_list("pk", flat=True))
