"""Real processes at one queue: killed in the middle, at once, across two desks."""

import json
import os
import signal
import traceback

import pytest
from django.db import connection, connections, transaction

from tests.factories import visitors as make
from ula_portal.core.models import Role
from visitors import actions
from visitors.models import QueueEvent, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def in_processes(*works):
    """Each function in a process of its own, all let go at once; their answers (JSON), None of a killed one."""
    # No connection may be shared with a child: it is closed here, and each opens its own.
    connections.close_all()
    gate_read, gate_write = os.pipe()
    children = [_start(work, gate_read, gate_write) for work in works]
    os.close(gate_read)
    os.close(gate_write)
    return [_answer(*child) for child in children]


def _start(work, gate_read, gate_write):
    answer_read, answer_write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(answer_write)
        return pid, answer_read
    status = 1
    try:
        os.close(gate_write)
        connection.ensure_connection()
        os.read(gate_read, 1)
        answer = json.dumps(work())
        connections.close_all()
        os.write(answer_write, answer.encode())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _answer(pid, pipe):
    with os.fdopen(pipe) as told:
        text = told.read()
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.WEXITSTATUS(status) == 0
    return json.loads(text)


def test_sixteen_clerks_in_processes_serve_five_hundred_visitors_each_once():
    service, desk = make.service(), make.person(Role.FRONT_DESK)
    made = [
        make.ticket(service=service, user=desk, lane="priority" if n % 4 == 0 else "regular").pk for n in range(500)
    ]
    clerks = [make.person(Role.COUNTER) for _n in range(16)]
    sessions = [actions.open_session(make.counter(service).pk, clerk).pk for clerk in clerks]

    def work(session, clerk):
        called = []
        while ticket := actions.call_next(session, clerk):
            called.append(ticket.pk)
            actions.finish(ticket.pk, clerk)
        return called

    answers = in_processes(
        *(lambda s=s, c=c: work(s, c) for s, c in zip(sessions, clerks, strict=True)),
    )

    assert sorted(pk for answer in answers for pk in answer) == sorted(made)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"finished"}
    assert QueueEvent.objects.filter(kind="called").count() == 500


def test_a_process_killed_between_call_and_commit_loses_nobody():
    service = make.service()
    ticket = make.ticket(service=service)
    clerks = [make.person(Role.COUNTER) for _n in range(2)]
    sessions = [actions.open_session(make.counter(service).pk, clerk).pk for clerk in clerks]

    def call_and_die():
        with transaction.atomic():
            assert actions.call_next(sessions[0], clerks[0]).pk == ticket.pk
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_processes(call_and_die) == [None]
    assert actions.call_next(sessions[1], clerks[1]) == ticket
    assert QueueEvent.objects.filter(kind="called").count() == 1
    assert actions.call_next(sessions[0], clerks[0]) is None


def test_two_desks_give_four_hundred_numbers_without_gap():
    place, service = make.location(), make.service("B")
    make.counter(service)
    desks = [make.person(Role.FRONT_DESK) for _n in range(2)]

    def receive(desk, which):
        labels = []
        for n in range(200):
            made = actions.check_in(
                user=desk, location=place, purpose="service", name=f"Tamu {which} {n}", service=service
            )
            labels.append(made.ticket.number)
        return labels

    answers = in_processes(*(lambda d=d, n=n: receive(d, n) for n, d in enumerate(desks)))

    assert sorted(n for answer in answers for n in answer) == list(range(1, 401))
    assert all(answer == sorted(answer) for answer in answers)
