"""Every constraint of the database is violated once, clause by clause; the constraints are read from its catalogue."""

import re

import pytest
from django.db import IntegrityError, connection, transaction

from . import rows_core_sop, rows_services, rows_visitors
from .catalogue import CHECKS, TWO_VALUES, UNIQUES, bare_copy, columns_of, insert, rows
from .uniques import DEFERRABLE, EMPTY_IS_ALIKE, UNDER_CONDITION, WHOLE

pytestmark = pytest.mark.django_db
CASES = rows_core_sop.CHECKS | rows_services.CHECKS | rows_visitors.CHECKS
NOT_NEGATIVE = re.compile(r"CHECK \(\(\"?(\w+)\"? >= 0\)\)")


def refused(table, row, name):
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        insert(table, row)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_check_has_its_rows():
    found = {name for name, _table, definition in rows(CHECKS) if not NOT_NEGATIVE.fullmatch(definition)}
    assert found == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_check_refuses_each_clause(name):
    ((_name, table, definition),) = [row for row in rows(CHECKS) if row[0] == name]
    bare = bare_copy(table)
    connection.cursor().execute(f"ALTER TABLE bare ADD CONSTRAINT {name} {definition}")
    for row, changes in CASES[name]:
        insert(bare, row)
        for change in changes:
            refused(bare, row | change, name)


def test_columns_that_count_are_not_below_zero():
    """Includes all columns that are positive in their models."""
    from django.apps import apps

    found = {
        (table, NOT_NEGATIVE.fullmatch(definition)[1]): (name, definition)
        for name, table, definition in rows(CHECKS)
        if NOT_NEGATIVE.fullmatch(definition)
    }
    wanted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.get_internal_type().startswith("Positive")
        and re.match("(core|sop|services|visitors)_", model._meta.db_table)
    }
    assert set(found) == wanted and len(wanted) > 30


def whole():
    return [row for row in rows(UNIQUES) if row[4]]


def test_every_unique_index_is_named_here():
    found = {f"{table} {' '.join(columns)}" for _name, table, _sql, columns, *_more in whole()}
    assert found == {f"{table} {columns}" for table, each in WHOLE.items() for columns in each}
    assert {name for name, *_more, plain, _constraint, _alike in rows(UNIQUES) if not plain} == set(UNDER_CONDITION)


@pytest.mark.parametrize("table", [table for table, indexes in WHOLE.items() if indexes])
def test_no_two_rows_share_these_columns(table):
    types = columns_of(table)
    for name, _table, sql, columns, _plain, constraint, alike in [row for row in whole() if row[1] == table]:
        about = f"{table} {' '.join(columns)}"
        assert alike == (about in EMPTY_IS_ALIKE)
        assert constraint.partition(") ")[2] == DEFERRABLE.get(about, "")
        bare = bare_copy(table)
        built_on_bare(name, sql, constraint)
        one, other = ({column: TWO_VALUES[types[column]][n] for column in columns} for n in (0, 1))
        insert(bare, one)
        refused(bare, one, name)
        for column in columns:
            insert(bare, one | {column: other[column]})
        empty = one | {columns[-1]: None}
        insert(bare, empty)
        if alike:
            refused(bare, empty, name)
        else:
            insert(bare, empty)


@pytest.mark.parametrize("name", UNDER_CONDITION)
def test_no_two_rows_meet_under_a_condition(name):
    ((_name, table, sql, _columns, _plain, constraint, _alike),) = [row for row in rows(UNIQUES) if row[0] == name]
    first, hit, free = UNDER_CONDITION[name]
    bare = bare_copy(table)
    built_on_bare(name, sql, constraint)
    insert(bare, first)
    for change in hit:
        refused(bare, first | change, name)
    for change in free:
        with transaction.atomic():
            insert(bare, first | change)
            transaction.set_rollback(True)


def built_on_bare(name, sql, constraint):
    with connection.cursor() as cursor:
        if constraint:
            cursor.execute(f"ALTER TABLE bare ADD CONSTRAINT {name} {constraint}")
        else:
            cursor.execute(re.sub(r" ON public\.\w+ ", " ON bare ", sql))
