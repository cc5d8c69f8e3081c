"""A counter with a clerk, a service and somebody called: where most tests of the queue begin."""

import pytest

from tests.factories import visitors as make
from ula_portal.core.models import Role
from visitors import actions


@pytest.fixture
def service():
    return make.service("A")


@pytest.fixture
def clerk():
    return make.person(Role.COUNTER)


@pytest.fixture
def counter(service):
    return make.counter(service, name="Loket 1")


@pytest.fixture
def session(counter, clerk):
    return actions.open_session(counter.pk, clerk)


@pytest.fixture
def called(session, clerk, service):
    make.ticket(service=service, user=clerk)
    return actions.call_next(session.pk, clerk)
