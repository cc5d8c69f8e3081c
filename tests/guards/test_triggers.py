"""Every trigger of the database is listed and tried here; the list is checked against the database's catalogue."""

import re

import pytest
from django.db import IntegrityError, connection, transaction

from services.models import Request
from tests.guards.judged import allowed, refused

from .catalogue import TRIGGERS, columns_of, insert, other_value, plant, rows
from .rows_core_sop import FILE

pytestmark = pytest.mark.django_db
APPEND_ONLY = ("core_journalentry", "core_journalseal", "services_timelineentry", "visitors_queueevent")
ONE_PLACE = {
    "services_request": ("one_place_moved", "one_place_new"),
    "services_steprun": ("one_place_finished", "one_place_lost", "one_place_offered"),
    "services_pause": ("one_place_paused", "one_place_resumed"),
}
# Tables with a trigger on state changes (test_state_tables.py).
WITH_STATES = ("core_notice", "services_letter", "services_request", "services_service", "services_steprun")
WITH_STATES += ("sop_correction", "sop_sopversion", "visitors_booking", "visitors_slot", "visitors_ticket")
# Triggers that refuse something.
GUARDS = {
    *((table, name) for table in APPEND_ONLY for name in ("append_only", "append_only_truncate")),
    *((table, name) for table, names in ONE_PLACE.items() for name in names),
    *((table, f"{table.partition('_')[2]}_moves") for table in WITH_STATES),
    ("account_emailaddress", "one_address"),
    ("services_field", "frozen"),
    ("services_formpage", "frozen"),
    ("services_formversion", "frozen"),
    ("services_letter", "letter_is_whole"),
    ("services_pastholding", "past_holding_stays"),
    ("services_steprun", "finished_run_stays"),
    ("sop_actor", "frozen"),
    ("sop_sopversion", "decided"),
    ("sop_sopversion", "frozen"),
    ("sop_step", "frozen"),
    ("sop_stepactor", "frozen"),
    ("sop_versioneditor", "of_draft"),
    ("sop_versioneditor", "stays"),
    ("visitors_booking", "booking_fits"),
    ("visitors_slot", "slot_holds"),
}
# Triggers that keep an index up to date (tests/sop/library/test_library.py, tests/services/inbox/test_inbox.py).
KEEPERS = {
    ("core_unit", "searchable"),
    ("services_request", "inbox_changed"),
    ("services_request", "inbox_new"),
    ("services_service", "inbox_unit"),
    ("services_steprun", "inbox_changed"),
    ("services_steprun", "inbox_new"),
    ("sop_sop", "searchable"),
    ("sop_sopversion", "searchable"),
    ("sop_sopversion", "searchable_on"),
}
# Columns of a finished run, and of a past custody of an original, that never change.
RUN_STAYS = ["request_id", "step_id", "ordinal", "offered_at", "started_at", "finished_at", "outcome"]
RUN_STAYS += ["finished_by_id", "done_by_id", "recorded_from_paper", "happened_on", "sent_on", "deviation"]
RUN_STAYS += ["taken_back_at"]
RUN_MOVES = ["id", "led_by", "position_id", "unit_id", "assignee_id", "due_at", "worked_seconds", "note", "paper_id"]
RUN_MOVES += ["deviation_reason", "undo"]
HOLDING_STAYS = ["shelf", "kept_at", "returned_at", "returned_by_id"]
HOLDING_MOVES = ["id", "document_id", "returned_to"]


def definition(table, name):
    return next(row[3] for row in rows(TRIGGERS) if row[:2] == (table, name))


def test_every_trigger_is_named_here():
    assert {row[:2] for row in rows(TRIGGERS)} == GUARDS | KEEPERS


def test_what_is_append_only_is_read_from_the_catalogue():
    found = [row[:2] for row in rows(TRIGGERS) if row[2] == "portal_append_only"]
    assert {table for table, _name in found} == set(APPEND_ONLY) and len(found) == 2 * len(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_column_of_these_tables_changes_and_no_row_goes(table):
    row = plant(table)
    for column, kind in columns_of(table).items():
        if column == "xid":
            refused("append-only: UPDATE", f"UPDATE {table} SET xid = '1'::xid8")
            continue
        refused("append-only: UPDATE", f'UPDATE {table} SET "{column}" = %s', other_value(kind, row.get(column)))
    refused("append-only: DELETE", f"DELETE FROM {table}")
    # Test databases may be emptied; in any other this trigger refuses it.
    assert "BEFORE TRUNCATE" in definition(table, "append_only_truncate")
    assert "FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only()" in definition(table, "append_only_truncate")


def test_an_account_has_no_second_address():
    refused(
        "one address",
        "INSERT INTO account_emailaddress (email, verified, \"primary\", user_id) VALUES ('a', true, true, 1)",
    )
    plant("account_emailaddress", email="a@b.id")
    refused("one address", "UPDATE account_emailaddress SET verified = true")


# Immutable rows and columns


def judged(table, name):
    """Columns that a trigger compares before and after."""
    return set(re.findall(r"old\.(\w+)", definition(table, name)))


def test_every_column_of_a_run_and_of_a_past_stay_either_stays_or_moves():
    assert judged("services_steprun", "finished_run_stays") == set(RUN_STAYS)
    assert judged("services_pastholding", "past_holding_stays") == set(HOLDING_STAYS)
    assert set(columns_of("services_steprun")) == {*RUN_STAYS, *RUN_MOVES}
    assert set(columns_of("services_pastholding")) == {*HOLDING_STAYS, *HOLDING_MOVES}


@pytest.mark.parametrize("column", RUN_STAYS + RUN_MOVES)
def test_of_a_finished_run_only_what_may_move_moves(column):
    finished = {"finished_at": "2026-03-02 09:00", "started_at": "2026-03-02 08:00", "offered_at": "2026-03-02 07:00"}
    told = {"outcome": "done", "deviation": "", "deviation_reason": "", "note": "", "recorded_from_paper": False}
    run = plant("services_steprun", **finished, **told, taken_back_at="2026-03-02 09:00:30")
    value = other_value(columns_of("services_steprun")[column], run.get(column))
    try_it = allowed if column in RUN_MOVES else lambda *said: refused("what happened stays", *said)
    try_it(f"UPDATE services_steprun SET {column} = %s", value)


def test_a_run_at_work_is_taken_back_and_may_change():
    plant("services_steprun", started_at="2026-03-02 08:00", offered_at="2026-03-02 07:00", outcome="", deviation="")
    allowed("UPDATE services_steprun SET started_at = '2026-03-02 08:30'")
    allowed("UPDATE services_steprun SET finished_at = '2026-03-02 09:00', outcome = 'done'")


@pytest.mark.parametrize("column", HOLDING_STAYS + HOLDING_MOVES)
def test_of_a_past_stay_only_what_may_move_moves(column):
    stay = plant("services_pastholding", kept_at="2026-03-01", returned_at="2026-03-04")
    value = other_value(columns_of("services_pastholding")[column], stay[column])
    try_it = allowed if column in HOLDING_MOVES else lambda *said: refused("what happened stays", *said)
    try_it(f"UPDATE services_pastholding SET {column} = %s", value)


# Letters


@pytest.mark.parametrize("state", ["reserved", "issued", "withdrawn"])
def test_a_letter_with_an_open_place_is_not_issued_and_its_subject_stays(state):
    letter = {
        "state": state,
        "body": "Kepada ……",
        "subject": '[["Nama", "A"]]',
        "file_id": FILE,
        "issued_at": "2026-03-02",
    }
    row = plant("services_letter", **letter)
    if state == "withdrawn":
        refused(
            "no move leads from withdrawn to issued", "UPDATE services_letter SET state = 'issued', body = 'Kepada Ani'"
        )
    if state == "reserved":
        refused("open place", "UPDATE services_letter SET state = 'issued'")
        refused("open place", "UPDATE services_letter SET state = 'issued', body = '……'")
        allowed("UPDATE services_letter SET state = 'issued', body = 'Kepada Ani'")
        with pytest.raises(IntegrityError, match="open place"), transaction.atomic():
            insert("services_letter", row | {"id": 2, "state": "issued"})
    change = 'UPDATE services_letter SET subject = \'[["Nama", "B"]]\''
    allowed(change) if state == "reserved" else refused("its subject stays", change)
    allowed("UPDATE services_letter SET subject = '[]'")


# A case is at exactly one place

OPEN_RUN = {"finished_at": None, "outcome": "", "started_at": None, "deviation": ""}
BREAKS = {
    "one_place_new": ("in_progress", False, "INSERT INTO services_request {new}", "0 open runs"),
    "one_place_moved": (
        "in_progress",
        True,
        "UPDATE services_request SET state = 'withdrawn', closed_at = now()",
        "1 open run",
    ),
    "one_place_offered": ("draft", False, "INSERT INTO services_steprun {run}", "1 open run"),
    "one_place_finished": (
        "in_progress",
        True,
        "UPDATE services_steprun SET outcome = 'done', started_at = offered_at, finished_at = offered_at",
        "0 open runs",
    ),
    "one_place_lost": ("in_progress", True, "DELETE FROM services_steprun", "0 open runs"),
    "one_place_paused": ("in_progress", True, "INSERT INTO services_pause {pause}", "1 open pause"),
    "one_place_resumed": ("waiting_applicant", True, "UPDATE services_pause SET to_at = from_at", "0 open pauses"),
}


def test_every_guard_of_the_one_place_is_tried():
    assert set(BREAKS) == {name for names in ONE_PLACE.values() for name in names}


OPEN_STATES = ("submitted", "in_progress", "waiting_applicant")
CLOSED_STATES = ("completed", "rejected", "withdrawn")
PLACES = {(name, breaks[0]) for name, breaks in BREAKS.items()}
PLACES |= {("one_place_new", state) for state in OPEN_STATES} | {("one_place_lost", state) for state in OPEN_STATES}
PLACES |= {("one_place_offered", state) for state in CLOSED_STATES}


def test_every_state_of_a_request_is_open_or_closed_or_a_draft():
    assert {"draft", *OPEN_STATES, *CLOSED_STATES} == set(Request.State.values)


@pytest.mark.parametrize(("name", "state"), sorted(PLACES))
def test_a_case_is_at_exactly_one_place(name, state):
    _state, run, sql, match = BREAKS[name]
    numbered = {"state": state, "received_at": "2026-03-02", "sop_version_id": 1, "number": "1"}
    numbered |= {"closed_at": "2026-03-02"} if state in CLOSED_STATES else {}
    request = plant("services_request", **numbered)
    if run:
        plant("services_steprun", request_id=1, **OPEN_RUN)
    if state == "waiting_applicant":
        plant("services_pause", request_id=1)
    connection.cursor().execute(f"SET CONSTRAINTS {name} IMMEDIATE")
    if "{" in sql:
        table = sql.split()[2]
        row = request | {"id": 2, "number": "2", "token_hash": "b"}
        if table != "services_request":
            row = plant(table, request_id=1, **(OPEN_RUN if table == "services_steprun" else {}))
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute("SET LOCAL session_replication_role = origin")
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            insert(table, row)
    else:
        refused(match, sql)


# Seats of appointments


@pytest.mark.parametrize("state", ["open", "closed", "off", "dropped"])
def test_seats_fit_their_slot_and_a_slot_its_seats(state):
    times = {"starts_at": "2026-03-02 08:00", "ends_at": "2026-03-02 09:00"}
    with connection.cursor() as cursor:
        # However a cancelled booking becomes active again.
        cursor.execute("ALTER TABLE visitors_booking DISABLE TRIGGER booking_moves")
    plant("visitors_slot", id=1, state="open", capacity=2, **times)
    plant("visitors_slot", id=2, state=state, capacity=2, **times, location_id=2)
    row = plant("visitors_booking", state="booked", slot_id=1, seat=2)
    for seat in (0, 3):
        refused("has no seat", "UPDATE visitors_booking SET seat = %s", seat)
    # The capacity may be reduced to the number of taken seats.
    for least in (1, 2):
        refused("more seats taken", "UPDATE visitors_slot SET capacity = 1 WHERE id = %s", 1)
        allowed("UPDATE visitors_slot SET capacity = %s WHERE id = 2", least)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE visitors_booking SET seat = 1")
        cursor.execute("UPDATE visitors_slot SET capacity = 1 WHERE id = 1")
        transaction.set_rollback(True)
    comes = allowed if state == "open" else lambda *said: refused("is not open", *said)
    comes("UPDATE visitors_booking SET slot_id = 2")
    other = row | {"id": 2, "slot_id": 2, "token_hash": "b", "code_hash": "b"}
    plant("visitors_booking", **other | {"seat": None, "state": "cancelled"})
    comes("UPDATE visitors_booking SET state = 'booked', seat = 1 WHERE id = 2")
    names = ", ".join(f'"{name}"' for name in other)
    new = f"INSERT INTO visitors_booking ({names}) VALUES ({', '.join(['%s'] * len(other))})"
    comes(new, *(other | {"id": 3, "token_hash": "c", "code_hash": "c"}).values())
    # An existing booking may stay, and may change its seat.
    plant("visitors_booking", **other | {"id": 3, "token_hash": "c", "code_hash": "c"})
    allowed("UPDATE visitors_booking SET seat = 1 WHERE id = 3")
