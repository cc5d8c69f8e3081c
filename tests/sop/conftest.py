"""Fixtures of the SOP floor's tests."""

import pytest

from tests.factories import sop as make
from ula_portal.core.models import Role


@pytest.fixture
def units(db):
    return make.make_office()


@pytest.fixture
def cast(units):
    return make.make_cast(units)


@pytest.fixture
def drafter(units):
    return make.make_person(Role.DRAFTER, units["DIKDAS"])


@pytest.fixture
def folder_of_its_own(settings, tmp_path):
    """Each test has its own folder of cached documents."""
    settings.VAR_DIR = tmp_path
