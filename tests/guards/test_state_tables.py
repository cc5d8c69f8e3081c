"""Every state and every legal transition, listed once more, so that none is added or removed unnoticed."""

import ast
import itertools
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from services.models import Letter, Request
from sop.models import SopVersion
from sop.states import OPEN
from tests.test_architecture import ROOT, modules
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.moves import Moves, StateField
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
# For each state column: every verb with the states it leads from and the one it leads to.
VERBS = {
    "core.Notice.state": {
        "send": ("waiting", "sent"),
        "give_up": ("waiting", "failed"),
        "suppress": ("waiting", "suppressed"),
        "retry": ("failed", "waiting"),
    },
    "services.Letter.state": {"issue": ("reserved", "issued"), "withdraw": ("issued", "withdrawn")},
    "services.Request.state": {
        "submit": ("draft", "submitted"),
        "begin": ("submitted in_progress", "in_progress"),
        "ask": ("in_progress", "waiting_applicant"),
        "answer": ("waiting_applicant", "in_progress"),
        "take_back": ("in_progress waiting_applicant completed rejected", "in_progress"),
        "rest_again": ("in_progress", "submitted"),
        "ask_again": ("in_progress", "waiting_applicant"),
        "complete": ("in_progress", "completed"),
        "reject": ("in_progress waiting_applicant", "rejected"),
        "withdraw": ("submitted in_progress waiting_applicant", "withdrawn"),
    },
    "services.Service.state": {
        "publish": ("draft published withdrawn", "published"),
        "withdraw": ("published", "withdrawn"),
    },
    "services.StepRun.outcome": {
        outcome: (None, outcome) for outcome in ("done", "yes", "no", "skipped", "cancelled", "undone")
    },
    "sop.Correction.state": {
        "take": ("open", "taken"),
        "decline": ("open", "declined"),
        "withdraw": ("open", "withdrawn"),
    },
    "sop.SopVersion.state": {
        "verify": ("draft", "verified"),
        "approve": ("verified", "approved"),
        "return": ("verified", "draft"),
        "record": ("draft verified", "approved"),
        "publish": ("approved", "published"),
        "withdraw": ("approved published", "withdrawn"),
        "replace": ("draft verified", "draft"),
    },
    "visitors.Booking.state": {
        "arrive": ("booked missed displaced", "arrived"),
        "miss": ("booked", "missed"),
        "cancel": ("booked displaced", "cancelled"),
        "move": ("booked displaced", "booked"),
        "displace": ("booked", "displaced"),
        "seat_again": ("displaced", "booked"),
    },
    "visitors.Slot.state": {
        "open": ("open off dropped", "open"),
        "switch_off": ("open off dropped", "off"),
        "drop": ("open off dropped", "dropped"),
        "close": ("open off dropped closed", "closed"),
        "release": ("closed", "dropped"),
    },
    "visitors.Ticket.state": {
        "call_next": ("waiting", "called"),
        "call_particular": ("waiting", "called"),
        "resume": ("held", "called"),
        "recall": ("called", "called"),
        "no_show": ("called", "no_show"),
        "report_back": ("no_show", "waiting"),
        "start_serving": ("called", "serving"),
        "hold": ("called serving", "held"),
        "transfer": ("waiting called serving held", "waiting"),
        "finish": ("called serving", "finished"),
        "leave_queue": ("waiting called held", "cancelled"),
    },
}
# Additional transitions: those that undo others.
UNDONE = {
    "visitors.Ticket.state": "call_next call_particular resume no_show start_serving hold transfer finish leave_queue"
}
# Changes that one save may combine: before and after.
FOLDED = {
    "services.Request.state": """submitted>waiting_applicant submitted>completed submitted>rejected
        waiting_applicant>completed waiting_applicant>submitted completed>submitted completed>waiting_applicant
        rejected>submitted rejected>waiting_applicant"""
}


def columns():
    """Every state column, by model and name."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, StateField):
                found[f"{model._meta.label}.{field.name}"] = field
    return found


def ways(name):
    """Every (verb, before, after) of a column, as listed here."""
    for verb, (sources, target) in VERBS[name].items():
        for source in [""] if sources is None else sources.split():
            yield verb, source, target


def pairs(name):
    """Every change that one save may make in a column, as listed here."""
    found = {(before, after) for _verb, before, after in ways(name)}
    found |= {(after, before) for verb, before, after in ways(name) if verb in UNDONE.get(name, "").split()}
    found |= {tuple(each.split(">")) for each in FOLDED.get(name, "").split()}
    return {(before, after) for before, after in found if before != after}


def test_every_state_of_every_model_is_written_down_here():
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.name == "state" and field.choices:
                found[model._meta.label] = " ".join(value for value, _words in field.choices)
                assert isinstance(field, StateField)
    assert found == STATES


def test_every_column_of_states_has_its_moves():
    assert set(columns()) == set(VERBS)
    for name, field in columns().items():
        assert (field.moves.table, field.moves.column) == (field.model._meta.db_table, field.column), name
        assert {move.verb for move in field.moves.moves} == set(VERBS[name])
        # Every state is reachable, and the table contains no others.
        states = {value for value, _words in field.choices}
        targets = {move.target for move in field.moves.moves}
        assert targets | {field.get_default()} == states | ({""} & {field.get_default()}), name


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_leads_where_it_is_written_here_and_nowhere_else(name):
    field, legal = columns()[name], {(verb, before): after for verb, before, after in ways(name)}
    for verb in VERBS[name]:
        for state in [*(value for value, _words in field.choices), *([""] if field.column == "outcome" else [])]:
            row = field.model(**{field.name: state})
            assert field.moves.applies(verb, state) == ((verb, state) in legal)
            if (verb, state) in legal:
                field.moves.make(row, verb)
            else:
                with pytest.raises(Outdated):
                    field.moves.make(row, verb)
            assert getattr(row, field.name) == legal.get((verb, state), state)


@pytest.mark.django_db
@pytest.mark.parametrize("name", VERBS)
def test_the_database_lets_through_what_is_written_here_and_nothing_else(name):
    field = columns()[name]
    moves = Moves("core_tried", *field.moves.moves, column=field.column, folded=field.moves.folded)
    states = sorted({state for pair in pairs(name) for state in pair} | {value for value, _words in field.choices})
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE core_tried ({field.column} text NOT NULL)")
        cursor.execute(moves.guard)
        passed = set()
        for before, after in itertools.permutations(states, 2):
            cursor.execute(f"TRUNCATE core_tried; INSERT INTO core_tried VALUES ('{before}')")
            try:
                with transaction.atomic():
                    cursor.execute(f"UPDATE core_tried SET {field.column} = %s", [after])
                passed.add((before, after))
            except IntegrityError as error:
                assert error.__cause__.diag.constraint_name == "tried_moves"
                assert f"no move leads from {before} to {after}" in str(error)
        # Saving the same state is not a change.
        cursor.execute(f"UPDATE core_tried SET {field.column} = {field.column}")
    assert passed == pairs(name) == field.moves.pairs


@pytest.mark.django_db
def test_the_triggers_stand_on_their_tables_as_they_are_made_of_the_moves():
    def found():
        return rows("SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname ~ '_moves$'")

    before = found()
    with connection.cursor() as cursor:
        for field in columns().values():
            cursor.execute(field.moves.guard)
    assert len(before) == len(VERBS) and sorted(found()) == sorted(before)


def said_of(states, text):
    """The states that a trigger's definition names."""
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


def written_past_the_moves(path):
    """Calls ``….update(state=…)`` in a module, which bypass the transition table."""
    names = {name.rpartition(".")[2] for name in VERBS}
    for node in ast.walk(ast.parse(path.read_text())):
        called = node.func if isinstance(node, ast.Call) else None
        is_update = isinstance(called, ast.Attribute) and called.attr == "update"
        if is_update and names & {keyword.arg for keyword in node.keywords}:
            yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_statement_writes_a_state_past_its_moves():
    assert [found for path in modules() for found in written_past_the_moves(path)] == []
    # Among all SQL texts only the call of the next number writes a state; the inbox stores a copy of one.
    text = {path.name: path.read_text() for app in apps.get_app_configs() for path in Path(app.path).glob("sql/*.sql")}
    changed = {name for name, sql in text.items() if re.search(r"SET\s[^;]*\b(state|outcome)\s*=", sql)}
    assert changed == {"call_next.sql", "inbox_row.sql"}


def test_every_move_is_made_by_some_verb():
    said = {
        node.value
        for path in modules()
        if path.name != "states.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made_in_sql = {"call_next"}
    outcomes = set(VERBS["services.StepRun.outcome"])
    assert {verb for verbs in VERBS.values() for verb in verbs} - outcomes - made_in_sql <= said
