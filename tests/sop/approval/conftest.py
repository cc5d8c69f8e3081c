"""Fixtures of the tests of approval."""

import pytest

from tests.factories import sop as make


@pytest.fixture
def version(units, cast):
    """A draft that is ready to be verified: its actors are matched with positions."""
    version = make.imported(make.small_content())
    make.confirm_all(version, cast["admin"])
    return version


@pytest.fixture
def draft(version):
    return version
