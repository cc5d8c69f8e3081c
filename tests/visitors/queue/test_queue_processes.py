"""Real processes at one queue: in parallel, killed halfway, and at two desks."""

import os
import signal

import pytest
from django.db import transaction

from tests.factories import visitors as make
from tests.processes import in_processes
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.checkin.actions import checkin
from visitors.counter.actions import calling, serving
from visitors.counter.actions.sessions import open_session
from visitors.models import QueueEvent, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def serve_all(session, clerk):
    called = []
    while ticket := calling.call_next(session, by=staff(clerk)):
        called.append(ticket.pk)
        serving.finish_serving(ticket, by=staff(clerk))
    return called


def call_and_die(session, clerk, expected):
    with transaction.atomic():
        assert calling.call_next(session, by=staff(clerk)).pk == expected
        os.kill(os.getpid(), signal.SIGKILL)


def receive(desk, place, service, which):
    labels = []
    for n in range(200):
        made = checkin.check_in(
            place,
            by=staff(desk),
            arrival=checkin.Arrival(name=f"Tamu {which} {n}"),
            errand=checkin.Errand(purpose="service", service=service),
        )
        labels.append(made.ticket.number)
    return labels


def test_sixteen_clerks_in_processes_serve_five_hundred_visitors_each_once():
    service, desk = make.service(), make.person(Role.FRONT_DESK)
    made = [
        make.ticket(service=service, user=desk, lane="priority" if n % 4 == 0 else "regular").pk for n in range(500)
    ]
    clerks = [make.person(Role.COUNTER) for _n in range(16)]
    sessions = [open_session(make.counter(service), by=staff(clerk)) for clerk in clerks]

    answers = in_processes(*((serve_all, session, clerk) for session, clerk in zip(sessions, clerks, strict=True)))

    assert sorted(pk for answer in answers for pk in answer) == sorted(made)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"finished"}
    assert QueueEvent.objects.filter(kind="called").count() == 500


def test_a_process_killed_between_call_and_commit_loses_nobody():
    service = make.service()
    ticket = make.ticket(service=service)
    clerks = [make.person(Role.COUNTER) for _n in range(2)]
    sessions = [open_session(make.counter(service), by=staff(clerk)) for clerk in clerks]

    assert in_processes((call_and_die, sessions[0], clerks[0], ticket.pk)) == [None]
    assert calling.call_next(sessions[1], by=staff(clerks[1])) == ticket
    assert QueueEvent.objects.filter(kind="called").count() == 1
    assert calling.call_next(sessions[0], by=staff(clerks[0])) is None


def test_two_desks_give_four_hundred_numbers_without_gap():
    place, service = make.location(), make.service("B")
    make.counter(service)
    desks = [make.person(Role.FRONT_DESK) for _n in range(2)]

    answers = in_processes(*((receive, desk, place, service, n) for n, desk in enumerate(desks)))

    assert sorted(n for answer in answers for n in answer) == list(range(1, 401))
    assert all(answer == sorted(answer) for answer in answers)
