"""Every state that a thing can be in and every legal move, written down once more: none comes or goes unseen."""

import re

import pytest
from django.apps import apps

from services import states as cases
from services.models import Letter, Request
from sop.models import SopVersion
from sop.states import OPEN
from ula_portal.core.data.errors import Outdated
from visitors import states as queue
from visitors.models import Booking, Ticket

from .catalogue import CHECKS, UNIQUES, rows

STATES = {
    "core.Notice": "waiting sent failed suppressed",
    "services.Letter": "reserved issued withdrawn",
    "services.Request": "draft submitted in_progress waiting_applicant completed rejected withdrawn",
    "services.Service": "draft published withdrawn",
    "sop.Correction": "open taken declined withdrawn",
    "sop.SopVersion": "draft verified approved published withdrawn",
    "visitors.Booking": "booked arrived missed cancelled displaced",
    "visitors.Slot": "open closed off dropped",
    "visitors.Ticket": "waiting called serving held finished no_show cancelled",
}
CASE_MOVES = {
    "submit": {"draft": "submitted"},
    "begin": {"submitted": "in_progress", "in_progress": "in_progress"},
    "ask": {"in_progress": "waiting_applicant"},
    "answer": {"waiting_applicant": "in_progress"},
    "take_back": dict.fromkeys(["in_progress", "waiting_applicant", "completed", "rejected"], "in_progress"),
    "rest_again": {"in_progress": "submitted"},
    "ask_again": {"in_progress": "waiting_applicant"},
    "complete": {"in_progress": "completed"},
    "reject": {"in_progress": "rejected", "waiting_applicant": "rejected"},
    "withdraw": dict.fromkeys(["submitted", "in_progress", "waiting_applicant"], "withdrawn"),
}
LETTER_MOVES = {"issue": {"reserved": "issued"}, "withdraw": {"issued": "withdrawn"}}
TICKET_MOVES = {
    "call_next": {"waiting": "called"},
    "call_particular": {"waiting": "called"},
    "resume": {"held": "called"},
    "recall": {"called": "called"},
    "no_show": {"called": "no_show"},
    "report_back": {"no_show": "waiting"},
    "start_serving": {"called": "serving"},
    "hold": {"called": "held", "serving": "held"},
    "transfer": dict.fromkeys(["waiting", "called", "serving", "held"], "waiting"),
    "finish": {"called": "finished", "serving": "finished"},
    "leave_queue": dict.fromkeys(["waiting", "called", "held"], "cancelled"),
}


def test_every_state_of_every_model_is_written_down_here():
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.name == "state" and field.choices:
                found[model._meta.label] = " ".join(value for value, _words in field.choices)
    assert found == STATES


@pytest.mark.parametrize(
    ("moves", "wanted", "model"),
    [(cases.REQUEST_MOVES, CASE_MOVES, Request), (cases.LETTER_MOVES, LETTER_MOVES, Letter)],
)
def test_a_case_and_its_letter_move_as_written_here_and_not_otherwise(moves, wanted, model):
    assert {move.verb for move in moves} == set(wanted)
    for verb, ways in wanted.items():
        for state in model.State.values:
            if state in ways:
                assert cases.target_of(moves, state, verb) == ways[state]
            else:
                with pytest.raises(Outdated):
                    cases.target_of(moves, state, verb)


def test_a_number_moves_as_written_here_and_not_otherwise():
    assert set(queue.MOVES) == set(TICKET_MOVES)
    for verb, ways in TICKET_MOVES.items():
        assert {queue.MOVES[verb][1]} == set(ways.values())
        for state in Ticket.State.values:
            assert queue.may(verb, state) == (state in ways)


def said_of(states, text):
    """Those of the states that a definition names."""
    return set(re.findall(r"'(\w+)'", text)) & set(states.values)


INDEXES = {
    "one_live_ticket_per_visit": (Ticket, Ticket.LIVE_STATES),
    "one_called_ticket_per_session": (Ticket, queue.AT_COUNTER),
    "sop_one_open_draft": (SopVersion, OPEN),
    "one_coming_booking_per_request": (Booking, ("booked",)),
    "one_valid_letter_per_request": (Letter, ("issued",)),
    "one_reserved_letter_per_request": (Letter, ("reserved",)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", INDEXES)
def test_the_database_means_the_same_states(name):
    model, states = INDEXES[name]
    definition = next(row[2] for row in rows(UNIQUES) if row[0] == name)
    assert said_of(model.State, definition) == {str(state) for state in states}


@pytest.mark.django_db
def test_lists_of_states_part_all_of_them():
    assert {*Ticket.LIVE_STATES} | {*queue.ENDED} == set(Ticket.State.values)
    assert not {*Ticket.LIVE_STATES} & {*queue.ENDED}
    closed = {"completed", "rejected", "withdrawn"}
    assert {"draft", *Request.OPEN_STATES} | closed == set(Request.State.values)
    checks = {name: definition for name, _table, definition in rows(CHECKS)}
    assert said_of(Request.State, checks["request_closed_when_ended"]) == set(Request.State.values)
    assert said_of(Ticket.State, checks["called_ticket_has_session"]) == {str(state) for state in queue.AT_COUNTER}
    assert {*Booking.SEATED} == {"booked", "arrived", "missed"} and {*Booking.COMING} == {"booked", "displaced"}
    ((at_one_place,),) = rows("SELECT prosrc FROM pg_proc WHERE proname = 'services_case_is_at_one_place'")
    open_ones = re.search(r"now_state IN \((.+?)\)", at_one_place)[1]
    assert said_of(Request.State, open_ones) == set(Request.OPEN_STATES)
