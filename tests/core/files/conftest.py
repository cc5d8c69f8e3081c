"""Fixtures of the tests of files."""

import pytest


@pytest.fixture
def files_of_its_own(settings, tmp_path):
    """Uploads are stored in a folder of this test."""
    place = settings.STORAGES["default"]
    options = {**place["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**place, "OPTIONS": options}}
