"""The documents a request still requires."""

import pytest

from services.models import Document
from services.papers.queries.slots import DocumentSlot


@pytest.mark.parametrize(
    "required, document, missing",
    [(True, None, True), (False, None, False), (True, Document(), False), (False, Document(), False)],
)
def test_only_what_is_required_and_not_there_is_missing(required, document, missing):
    assert DocumentSlot("r1", "KTP", required, document=document).is_missing == missing
