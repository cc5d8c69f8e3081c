"""Legal transitions of a case: the tables only name states that exist, and closed cases do not move."""

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
