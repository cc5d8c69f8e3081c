"""Every verb has exactly the side effects that the table of verbs lists, once and not twice."""

import pickle

import pytest

from tests.conftest import OPEN_AT
from tests.verbs import effects, enumeration, given, shape
from tests.verbs.rows import ONCE, SAME
from tests.verbs.table import NO_VERBS, PART, ROWS
from ula_portal.core import clock
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db


def test_every_verb_has_a_row():
    found = enumeration.verbs_found()
    assert {row.name for row in ROWS} == found - set(NO_VERBS)
    assert set(NO_VERBS) <= found
    assert len({str(row) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("name, verb", sorted({row.name: row.verb for row in ROWS}.items()))
def test_verbs_have_one_shape(name, verb):
    assert list(shape.faults(name, verb)) == []
    assert ("verb" in enumeration.decorators()[name]) != (name in shape.OWN_TRANSACTIONS)


def test_what_writes_is_a_verb_or_demands_the_transaction_of_one():
    decorators = enumeration.decorators()
    bare = {name for name in enumeration.writing() if not {"verb", "part"} & decorators[name]}
    allowed = set(shape.OWN_TRANSACTIONS) | set(shape.UNDECORATED)
    assert bare - allowed == set()
    assert {name for name, why in NO_VERBS.items() if why == PART} <= {
        name for name, found in decorators.items() if "part" in found
    }


def test_exceptions_from_the_shape_exist():
    known = {row.name for row in ROWS}
    assert shape.CHORES | set(shape.OWN_TRANSACTIONS) <= known
    assert set(shape.UNDECORATED) <= enumeration.writing()


@pytest.fixture(scope="module")
def _as_it_was(world, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(OPEN_AT):
        given.put_up(world)
    return pickle.dumps(world)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_consequences(_as_it_was, row):
    # User objects cache their roles and positions, so each row uses its own.
    world = pickle.loads(_as_it_was)
    with clock.at(OPEN_AT + row.later):
        call = row.given(world)
        past = effects.before()
        row.verb(*call.args, **call.options)
        assert effects.since(past, world, row.by) == sorted(row.wrote)
        if row.again == ONCE:
            return
        past, refusal = effects.before(), ""
        try:
            row.verb(*call.args, **call.options)
        except Refused as error:
            refusal = type(error).__name__
        wrote = effects.since(past, world, row.by)
    if isinstance(row.again, str) and row.again != SAME:
        assert (refusal, wrote) == (row.again, [])
    else:
        assert (refusal, wrote) == ("", sorted(row.wrote if row.again == SAME else row.again))
