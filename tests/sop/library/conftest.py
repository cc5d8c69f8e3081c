"""Fixtures of the tests of the SOP library."""

import pytest

from tests.factories import sop as make


@pytest.fixture
def published(units, cast):
    return make.publish(make.small_content(), cast)
