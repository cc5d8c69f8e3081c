"""Fixtures of the SOP floor's tests."""

import pytest

from tests.factories import sop as make


@pytest.fixture
def units(db):
    return make.make_office()


@pytest.fixture
def cast(units):
    return make.make_cast(units)
