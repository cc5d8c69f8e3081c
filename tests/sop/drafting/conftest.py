"""Fixtures of the tests of drafting."""

import pytest

from tests.factories import sop_drafts as draft


@pytest.fixture
def version(units, drafter):
    return draft.small_draft(drafter, units)
