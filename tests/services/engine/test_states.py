"""Legal moves as a table: they name states that exist, and nothing moves what is closed."""

import pytest

from services import states
from services.models import Letter, Request, StepRun
from ula_portal.core.data.errors import Outdated


def test_the_tables_name_only_states_that_exist():
    known = set(Request.State.values)
    assert {move.source for move in states.REQUEST_MOVES} | {move.target for move in states.REQUEST_MOVES} <= known
    assert {move.target for move in states.LETTER_MOVES} <= set(Letter.State.values)
    assert set(states.RUN_OUTCOMES.values()) == set(StepRun.Outcome.values)


def test_one_target_for_each_source_and_verb():
    pairs = [(move.source, move.verb) for move in states.REQUEST_MOVES]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("state", ["completed", "rejected", "withdrawn"])
@pytest.mark.parametrize("verb", ["begin", "ask", "answer", "complete", "reject", "withdraw"])
def test_nothing_moves_a_closed_request(state, verb):
    with pytest.raises(Outdated):
        states.target_of(states.REQUEST_MOVES, state, verb)
