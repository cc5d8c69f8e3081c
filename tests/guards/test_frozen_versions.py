"""An approved SOP version is frozen column by column, its parts row by row; none of its editors decides on it."""

import itertools
import re

import pytest
from django.db import IntegrityError, connection, transaction

from sop.models import SopVersion
from sop.rules.queries.flows import FROZEN
from sop.states import OPEN
from tests.guards.judged import allowed, refused

from .catalogue import columns_of, insert, other_value, plant, rows
from .rows_core_sop import FILE

pytestmark = pytest.mark.django_db
State = SopVersion.State
# Columns that may still change once a version is approved.
MUTABLE_COLUMNS = {"state", "effective_to", "published_by_id", "published_at", "withdrawn_at"}
DATES = {"effective_from": "2026-03-02", "effective_to": "2026-03-02", "decree_date": "2026-03-01"}
APPROVED = {"approved_by_id": 8, "approved_at": "2026-03-02 03:00+00", "decree": "1", "author_id": 7}
PARTS = ("sop_actor", "sop_step", "sop_stepactor")


def version(state, **values):
    said = DATES | APPROVED if state in FROZEN else {}
    return plant("sop_sopversion", state=state, on_paper=False, is_opening=False, **said | values)


def body_of(function):
    ((body,),) = rows("SELECT prosrc FROM pg_proc WHERE proname = %s", function)
    return body


def quoted(text):
    return set(re.findall(r"'(\w+)'", text))


def test_states_and_columns_are_those_that_the_triggers_name():
    assert {*FROZEN, *OPEN} == set(State.values) and not set(FROZEN) & set(OPEN)
    body = body_of("sop_version_frozen")
    assert quoted(re.search(r"mutable_columns text\[\] := ARRAY\[(.+?)\]", body)[1]) == MUTABLE_COLUMNS
    assert quoted(re.search(r"OLD.state NOT IN \((.+?)\)", body)[1]) == set(FROZEN)
    assert quoted(re.search(r"NEW.state IN \((.+?)\)", body)[1]) == set(OPEN)
    assert quoted(re.search(r"state IN \((.+?)\)", body_of("sop_part_frozen"))[1]) == set(FROZEN)
    decided = body_of("sop_version_decided")
    assert quoted(re.search(r"before IN \((.+?)\)", decided)[1]) == set(FROZEN)


@pytest.mark.parametrize("state", FROZEN)
def test_no_other_column_of_a_frozen_version_changes(state):
    row = version(state)
    columns = columns_of("sop_sopversion")
    assert columns.keys() > MUTABLE_COLUMNS and len(columns) > 35
    for column in columns.keys() - MUTABLE_COLUMNS:
        value = other_value(columns[column], row.get(column))
        refused("frozen", f"UPDATE sop_sopversion SET {column} = %s", value)
    for column in MUTABLE_COLUMNS - {"state", "effective_to"}:
        allowed(f"UPDATE sop_sopversion SET {column} = %s", other_value(columns[column], None))
    allowed("UPDATE sop_sopversion SET effective_to = '2026-03-09'")
    for back in OPEN:
        refused("frozen", "UPDATE sop_sopversion SET state = %s", back)
    refused("frozen", "DELETE FROM sop_sopversion")


@pytest.mark.parametrize("state", OPEN)
def test_an_open_version_changes_and_goes(state):
    version(state)
    allowed("UPDATE sop_sopversion SET name = 'lain'")
    allowed("DELETE FROM sop_sopversion")


@pytest.mark.parametrize("table", PARTS)
@pytest.mark.parametrize("state", State.values)
def test_parts_of_a_frozen_version_neither_come_nor_change_nor_go(state, table):
    version(state, id=1)
    version("draft", id=2, sop_id=2)
    if table == "sop_stepactor":
        plant("sop_step", id=1, version_id=1)
        plant("sop_step", id=2, version_id=2)
    owner = "step_id" if table == "sop_stepactor" else "version_id"
    known = {"kind": "external", "position_id": None} if table == "sop_actor" else {}
    row = plant(table, id=1, **{owner: 1}, **known)
    other = plant(table, id=2, **{owner: 2}, **known)
    free = state in OPEN
    try_it = allowed if free else lambda *said: refused("frozen", *said)
    for column, kind in columns_of(table).items():
        if column in ("id", owner, "kind", "position_id"):
            continue
        try_it(f'UPDATE {table} SET "{column}" = %s WHERE id = 1', other_value(kind, row.get(column)))
    try_it(f"UPDATE {table} SET id = 9 WHERE id = 1")
    if table == "sop_actor":
        try_it("UPDATE sop_actor SET kind = 'applicant' WHERE id = 1")
    try_it(f"DELETE FROM {table} WHERE id = 1")
    # Neither from a frozen version to a draft nor vice versa.
    places = {"order": 9, "no": 9, "name": "lain", "actor_id": 9}
    moved = "".join(f', "{name}" = %s' for name in places if name in row)
    values = [value for name, value in places.items() if name in row]
    try_it(f"UPDATE {table} SET {owner} = 2{moved} WHERE id = 1", *values)
    try_it(f"UPDATE {table} SET {owner} = 1{moved} WHERE id = 2", *values)
    new = other | {"id": 3, owner: 1} | {name: value for name, value in places.items() if name in row}
    if free:
        with transaction.atomic():
            insert(table, new)
            transaction.set_rollback(True)
    else:
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            insert(table, new)


# Who decides


def however_it_came_there():
    """Disable the trigger on state changes, since each of the other guards has to hold without it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sop_sopversion DISABLE TRIGGER sopversion_moves")


WRITERS = {"author": ({"author_id": 1}, 0), "editor": ({"author_id": 5}, 1), "nobody": ({"author_id": 5}, 0)}


@pytest.mark.parametrize(
    ("writer", "decider", "state"),
    [*itertools.product(WRITERS, ("verified_by_id", "approved_by_id"), ("verified", "approved", "published"))],
)
def test_whoever_wrote_a_version_does_not_decide_on_it(writer, decider, state):
    however_it_came_there()
    said, edits = WRITERS[writer]
    row = version("draft", **said)
    if edits:
        plant("sop_versioneditor", version_id=1, user_id=1)
    # Other editors of the version, and other versions that the person edited, do not matter.
    plant("sop_versioneditor", id=2, version_id=1, user_id=9)
    plant("sop_versioneditor", id=3, version_id=9, user_id=1)
    deciding = {"verified_by_id": 2, "approved_by_id": 3, "approved_at": "2026-03-02 03:00+00", "state": state}
    deciding |= {decider: 1} | DATES
    sql = f"UPDATE sop_sopversion SET {', '.join(f'{name} = %s' for name in deciding)}"
    # Nobody in the portal decided on a version that was recorded from paper.
    deciding_on_paper = {"on_paper": True, "approved_by_id": None, "decree": "1", "decree_scan_id": FILE}
    deciding_on_paper |= {"recorded_by_id": 1, "recorded_at": "2026-03-02", "verified_by_id": 1, "state": state} | DATES
    on_paper = f"UPDATE sop_sopversion SET {', '.join(f'{name} = %s' for name in deciding_on_paper)}"
    allowed(on_paper, *deciding_on_paper.values())
    if writer == "nobody":
        allowed(sql, *deciding.values())
        return
    author_approves = (writer, decider) == ("author", "approved_by_id")
    refused("whoever wrote|sop_author_is_not_approver" if author_approves else "whoever wrote", sql, *deciding.values())
    if not edits:
        with pytest.raises(IntegrityError, match=r"whoever wrote|author_is_not_approver"), transaction.atomic():
            insert("sop_sopversion", row | {"id": 2, "ordinal": 2} | deciding)


@pytest.mark.parametrize("earlier", FROZEN)
def test_declared_in_force_at_the_opening_only_before_any_other_version(earlier):
    row = version("draft")
    however_it_came_there()
    # Of another SOP, then of the same.
    version(earlier, id=2, ordinal=2, sop_id=row["sop_id"] + 1)
    recorded = "on_paper = true, decree = '1', recorded_by_id = 1, recorded_at = '2026-03-02'"
    sql = f"UPDATE sop_sopversion SET state = 'approved', is_opening = true, {recorded}"
    sql += ", decree_date = '2026-03-01', effective_from = '2026-03-02', effective_to = '2026-03-02' WHERE id = 1"
    allowed(sql)
    version(earlier, id=3, ordinal=3, sop_id=row["sop_id"])
    refused("only the first version", sql)


@pytest.mark.parametrize("state", ["approved", "published"])
def test_in_force_from_the_day_of_its_approval_by_the_offices_clock(state):
    version("draft", **DATES)
    however_it_came_there()
    changed = "state = %s, approved_by_id = 3, effective_from = %s, effective_to = %s, approved_at = %s"
    sql = f"UPDATE sop_sopversion SET {changed}"
    late = "2026-03-02 16:59+00"
    allowed(sql, state, "2026-03-02", "2026-03-02", late)
    refused("takes effect", sql, state, "2026-03-01", "2026-03-01", late)
    refused("takes effect", sql, state, "2026-03-02", "2026-03-02", "2026-03-02 17:00+00")
    if state == "approved":
        refused("takes effect", sql, state, None, None, late)


@pytest.mark.parametrize("state", State.values)
def test_only_a_draft_gets_editors_and_nobody_stops_being_one(state):
    version(state)
    new = "INSERT INTO sop_versioneditor (version_id, user_id, since) VALUES (1, 2, now())"
    allowed(new) if state == "draft" else refused("only a draft", new)
    row = plant("sop_versioneditor", version_id=1, user_id=1)
    connection.cursor().execute("SET CONSTRAINTS stays IMMEDIATE")
    for column, kind in columns_of("sop_versioneditor").items():
        refused("stays its editor", f"UPDATE sop_versioneditor SET {column} = %s", other_value(kind, row[column]))
    refused("stays its editor", "DELETE FROM sop_versioneditor")
    if state in OPEN:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM sop_sopversion")
            cursor.execute("DELETE FROM sop_versioneditor")
            transaction.set_rollback(True)
