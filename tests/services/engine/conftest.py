"""Fixtures of the tests of cases on their way."""

import pytest

from tests.factories.cases import make_case, make_case_service


@pytest.fixture
def request_(cast):
    """A case at its first step."""
    return make_case(make_case_service(cast))
