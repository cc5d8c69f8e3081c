"""Fixtures of the services floor's tests."""

import pytest

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from tests.factories.cases import make_case, make_case_service
from tests.factories.core import named_cast
from tests.factories.standing import staffed
from ula_portal.core.journal.actors import staff


@pytest.fixture
def service(cast):
    return make_case_service(cast)


@pytest.fixture
def request_(service):
    """A submitted request whose documents have not been assessed."""
    return make_case(service, judged=False)


@pytest.fixture
def walk_in(cast, service):
    return open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))


@pytest.fixture
def office():
    return staffed(named_cast())
