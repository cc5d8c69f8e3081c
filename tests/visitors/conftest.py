"""A counter with a clerk, a service and somebody called: where most tests of the queue begin."""

import datetime
from types import SimpleNamespace

import pytest

from tests.factories import visitors as make
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Role
from visitors.counter.actions import calling, sessions


@pytest.fixture
def service():
    return make.service("A")


@pytest.fixture
def desk():
    return make.person(Role.FRONT_DESK)


@pytest.fixture
def clerk():
    return make.person(Role.COUNTER)


@pytest.fixture
def counter(service):
    return make.counter(service, name="Loket 1")


@pytest.fixture
def session(counter, clerk):
    return sessions.open_session(counter, by=staff(clerk))


@pytest.fixture
def called(session, clerk, service):
    make.ticket(service=service, user=clerk)
    return calling.call_next(session, by=staff(clerk))


@pytest.fixture
def hall():
    """Two clerks, each at a counter of the same service, the desk, and three numbers that wait."""
    service, desk = make.service(), make.person(Role.FRONT_DESK)
    clerk, colleague = make.person(Role.COUNTER), make.person(Role.COUNTER)
    counters = [make.counter(service), make.counter(service)]
    return SimpleNamespace(
        service=service,
        place=counters[0].location,
        desk=desk,
        clerk=clerk,
        colleague=colleague,
        counters=counters,
        session=sessions.open_session(counters[0], by=staff(clerk)),
        other=sessions.open_session(counters[1], by=staff(colleague)),
        tickets=[make.ticket(service=service, user=desk) for _n in range(3)],
    )


@pytest.fixture
def made():
    """Slots from ten to three, half an hour and two seats each."""
    return make.plan(from_time=datetime.time(10), to_time=datetime.time(15), capacity=2)
