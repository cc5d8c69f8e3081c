"""Legal moves of a case: its tables name states that exist, and nothing moves what is closed."""

import pytest

from services import states
from services.models import Request
from ula_portal.core.verbs.errors import Outdated


@pytest.mark.parametrize("state", ["completed", "rejected", "withdrawn"])
@pytest.mark.parametrize("verb", ["begin", "ask", "answer", "complete", "reject", "withdraw"])
def test_nothing_moves_a_closed_request(state, verb):
    request = Request(state=state)
    with pytest.raises(Outdated):
        states.REQUEST.make(request, verb)
    assert request.state == state
