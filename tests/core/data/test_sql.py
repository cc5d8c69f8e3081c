"""The functions and triggers of a migrated database are those of ``<app>/sql``, which migrations execute."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from ula_portal.core.data.schema import FLOORS
from ula_portal.core.data.sql import SqlText, fingerprint, names_of, text_of

# Only the portal's own functions, not those of extensions.
FUNCTIONS = """
SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""
TRIGGERS = """
SELECT t.tgname || ' ON ' || t.tgrelid::regclass, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


@pytest.fixture(scope="module")
def carried():
    """Each text that a migration executes: app, name, migration, fingerprint; in an order of execution."""
    loader = MigrationLoader(None)
    order = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    return [
        (key[0], operation.name, key[1], operation.fingerprint)
        for key in dict.fromkeys(order)
        for operation in loader.get_migration(*key).operations
        if isinstance(operation, SqlText)
    ]


def test_every_text_is_carried_by_one_migration_as_it_is_now(carried):
    texts = {(label, name) for label in FLOORS for name in names_of(label)}
    assert {(app, name) for app, name, *_ in carried} - texts == set()
    wrong = []
    for key in sorted(texts):
        path, now = "/sql/".join(key), fingerprint(text_of(*key))
        said = {migration: mark for *of, migration, mark in carried if tuple(of) == key}
        operation = f'SqlText("{key[1]}", "{now}")'
        if not said:
            wrong.append(f"{path}: no migration carries it; add one with {operation}")
        elif len(said) > 1:
            wrong.append(f"{path}: leave it to the newest of {[*said]}")
        elif now not in said.values():
            wrong.append(
                f"{path} changed: take it out of {[*said]} and add a migration with {operation};"
                " while no office has run the old one, the new fingerprint there is enough"
            )
    assert wrong == []


def held(cursor):
    found = {}
    for query in (FUNCTIONS, TRIGGERS):
        cursor.execute(query)
        found |= dict(cursor.fetchall())
    return found


def differences(cursor, carried) -> dict[str, str]:
    """Differences between the database and the texts, which this transaction executes again."""
    before = held(cursor)
    for name in before:
        cursor.execute(f"DROP {'TRIGGER' if ' ON ' in name else 'FUNCTION'} IF EXISTS {name} CASCADE")
    assert held(cursor) == {}
    # Twice, because a changed text is executed over its earlier version.
    for app, name, *_ in 2 * carried:
        cursor.execute(text_of(app, name))
    texts = held(cursor)
    return {
        name: "only in the database" if name not in texts else "only in a text" if name not in before else "differs"
        for name in sorted(before.keys() | texts.keys())
        if before.get(name) != texts.get(name)
    }


@pytest.mark.django_db
def test_the_database_holds_what_the_texts_say(carried):
    with connection.cursor() as cursor:
        assert len(held(cursor)) > 50
        assert differences(cursor, carried) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "CREATE OR REPLACE TRIGGER slot_holds BEFORE UPDATE OF capacity ON visitors_slot"
            " FOR EACH ROW WHEN (NEW.capacity < OLD.capacity - 1) EXECUTE FUNCTION visitors_slot_holds()",
            {"slot_holds ON visitors_slot": "differs"},
        ),
        ("ALTER TABLE core_journalentry DISABLE TRIGGER append_only", {"append_only ON core_journalentry": "differs"}),
        ("DROP TRIGGER one_place_lost ON services_steprun", {"one_place_lost ON services_steprun": "only in a text"}),
        (
            "CREATE TRIGGER another BEFORE UPDATE ON sop_sop FOR EACH ROW EXECUTE FUNCTION portal_append_only()",
            {"another ON sop_sop": "only in the database"},
        ),
        (
            "CREATE OR REPLACE FUNCTION core_one_address() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RETURN NEW; END $$",
            {"core_one_address()": "differs"},
        ),
        (
            "CREATE FUNCTION another() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            {"another()": "only in the database"},
        ),
    ],
)
def test_what_is_changed_in_the_database_alone_is_found(carried, change, found):
    with connection.cursor() as cursor:
        cursor.execute(change)
        assert differences(cursor, carried) == found
