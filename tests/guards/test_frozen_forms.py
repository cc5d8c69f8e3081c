"""A published form is frozen: its row except which one is in use, its pages and its fields."""

import pytest
from django.db import IntegrityError, transaction

from tests.guards.judged import allowed, refused

from .catalogue import columns_of, insert, other_value, plant

pytestmark = pytest.mark.django_db
PUBLISHED = {"published_at": "2026-03-02"}
PARTS = ("services_formpage", "services_field")


def test_no_column_of_a_published_form_changes_except_whether_it_is_in_use():
    row = plant("services_formversion", **PUBLISHED)
    columns = columns_of("services_formversion")
    for column in columns.keys() - {"is_current"}:
        value = other_value(columns[column], row.get(column))
        refused("frozen", f"UPDATE services_formversion SET {column} = %s", value)
    allowed("UPDATE services_formversion SET is_current = NOT is_current")
    refused("frozen", "UPDATE services_formversion SET published_at = NULL, is_draft = true")
    refused("frozen", "DELETE FROM services_formversion")


def test_a_draft_changes_is_published_and_goes():
    plant("services_formversion", is_draft=True)
    allowed("UPDATE services_formversion SET revision = 7")
    allowed("UPDATE services_formversion SET is_draft = false, is_current = true, published_at = now()")
    allowed("DELETE FROM services_formversion")


@pytest.mark.parametrize("table", PARTS)
@pytest.mark.parametrize("published", [True, False])
def test_parts_of_a_published_form_neither_come_nor_change_nor_go(table, published):
    plant("services_formversion", id=1, **(PUBLISHED if published else {}))
    plant("services_formversion", id=2, ordinal=2, is_draft=True)
    row = plant(table, id=1, version_id=1)
    plant(table, id=2, version_id=2)
    try_it = (lambda *said: refused("frozen", *said)) if published else allowed
    for column, kind in columns_of(table).items():
        if column not in ("id", "version_id", "page_id"):
            try_it(f'UPDATE {table} SET "{column}" = %s WHERE id = 1', other_value(kind, row.get(column)))
    try_it(f"DELETE FROM {table} WHERE id = 1")
    named = ", name = 'lain'" if table == "services_field" else ""
    try_it(f"UPDATE {table} SET version_id = 2{named} WHERE id = 1")
    try_it(f"UPDATE {table} SET version_id = 1{named} WHERE id = 2")
    new = row | {"id": 3} | ({"name": "baru"} if table == "services_field" else {})
    if published:
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            insert(table, new)
    else:
        insert(table, new)


def test_a_field_stands_on_a_page_of_its_own_form():
    for number in (1, 2):
        plant("services_formversion", id=number, service_id=number)
        plant("services_formpage", id=number, version_id=number)
    row = plant("services_field", id=1, version_id=1, page_id=1)
    refused("own form", "UPDATE services_field SET page_id = 2")
    allowed("UPDATE services_field SET page_id = NULL")
    with pytest.raises(IntegrityError, match="own form"), transaction.atomic():
        insert("services_field", row | {"id": 2, "name": "lain", "page_id": 2})
