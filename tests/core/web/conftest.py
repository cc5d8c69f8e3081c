"""Fixtures of the tests of what every page does."""

import pytest

from tests.factories.core import make_user


@pytest.fixture
def user():
    return make_user()
