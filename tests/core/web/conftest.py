"""Fixtures for the tests of what all pages have in common."""

import pytest

from tests.factories.core import make_user


@pytest.fixture
def user():
    return make_user()
