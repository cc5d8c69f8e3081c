"""The guards of the database according to its catalogue, each of which can be removed from a copy of the database.

These are triggers, check constraints, unique constraints and exclusions, and each single refusal in trigger functions.
Constraints that Django creates for a field's type, and tables of other packages, are not included.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TRIGGERS = """
SELECT relname, tgname, proname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
_CONSTRAINTS = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x') AND conname !~ '_(check|uniq)$'
ORDER BY 1, 2
"""
_INDEXES = """
SELECT tables.relname, indexes.relname, pg_get_indexdef(indexes.oid) FROM pg_index
JOIN pg_class tables ON tables.oid = indrelid JOIN pg_class indexes ON indexes.oid = indexrelid
WHERE indisunique AND tables.relnamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1, 2
"""
_FUNCTIONS = """
SELECT proname, pg_get_functiondef(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prosrc ~ 'RAISE EXCEPTION' ORDER BY 1
"""
_OF_THE_PORTAL = ("core_", "sop_", "services_", "visitors_")
_DEFINITION = re.compile(r"^CREATE (?:OR REPLACE FUNCTION (\w+)|[A-Z ]*TRIGGER (\w+) [^;]*? ON (\w+))", re.MULTILINE)
_REFUSAL = re.compile(r"RAISE EXCEPTION (?:'(?:[^']|'')*'|[^';])*;")


@dataclass(frozen=True)
class Guard:
    """A guard, the SQL that removes it, and the names in its refusals or by which tests mention it."""

    place: str
    what: str
    before: str
    without: str
    names: tuple[str, ...]
    after: str = "—"


def guards(cursor, texts: Sequence[str] = ()) -> list[Guard]:
    """All guards, or those that the given texts of ``<app>/sql`` define."""
    found = [*_triggers(cursor), *_constraints(cursor), *_refusals(cursor)]
    defined = {_defined(*names) for text in texts for names in _DEFINITION.findall(text)}
    return [guard for guard in found if not texts or guard.place.split("() ")[0] in defined]


def _defined(function, trigger, table):
    return function or f"{table}.{trigger}"


def _triggers(cursor) -> Iterator[Guard]:
    cursor.execute(_TRIGGERS)
    for table, name, function in cursor.fetchall():
        without = f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"'
        yield Guard(f"{table}.{name}", "trigger disabled", f"{function}()", without, (function, name))


def _constraints(cursor) -> Iterator[Guard]:
    cursor.execute(_CONSTRAINTS)
    for table, name, text in cursor.fetchall():
        if table.startswith(_OF_THE_PORTAL):
            without = f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'
            yield Guard(f"{table}.{name}", "constraint dropped", text, without, (name,))
    cursor.execute(_INDEXES)
    for table, name, text in cursor.fetchall():
        if table.startswith(_OF_THE_PORTAL):
            yield Guard(f"{table}.{name}", "unique index dropped", text, f'DROP INDEX "{name}"', (name,))


def _refusals(cursor) -> Iterator[Guard]:
    cursor.execute(_FUNCTIONS)
    for name, text in cursor.fetchall():
        found = list(_REFUSAL.finditer(text))
        for ordinal, refusal in enumerate(found, start=1):
            without = f"{text[: refusal.start()]}NULL;{text[refusal.end() :]}"
            shown = " ".join(refusal[0].split())
            yield Guard(f"{name}() {ordinal}/{len(found)}", "refusal removed", shown, without, (name,))
